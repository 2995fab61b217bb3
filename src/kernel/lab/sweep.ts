/**
 * After a restart, or when something failed: takes away what is in the lab's namespaces and not in the plan, and
 * leaves alone what is. Instances and hosts belong to their users; of them only surplus addresses of our devices,
 * and rules about them, go.
 */
import { addressBits, families, ipNumber, parseIp } from '#net/address.ts';
import { type Cidr, cidrOf, contains, hostCidr, parseCidr, prefixLength } from '#net/cidr.ts';
import { listNamespaces } from '../netns/namespace.ts';
import type { Route, RouteTarget } from '../rtnl/types.ts';
import type { Item, Role } from './item.ts';
import type { LabKernel } from './kernel.ts';
import { localTable, mainTable } from './links.ts';
import type { Released } from './plan.ts';
import { isUsers } from './roles.ts';
import { sourceRulePriorities } from './vpc-topology.ts';

/** What the plan wants of one namespace. */
type Wanted = {
  readonly role: Role;
  readonly devices: Set<string>;
  readonly addresses: Set<string>;
  readonly neighbours: Set<string>;
  readonly rules: Set<string>;
  readonly routes: Map<string, Route>;
};

/** The kernel's own routing rules: `local`, `main`, `default`. */
export const kernelRules: ReadonlySet<number> = new Set([0, 32766, 32767]);
/** Tables that the kernel fills by itself. */
const kernelTables: ReadonlySet<number> = new Set([253, mainTable, 255]);

/**
 * Removes the surplus; returns addresses of VPCs whose flows must be forgotten: nobody has them, somebody else has them
 * now, or it is not known who had them.
 * @param attempt runs the work on one namespace; what that throws concerns no other one
 */
export function sweep(
  kernel: LabKernel,
  items: readonly Item[],
  prefix: string,
  attempt: (namespace: string, work: () => void) => void,
): readonly Released[] {
  const wanted = wantedOf(items);
  const released: Released[] = [];
  for (const namespace of listNamespaces(`${prefix}-`)) {
    attempt(namespace, () => released.push(...sweepOne(kernel, namespace, wanted.get(namespace))));
  }
  return released;
}

function sweepOne(kernel: LabKernel, namespace: string, want: Wanted | undefined): readonly Released[] {
  if (!want) {
    kernel.remove({ kind: 'namespace', name: namespace, role: 'instance' });
    return [];
  }
  if (isUsers(want.role)) {
    sweepAddresses(kernel, namespace, want);
    return [];
  }
  const lost = sweepPlace(kernel, namespace, want);
  // A gateway's translation follows from its table alone; what it remembers may be of other pairs.
  if (want.role === 'gateway') kernel.flows(namespace).flush();
  return want.role === 'router' ? [...lost, ...strangers(kernel, namespace, want)] : [];
}

/** Removes what somebody has put into a router's or gateway's namespace. */
export function sweepRouting(kernel: LabKernel, items: readonly Item[], namespace: string): void {
  const want = wantedOf(items).get(namespace);
  if (want) sweepPlace(kernel, namespace, want);
}

function wantedOf(items: readonly Item[]): ReadonlyMap<string, Wanted> {
  const all = new Map<string, Wanted>();
  const of = (namespace: string): Wanted => {
    const found = all.get(namespace);
    if (!found) throw new Error(`an item stands in ${namespace}, which is not in the plan`);
    return found;
  };
  for (const item of items) {
    switch (item.kind) {
      case 'namespace':
        all.set(item.name, {
          role: item.role,
          devices: new Set(['lo']),
          addresses: new Set(),
          neighbours: new Set(),
          rules: new Set(),
          routes: new Map(),
        });
        break;
      case 'veth':
        for (const end of [item.near, item.far]) of(end.namespace).devices.add(end.name);
        break;
      case 'address':
        of(item.namespace).addresses.add(`${item.address.device} ${item.address.cidr}`);
        break;
      case 'neighbour':
        of(item.namespace).neighbours.add(`${item.neighbour.device} ${item.neighbour.address}`);
        break;
      case 'rule':
        of(item.namespace).rules.add(`${item.rule.family} ${item.rule.priority}`);
        break;
      case 'route':
        of(item.namespace).routes.set(routeKey(item.route), item.route);
        break;
      default:
        item satisfies never;
    }
  }
  return all;
}

