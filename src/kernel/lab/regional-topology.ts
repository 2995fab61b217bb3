/**
 * Regional NAT gateways as items: a namespace for each zone's address, at a port of the router's of its own. The address is
 * the same inside and outside, so that the internet gateway has nothing to exchange.
 */
import type { Ip } from '#net/address.ts';
import { hostCidr } from '#net/cidr.ts';
import type { InternetGateway } from '#vpc/routing.ts';
import { gatewayDevices, type PublicPair } from '../dataplane/gateway-table.ts';
import { gatewayPortName, regionalNatPortName } from '../dataplane/names.ts';
import { publicRoutes } from './internet-topology.ts';
import type { Item } from './item.ts';
import { defaultRoute, linkMtu, mainTable, nextHop, nextHopNeighbours, routeVia } from './links.ts';
import type { PlaceNames } from './place-names.ts';

/** One address of a gateway, and where it stands. */
export type RegionalPlace = { readonly vpcId: string; readonly gatewayId: string; readonly publicIp: Ip };

/**
 * The router's routes to the addresses, for what the internet gateway brings in and for nothing else: hosts of the VPC send
 * there as their own tables say. They come before the internet gateway's table, which is for the VPC's own addresses.
 */
const answersTable = 99;
const answersPriority = 50;

/** The only device of the namespace. */
const natDevice = 'sub0';

/** What the internet gateway exchanges the address for. */
export const ownPair = (publicIp: Ip): PublicPair => ({ privateIp: publicIp, publicIp });

/** The namespace, its link to the router, and the ways that lead to it. */
export function regionalNatItems(
  names: PlaceNames,
  { vpcId, gatewayId, publicIp }: RegionalPlace,
  internet: InternetGateway | undefined,
): readonly Item[] {
  const namespace = names.regionalNat(gatewayId, publicIp);
  const router = { namespace: names.router(vpcId), device: regionalNatPortName(publicIp) };
  const inside = { namespace, device: natDevice };
  return [
    { kind: 'namespace', name: namespace, role: 'nat' },
    {
      kind: 'veth',
      near: { namespace: router.namespace, name: router.device, mac: nextHop.up.mac },
      far: { namespace, name: natDevice, mac: nextHop.down.mac },
      mtu: linkMtu.natGateway,
    },
    ...nextHopNeighbours(inside, 'up'),
    ...nextHopNeighbours(router, 'down'),
    routeVia(inside, 'up', { destination: defaultRoute.ipv4, table: mainTable }),
    ...(internet ? answersBy(names, internet, router, publicIp) : []),
  ];
}

/** From the core by the internet gateway and the router. */
function answersBy(
  names: PlaceNames,
  internet: InternetGateway,
  router: { readonly namespace: string; readonly device: string },
  publicIp: Ip,
): readonly Item[] {
  const gateway = { namespace: names.gateway(internet.id), device: gatewayDevices.inside };
  const destination = hostCidr(publicIp);
  return [
    ...publicRoutes(names, internet, [ownPair(publicIp)]),
    routeVia(gateway, 'up', { destination, table: mainTable }),
    routeVia(router, 'down', { destination, table: answersTable }),
    {
      kind: 'rule',
      namespace: router.namespace,
      rule: {
        family: 'ipv4',
        priority: answersPriority,
        table: answersTable,
        device: gatewayPortName(internet.id),
      },
    },
  ];
}
