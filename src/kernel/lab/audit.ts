/**
 * Whether devices and routing of one namespace are what the plan has, as texts: what a text names that only one side has
 * was changed by somebody else.
 */
import { families } from '#net/address.ts';
import type { Route } from '../rtnl/types.ts';
import type { Item } from './item.ts';
import type { LabKernel } from './kernel.ts';
import { isKernels, kernelRules } from './sweep.ts';

export type Audit = {
  /** What is not as planned, a phrase each. */
  readonly phrases: readonly string[];
  /** Devices that are not there or not up. */
  readonly missingDevices: readonly string[];
};

/** Compares the namespace with the plan's items. */
export function audit(kernel: LabKernel, namespace: string, items: readonly Item[]): Audit {
  const planned = new Set(items.flatMap((item) => plannedTexts(namespace, item)));
  const found = foundTexts(kernel, namespace, (name) => planned.has(device(name)));
  const missing = [...planned.difference(found)];
  const surplus = [...found.difference(planned)];
  const head = device('');
  return {
    phrases: [...missing.map((text) => `no ${text}`), ...surplus.map((text) => `an unknown ${text}`)],
    missingDevices: missing.filter((text) => text.startsWith(head)).map((text) => text.slice(head.length)),
  };
}

const device = (name: string): string => `device ${name}`;

function routeText({ destination, table, target }: Route): string {
  const via = target.kind === 'unicast' ? `${target.gateway ?? 'the link'} on ${target.device}` : target.kind;
  return `route to ${destination} in table ${table} by ${via}`;
}

function plannedTexts(namespace: string, item: Item): readonly string[] {
  if (item.kind === 'veth') {
    return [item.near, item.far].filter((end) => end.namespace === namespace).map(({ name }) => device(name));
  }
  if (item.kind === 'namespace' || item.namespace !== namespace) return [];
  switch (item.kind) {
    case 'address':
      return [`address ${item.address.cidr} on ${item.address.device}`];
    case 'neighbour': {
      const { address, device: on, mac } = item.neighbour;
      return [`neighbour ${address} on ${on} at ${mac}`];
    }
    case 'rule':
      return [`${item.rule.family} rule ${item.rule.priority} to table ${item.rule.table}`];
    case 'route':
      return [routeText(item.route)];
    default:
      return item satisfies never;
  }
}

/** Devices that are not planned count for nothing: packets pass them neither way, and some are on their way out. */
function foundTexts(
  kernel: LabKernel,
  namespace: string,
  isPlanned: (device: string) => boolean,
): ReadonlySet<string> {
  const routes = kernel.routes(namespace);
  const links = routes.links().filter(({ up, name }) => up && isPlanned(name));
  const neighbours = routes.neighbours().filter((neighbour) => isPlanned(neighbour.device));
  return new Set([
    ...links.map(({ name }) => device(name)),
    ...routes
      .addresses()
      .filter(({ cidr, device: on }) => (on === 'lo' || isPlanned(on)) && !isKernelsAddress(cidr))
      .map(({ cidr, device: on }) => `address ${cidr} on ${on}`),
    ...neighbours.map(({ address, device: on, mac }) => `neighbour ${address} on ${on} at ${mac}`),
    ...families.flatMap((family) => [
      ...routes
        .rules(family)
        .filter(({ priority }) => !kernelRules.has(priority))
        .map(({ priority, table }) => `${family} rule ${priority} to table ${table}`),
      ...routes
        .routes(family)
        .filter((route) => !isKernels(route))
        .map(routeText),
    ]),
  ]);
}

/** Of the loopback device, and those that IPv6 gives to every link. */
function isKernelsAddress(cidr: string): boolean {
  return cidr === '127.0.0.1/8' || cidr === '::1/128' || cidr.startsWith('fe80:');
}
