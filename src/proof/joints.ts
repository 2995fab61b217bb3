/** The addresses of two worlds in classes that are alike in both. */
import { type Family, familyOf, ipNumber } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import { publicIpOf } from '#policy/internet.ts';
import type { EniId } from '#vpc/ids.ts';
import { pointOf } from './address-line.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';

export type ChangeKind = 'gained' | 'lost';

/** Addresses that are alike in both worlds. An address that a world lacks has no class there. */
export type Joint = {
  readonly id: number;
  readonly family: Family;
  readonly before: PointClass | undefined;
  readonly after: PointClass | undefined;
  readonly isTouched: boolean;
  readonly members: { readonly before: Member | undefined; readonly after: Member | undefined }[];
};

/** The joints of two worlds. */
export function jointsOf(
  before: ReachIndex,
  after: ReachIndex,
  touched: ReadonlySet<EniId>,
): readonly Joint[] {
  const sides = new Map<string, { before?: [PointClass, Member]; after?: [PointClass, Member] }>();
  for (const [name, index] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const point of index.classes) {
      for (const member of point.members) {
        const key = `${member.eni.id} ${member.ip}`;
        const side = sides.get(key) ?? {};
        side[name] = [point, member];
        sides.set(key, side);
      }
    }
  }
  const joints = new Map<string, Joint>();
  for (const side of sides.values()) {
    const held = (side.before ?? side.after)?.[1];
    const one = side.before ?? (held && insidePrefix(before, held));
    const other = side.after ?? (held && insidePrefix(after, held));
    const point = one?.[0] ?? other?.[0];
    const eniId = (one ?? other)?.[1].eni.id;
    if (!point || !eniId) continue;
    const isTouched = touched.has(eniId);
    const key = `${one?.[0].id} ${isPublic(one)} ${other?.[0].id} ${isPublic(other)} ${isTouched}`;
    const member = { before: one?.[1], after: other?.[1] };
    const known = joints.get(key);
    if (known) known.members.push(member);
    else {
      joints.set(key, {
        id: joints.size,
        family: point.family,
        before: one?.[0],
        after: other?.[0],
        isTouched,
        members: [member],
      });
    }
  }
  return [...joints.values()];
}

/**
 * The class of an address that an index holds only inside a delegated prefix: of that one of the prefix's members which
 * stands for it. Each world cuts its prefixes where its own rules begin and end.
 */
function insidePrefix(index: ReachIndex, { eni: { id }, ip }: Member): [PointClass, Member] | undefined {
  const at = pointOf(ip);
  let found: [PointClass, Member] | undefined;
  for (const point of index.byEni().get(id) ?? []) {
    for (const member of point.members) {
      if (member.eni.id !== id || familyOf(member.ip) !== familyOf(ip)) continue;
      const prefix = member.eni.prefixes?.find((each) => contains(each, ipNumber(ip)));
      const stands = prefix && contains(prefix, ipNumber(member.ip)) && pointOf(member.ip) <= at;
      if (stands && (!found || pointOf(found[1].ip) < pointOf(member.ip))) found = [point, member];
    }
  }
  return found && [found[0], { eni: found[1].eni, ip }];
}

function isPublic(side: readonly [PointClass, Member] | undefined): boolean {
  if (!side) return false;
  const [{ policy }, { eni, ip }] = side;
  return publicIpOf(policy.network, eni, ip) !== undefined;
}

export const membersOf = ({ members }: Joint): readonly Member[] =>
  members.flatMap((each) => each.after ?? each.before ?? []);
