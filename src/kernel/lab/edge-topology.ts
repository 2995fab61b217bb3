/** NAT gateways and peerings as items. */
import type { Eni } from '#vpc/eni.ts';
import type { NatGateway } from '#vpc/routing.ts';
import { peeringPortName, portName } from '../dataplane/names.ts';
import type { ActivePeering } from '../dataplane/peerings.ts';
import type { Item } from './item.ts';
import {
  defaultRoute,
  hostAt,
  linkMtu,
  mainTable,
  nextHop,
  nextHopAt,
  nextHopNeighbours,
  routeVia,
} from './links.ts';
import type { PlaceNames } from './place-names.ts';

/** The only device of a NAT gateway's namespace. */
const natDevice = 'sub0';

/** A NAT gateway at the router's port of its interface. It has no address of its own: nothing is for it alone. */
export function natItems(names: PlaceNames, gateway: NatGateway, eni: Eni): readonly Item[] {
  const namespace = names.natGateway(gateway.id);
  const router = { namespace: names.router(eni.vpcId), device: portName(eni.id) };
  const inside = { namespace, device: natDevice };
  return [
    { kind: 'namespace', name: namespace, role: 'nat' },
    {
      kind: 'veth',
      near: { namespace: router.namespace, name: router.device, mac: nextHop.up.mac },
      far: { namespace, name: natDevice, mac: eni.macAddress },
      mtu: linkMtu.natGateway,
    },
    ...nextHopNeighbours(inside, 'up'),
    routeVia(inside, 'up', { destination: defaultRoute.ipv4, table: mainTable }),
    ...nextHopAt(router, 'down', eni.macAddress),
    ...eni.privateIps.flatMap(({ address }) => hostAt(router, address, eni.macAddress)),
  ];
}

/** A peering, as the items of the side that has asked for it: a link between the routers of both VPCs. */
export function peeringItems(names: PlaceNames, vpcId: string, active: ActivePeering): readonly Item[] {
  const { peering, other, isRequester } = active;
  if (!isRequester) return [];
  const name = peeringPortName(peering.id);
  const near = { namespace: names.router(vpcId), device: name };
  const far = { namespace: names.router(other.vpcId), device: name };
  return [
    { kind: 'namespace', name: near.namespace, role: 'router' },
    { kind: 'namespace', name: far.namespace, role: 'router' },
    {
      kind: 'veth',
      near: { namespace: near.namespace, name, mac: nextHop.up.mac },
      far: { namespace: far.namespace, name, mac: nextHop.across.mac },
      mtu: peering.requester.region === peering.accepter.region ? linkMtu.vpc : linkMtu.betweenRegions,
    },
    ...nextHopAt(near, 'across', nextHop.across.mac),
    ...nextHopAt(far, 'across', nextHop.up.mac),
  ];
}
