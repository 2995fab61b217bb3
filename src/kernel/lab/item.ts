/** What the lab is made of, as data: namespaces, pairs of devices, addresses, routes, rules, neighbours. */
import type { DeviceAddress, Neighbour, Route, RoutingRule } from '../rtnl/types.ts';

/** What a namespace is for; it decides its kernel parameters and, for routers and gateways, its table. */
export type Role = 'router' | 'gateway' | 'nat' | 'core' | 'host' | 'instance';

export type End = { readonly namespace: string; readonly name: string; readonly mac: string };

export type Item =
  | { readonly kind: 'namespace'; readonly name: string; readonly role: Role }
  /** A veth pair; the near end is the one that the lab owns for sure. `mtu` counts the bytes of a packet. */
  | { readonly kind: 'veth'; readonly near: End; readonly far: End; readonly mtu: number }
  | { readonly kind: 'address'; readonly namespace: string; readonly address: DeviceAddress }
  | { readonly kind: 'rule'; readonly namespace: string; readonly rule: RoutingRule }
  | { readonly kind: 'route'; readonly namespace: string; readonly route: Route }
  | { readonly kind: 'neighbour'; readonly namespace: string; readonly neighbour: Neighbour };

/** Items are made in this order and removed in the reverse one. */
export const itemOrder: readonly Item['kind'][] = [
  'namespace',
  'veth',
  'address',
  'neighbour',
  'route',
  'rule',
];

/** Text that equal items share. */
export function itemText(item: Item): string {
  return JSON.stringify(item);
}

/** The place an item takes in the kernel, where there is room for one only. */
export function slotOf(item: Item): string {
  switch (item.kind) {
    case 'namespace':
      return `namespace ${item.name}`;
    case 'veth':
      return `device ${item.near.namespace} ${item.near.name}`;
    case 'address':
      return `address ${item.namespace} ${item.address.device} ${item.address.cidr}`;
    case 'rule':
      return `rule ${item.namespace} ${item.rule.family} ${item.rule.priority}`;
    case 'route':
      return `route ${item.namespace} ${item.route.table} ${item.route.metric ?? 'any'} ${item.route.destination}`;
    case 'neighbour':
      return `neighbour ${item.namespace} ${item.neighbour.device} ${item.neighbour.address}`;
    default:
      return item satisfies never;
  }
}
