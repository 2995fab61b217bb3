/** Conversations between interfaces whose packets a NAT gateway translates on the way. */
import type { EniId } from '#vpc/ids.ts';
import { spansIdAt, valueAt } from './line-map.ts';
import type { PointClass, ReachIndex, Translator } from './reach-index.ts';
import { allId, noneId, type SpansId } from './span-pool.ts';
import { translatedSpans } from './spans.ts';

/**
 * What is left past the sender's groups, the ACLs on either side of the gateway and the target's groups, there and back.
 * Rules that name groups match on neither side: the far end is the gateway.
 */
export function throughTranslator(
  { pool, translators }: ReachIndex,
  source: PointClass,
  target: PointClass,
  eniId: EniId,
): SpansId {
  const gateway = translators.get(eniId);
  if (!gateway || source.family !== 'ipv4' || source.policy.vpcId !== gateway.vpcId) return noneId;
  if (!isConnected(gateway, source, target)) return noneId;
  const { border } = gateway;
  const all = (...ids: readonly SpansId[]) => ids.reduce((left, id) => pool.intersect(left, id));
  let open = all(
    pool.idOf(translatedSpans),
    spansIdAt(source.side.egress.byAddress, target.at),
    spansIdAt(target.side.ingress.byAddress, gateway.at),
  );
  let back: SpansId = allId;
  if (source.policy.subnetId !== gateway.subnetId) {
    open = all(
      open,
      spansIdAt(source.side.aclEgress.byAddress, target.at),
      spansIdAt(border.aclIngress.byAddress, source.at),
    );
    back = all(
      back,
      spansIdAt(border.aclEgress.byAddress, source.at),
      spansIdAt(source.side.aclIngress.byAddress, target.at),
    );
  }
  if (target.policy.subnetId !== gateway.subnetId) {
    open = all(
      open,
      spansIdAt(border.aclEgress.byAddress, target.at),
      spansIdAt(target.side.aclIngress.byAddress, gateway.at),
    );
    back = all(
      back,
      spansIdAt(target.side.aclEgress.byAddress, gateway.at),
      spansIdAt(border.aclIngress.byAddress, target.at),
    );
  }
  return pool.intersect(open, pool.answeredBy(back, 'ipv4'));
}

/** Whether routes lead from the gateway to the target, back to the gateway, and from there to the source. */
function isConnected(gateway: Translator, source: PointClass, target: PointClass): boolean {
  const there = valueAt(gateway.border.ways, target.at);
  const back = valueAt(target.side.ways, gateway.at);
  const home = valueAt(gateway.border.ways, source.at);
  const isHome = home?.kind === 'local' || (home?.kind === 'eni' && holdsInterface(source, home.eniId));
  if (!isHome) return false;
  if (target.policy.vpcId === gateway.vpcId) {
    const arrives = there?.kind === 'local' || (there?.kind === 'eni' && holdsInterface(target, there.eniId));
    return arrives && (back?.kind === 'local' || (back?.kind === 'nat' && back.eniId === gateway.eniId));
  }
  return (
    there?.kind === 'peering' &&
    there.vpcId === target.policy.vpcId &&
    back?.kind === 'peering' &&
    back.vpcId === gateway.vpcId
  );
}

const holdsInterface = ({ members }: PointClass, eniId: EniId): boolean =>
  members.some(({ eni }) => eni.id === eniId);
