/** Takes a whole network from elsewhere into a world: all of it or nothing. */
import { type Kind, type Kinds, kinds, locate, type Network, networkOf, type World } from '#vpc/network.ts';
import { isPublicIpTaken } from '#vpc/public-addresses.ts';
import { type Scope, scopeOfKey } from '#vpc/scope.ts';
import { settingsId } from '#vpc/settings.ts';
import type { ChangeMeta, Database } from './database.ts';
import type { Transaction } from './transaction.ts';

/** A resource that cannot be taken in, and why, as the end of a sentence. */
export type ImportConflict = { readonly id: string; readonly why: string };

export type ImportOutcome =
  | {
      readonly kind: 'imported';
      /** How many resources of each kind. */
      readonly counts: Readonly<Partial<Record<Kind, number>>>;
      /** The journal sequence that holds them. */
      readonly sequence: number;
    }
  | { readonly kind: 'refused'; readonly conflicts: readonly ImportConflict[] };

/** Kinds of which two scopes may hold one with the same id. */
const shared: ReadonlySet<Kind> = new Set<Kind>(['peering', 'settings', 'clientToken']);

/** Imports the networks in one change, or with `dryRun` says what would happen. */
export async function importWorld(
  database: Database,
  incoming: World,
  { dryRun, meta }: { readonly dryRun: boolean; readonly meta: ChangeMeta },
): Promise<ImportOutcome> {
  const [first] = incoming.keys();
  const scope: Scope = first === undefined ? { account: '', region: '' } : scopeOfKey(first);
  const counts = countsOf(incoming);
  if (dryRun) {
    const conflicts = conflictsOf(database.committed, incoming);
    const { sequence } = database;
    return conflicts.length > 0 ? { kind: 'refused', conflicts } : { kind: 'imported', counts, sequence };
  }
  const changed = await database.change(scope, meta, (transaction) => {
    const conflicts = conflictsOf(transaction.world, incoming);
    if (conflicts.length === 0) putAll(transaction, incoming, meta.timeMs);
    return conflicts;
  });
  return changed.output.length > 0
    ? { kind: 'refused', conflicts: changed.output }
    : { kind: 'imported', counts, sequence: changed.sequence };
}

function countsOf(world: World): Partial<Record<Kind, number>> {
  const counts: Partial<Record<Kind, number>> = {};
  for (const network of world.values()) {
    for (const kind of kinds) {
      if (kind === 'settings' || network[kind].size === 0) continue;
      counts[kind] = (counts[kind] ?? 0) + network[kind].size;
    }
  }
  return counts;
}

/** Everything that stands in the way of an import. */
export function conflictsOf(world: World, incoming: World): readonly ImportConflict[] {
  const conflicts: ImportConflict[] = [];
  for (const [key, network] of incoming.entries()) {
    const here = networkOf(world, scopeOfKey(key));
    conflicts.push(...knownIds(world, here, network), ...dangling(incoming, network));
    const [ours] = here.vpc.by('default', 'default');
    const [theirs] = network.vpc.by('default', 'default');
    if (ours && theirs && ours.id !== theirs.id) {
      conflicts.push({ id: theirs.id, why: `is a default VPC, and ${key} has one, ${ours.id}` });
    }
    for (const { id, publicIp } of network.address.values()) {
      const isKnown = here.address.has(id);
      if (!isKnown && isPublicIpTaken(world, publicIp))
        conflicts.push({ id, why: `is ${publicIp}, which is taken` });
    }
  }
  return conflicts;
}

function* knownIds(world: World, here: Network, network: Network): Iterable<ImportConflict> {
  for (const kind of kinds) {
    if (kind === 'settings') continue;
    for (const { id } of network[kind].values()) {
      const exists = shared.has(kind) ? here[kind].has(id) : locate(world, kind, id) !== undefined;
      if (exists) yield { id, why: 'exists' };
    }
  }
}

/** Resources that stand in what is not there: a server could not work with them. */
function* dangling(incoming: World, network: Network): Iterable<ImportConflict> {
  const lacks = (kind: Kind, id: string) => locate(incoming, kind, id) === undefined;
  for (const kind of ['subnet', 'routeTable', 'networkAcl', 'securityGroup', 'eni', 'instance'] as const) {
    for (const { id, vpcId } of network[kind].values()) {
      if (lacks('vpc', vpcId)) yield { id, why: `stands in ${vpcId || 'a VPC'}, which is not described` };
    }
  }
  for (const { id, subnetId, groupIds } of network.eni.values()) {
    if (lacks('subnet', subnetId)) yield { id, why: `stands in ${subnetId}, which is not described` };
    for (const group of groupIds) {
      if (lacks('securityGroup', group)) yield { id, why: `carries ${group}, which is not described` };
    }
  }
}

/** With settings, so that a scope which is imported does not get a default VPC besides. */
function putAll(transaction: Transaction, incoming: World, nowMs: number): void {
  for (const [key, network] of incoming.entries()) {
    const there = transaction.at(scopeOfKey(key));
    for (const kind of kinds) {
      if (kind === 'settings') continue;
      for (const entity of network[kind].values()) there.put(kind, entity as Kinds[typeof kind]);
    }
    const known = there.network.settings.get(settingsId);
    const publicAccess = network.settings.get(settingsId)?.publicAccess;
    const settings = known ?? { id: settingsId, defaultsMadeAtMs: nowMs };
    there.put('settings', publicAccess ? { ...settings, publicAccess } : settings);
  }
}
