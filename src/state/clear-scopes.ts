/** Empties accounts' regions, so that something else can take their place: what goes, and what cannot. */
import { createHash } from 'node:crypto';
import { type Kind, kinds, locate, type Network, networkOf, type World } from '#vpc/network.ts';
import { scopeOfKey } from '#vpc/scope.ts';
import { settingsId } from '#vpc/settings.ts';
import { attachmentsOf, withAttachments } from '#vpc/volume.ts';
import type { Transaction } from './transaction.ts';

/** What a replacement takes away. Resources that come again with the same id are not among them. */
export type Going = {
  /** How many resources of each kind. */
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
  /** The first of them, for people. */
  readonly ids: readonly string[];
  /** Equal as long as the same resources go. */
  readonly fingerprint: string;
};

const idsShownMax = 20;

/** They stand in no network, and no source brings them but a server's own past. */
const staying: ReadonlySet<Kind> = new Set<Kind>(['keyPair', 'launchTemplate', 'snapshot']);

/** Nobody made them. */
const unsaid: ReadonlySet<Kind> = new Set<Kind>(['clientToken']);

/**
 * Removes what stands in the scopes that the incoming networks have, and lifts a block of public access. Key
 * pairs, launch templates and snapshots stay, and volumes that outlive their instance, as they do where an
 * instance is terminated; but not those that come again, as they were.
 */
export function clearScopes(transaction: Transaction, incoming: World): Going {
  const counts: Partial<Record<Kind, number>> = {};
  const ids: string[] = [];
  const hash = createHash('sha256');
  for (const key of [...incoming.keys()].sort()) {
    const there = transaction.at(scopeOfKey(key));
    const comes = networkOf(incoming, there.scope);
    const old = there.network;
    const settings = old.settings.get(settingsId);
    if (settings?.publicAccess) {
      const { publicAccess: _, ...open } = settings;
      there.put('settings', open);
    }
    for (const kind of kinds) {
      if (kind === 'settings') continue;
      for (const id of [...old[kind].values()].map((each) => each.id).sort()) {
        const comesAgain = comes[kind].has(id);
        const stays = staying.has(kind) || (kind === 'volume' && !comesAgain && outlives(there, old, id));
        if (stays && !comesAgain) continue;
        there.remove(kind, id);
        if (comesAgain || unsaid.has(kind)) continue;
        counts[kind] = (counts[kind] ?? 0) + 1;
        hash.update(`${key} ${kind} ${id}\n`);
        if (ids.length < idsShownMax) ids.push(id);
      }
    }
  }
  return { counts, ids, fingerprint: hash.digest('hex') };
}

/** Detaches a volume that is not deleted with its instance. */
function outlives(there: Transaction, old: Network, id: string): boolean {
  const volume = old.volume.get(id);
  // Of several instances the last one's word counts.
  if (!volume || attachmentsOf(volume).at(-1)?.deleteOnTermination === true) return false;
  there.put('volume', withAttachments(volume, []));
  return true;
}

/** A resource that would lose what it stands in, and why, as the end of a sentence. */
export type Orphan = { readonly id: string; readonly why: string };

/** Resources of other accounts and regions that stand in what is gone: nobody asked to change those. */
export function orphansOf(before: World, after: World, incoming: World): readonly Orphan[] {
  const orphans: Orphan[] = [];
  const isLost = (kind: Kind, id: string) =>
    locate(before, kind, id) !== undefined && locate(after, kind, id) === undefined;
  for (const [key, network] of after.entries()) {
    if (incoming.has(key)) continue;
    for (const { id, subnetId, groupIds } of network.eni.values()) {
      const lost = isLost('subnet', subnetId)
        ? subnetId
        : groupIds.find((each) => isLost('securityGroup', each));
      if (lost !== undefined) orphans.push({ id, why: `of ${key} needs ${lost}, which would go` });
    }
    for (const { id, requester, accepter } of network.peering.values()) {
      const lost = [requester, accepter].find(({ vpcId }) => isLost('vpc', vpcId));
      if (lost) orphans.push({ id, why: `of ${key} leads to ${lost.vpcId}, which would go` });
    }
  }
  return orphans;
}