const routeKey = ({ table, destination }: Route): string => `${table} ${destination}`;

function sweepAddresses(kernel: LabKernel, namespace: string, want: Wanted): void {
  const routes = kernel.routes(namespace);
  for (const address of routes.addresses()) {
    const isOurs = /^eth\d+$/.test(address.device) && !address.cidr.startsWith('fe80:');
    if (isOurs && !want.addresses.has(`${address.device} ${address.cidr}`)) routes.deleteAddress(address);
  }
  const { first, last } = sourceRulePriorities;
  for (const rule of families.flatMap((family) => routes.rules(family))) {
    const isOurs = first <= rule.priority && rule.priority <= last;
    if (isOurs && !want.rules.has(`${rule.family} ${rule.priority}`)) routes.deleteRule(rule);
  }
}

/** Returns addresses that the namespace has no route for yet, or another one. */
function sweepPlace(kernel: LabKernel, namespace: string, want: Wanted): readonly Released[] {
  const routes = kernel.routes(namespace);
  for (const { name } of routes.links()) if (!want.devices.has(name)) routes.deleteLink(name);
  for (const neighbour of routes.neighbours()) {
    if (!want.neighbours.has(`${neighbour.device} ${neighbour.address}`)) routes.deleteNeighbour(neighbour);
  }
  const right = new Set<string>();
  for (const family of families) {
    for (const rule of routes.rules(family)) {
      const isWanted = kernelRules.has(rule.priority) || want.rules.has(`${family} ${rule.priority}`);
      if (!isWanted) routes.deleteRule(rule);
    }
    for (const route of routes.routes(family)) {
      if (isKernels(route)) continue;
      const wanted = want.routes.get(routeKey(route));
      if (wanted && sameTarget(wanted.target, route.target)) right.add(routeKey(route));
      else routes.deleteRoute(route);
    }
  }
  const missing = [...want.routes].filter(([key]) => !right.has(key));
  return missing.flatMap(([, route]) => {
    const block = heldBlock(route);
    return block ? [{ namespace, flows: { block } }] : [];
  });
}

/** The addresses that a route of the lab's own table leads to. */
function heldBlock({ table, destination, target }: Route): Cidr | undefined {
  return table === localTable && target.kind === 'unicast' ? parseCidr(destination) : undefined;
}

/** Addresses of the VPC that nobody has and that flows are still remembered of. */
function strangers(kernel: LabKernel, namespace: string, want: Wanted): readonly Released[] {
  const routes = [...want.routes.values()];
  const held = new Set(routes.flatMap((route) => heldBlock(route) ?? []));
  const lengths = new Set([...held].map(prefixLength));
  const blocks = routes.flatMap(({ table, destination, target }): readonly Cidr[] => {
    const block = target.kind === 'blackhole' && table === localTable ? parseCidr(destination) : undefined;
    return block ? [block] : [];
  });
  const seen = kernel
    .flows(namespace)
    .entries()
    .flatMap(({ original, reply }) => [
      original.source,
      original.destination,
      reply.source,
      reply.destination,
    ]);
  return [...new Set(seen)].flatMap((text) => {
    const address = parseIp(text);
    const number = address && ipNumber(address);
    if (!number || !blocks.some((block) => contains(block, number))) return [];
    const isHeld = [...lengths].some(
      (length) => length <= addressBits[number.family] && held.has(cidrOf(number, length)),
    );
    return isHeld ? [] : [{ namespace, flows: { block: hostCidr(address) } }];
  });
}

/** Routes to what is on a link, which the kernel makes with an address. */
export function isKernels({ table, target }: Route): boolean {
  return kernelTables.has(table) && target.kind === 'unicast' && target.gateway === undefined;
}

function sameTarget(a: RouteTarget, b: RouteTarget): boolean {
  if (a.kind !== 'unicast' || b.kind !== 'unicast') return a.kind === b.kind;
  return a.device === b.device && a.gateway === b.gateway;
}
