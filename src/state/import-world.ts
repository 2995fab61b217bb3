/** Takes a whole network from elsewhere into a world: all of it or nothing. */
import { type IdKind, idPrefixes, parseId } from '#vpc/ids.ts';
import { type Kind, type Kinds, kinds, locate, type Network, networkOf, type World } from '#vpc/network.ts';
import { isPublicIpTaken } from '#vpc/public-addresses.ts';
import { type Scope, scopeOfKey } from '#vpc/scope.ts';
import { settingsId } from '#vpc/settings.ts';
import { clearScopes, type Going, orphansOf } from './clear-scopes.ts';
import type { ChangeMeta, Database } from './database.ts';
import { Transaction } from './transaction.ts';

/** A resource that cannot be taken in, and why, as the end of a sentence. */
export type ImportConflict = { readonly id: string; readonly why: string };

export type ImportOutcome =
  | {
      readonly kind: 'imported';
      /** How many resources of each kind. */
      readonly counts: Readonly<Partial<Record<Kind, number>>>;
      /** What went, of a replacement. */
      readonly going?: Going;
      /** The journal sequence that holds them. */
      readonly sequence: number;
    }
  | { readonly kind: 'refused'; readonly conflicts: readonly ImportConflict[] };

export type ImportOptions = {
  readonly dryRun: boolean;
  readonly meta: ChangeMeta;
  /** Everything goes that the accounts' regions have which are imported. */
  readonly replace?: boolean;
  /** The fingerprint of what may go; where something else would, the import is refused. */
  readonly mayGo?: string | undefined;
};

/** Kinds of which two scopes may hold one with the same id. */
const shared: ReadonlySet<Kind> = new Set<Kind>(['peering', 'settings', 'clientToken']);

/** Imports the networks in one change, or with `dryRun` says what would happen. */
export async function importWorld(
  database: Database,
  incoming: World,
  { dryRun, meta, replace = false, mayGo }: ImportOptions,
): Promise<ImportOutcome> {
  const [first] = incoming.keys();
  const scope: Scope = first === undefined ? { account: '', region: '' } : scopeOfKey(first);
  const take = (transaction: Transaction): Taken => {
    const taken = takeIn(transaction, incoming, { replace, mayGo, nowMs: meta.timeMs });
    if (taken.conflicts.length > 0) transaction.drop();
    return taken;
  };
  const { output, sequence } = dryRun
    ? { output: take(Transaction.begin(database.committed, scope)), sequence: database.sequence }
    : await database.change(scope, meta, take);
  const { conflicts, going } = output;
  if (conflicts.length > 0) return { kind: 'refused', conflicts };
  return { kind: 'imported', counts: countsOf(incoming), ...(going ? { going } : {}), sequence };
}

type Taken = { readonly conflicts: readonly ImportConflict[]; readonly going?: Going | undefined };

function takeIn(
  transaction: Transaction,
  incoming: World,
  {
    replace,
    mayGo,
    nowMs,
  }: { readonly replace: boolean; readonly mayGo: string | undefined; readonly nowMs: number },
): Taken {
  const before = transaction.world;
  const going = replace ? clearScopes(transaction, incoming) : undefined;
  if (mayGo !== undefined && going?.fingerprint !== mayGo) {
    return {
      conflicts: [{ id: 'The network', why: 'changed meanwhile: other resources would go than were shown' }],
    };
  }
  const conflicts = conflictsOf(transaction.world, incoming);
  if (conflicts.length > 0) return { conflicts };
  putAll(transaction, incoming, nowMs);
  return { conflicts: going ? orphansOf(before, transaction.world, incoming) : [], going };
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
    conflicts.push(...foreignIds(network), ...knownIds(world, here, network), ...dangling(incoming, network));
    const [ours] = here.vpc.by('default', 'default');
    const [theirs] = network.vpc.by('default', 'default');
    if (ours && theirs && ours.id !== theirs.id) {
      conflicts.push({ id: theirs.id, why: `is a default VPC, and ${key} has one, ${ours.id}` });
    }
    for (const kind of ['keyPair', 'launchTemplate'] as const) {
      for (const { id, name } of network[kind].values()) {
        const [named] = here[kind].by('name', name);
        if (named && named.id !== id) conflicts.push({ id, why: `is called ${name}, as ${named.id} is` });
      }
    }
    for (const { id, publicIp } of network.address.values()) {
      const isKnown = here.address.has(id);
      if (!isKnown && isPublicIpTaken(world, publicIp))
        conflicts.push({ id, why: `is ${publicIp}, which is taken` });
    }
  }
  return conflicts;
}

/**
 * Ids that AWS never gave. A question about them has an answer; a server names what it filters by their digits, and would
 * take two of them for one.
 */
function* foreignIds(network: Network): Iterable<ImportConflict> {
  for (const kind of kinds) {
    if (!hasIds(kind)) continue;
    for (const { id } of network[kind].values()) {
      if (!parseId(kind, id)) yield { id, why: `is no id such as ${idPrefixes[kind]}-0123456789abcdef0` };
    }
  }
}

const hasIds = (kind: Kind): kind is Kind & IdKind => Object.hasOwn(idPrefixes, kind);

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
