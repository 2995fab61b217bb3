/** What the API knows of a world and the lab does not enforce, one sentence each. */
import type { Network, World } from '#vpc/network.ts';
import type { RouteTarget } from '#vpc/routing.ts';
import { carriedTypes } from '../dataplane/port-piece.ts';
import { subnetMax } from '../dataplane/vpc-compiler.ts';

/** Targets that routers do not carry packets to; what takes such a route is dropped. */
const closedTargets: ReadonlyMap<RouteTarget['kind'], string> = new Map([
  ['endpoint', 'endpoints'],
  ['transitGateway', 'transit gateways'],
  ['other', 'gateways of other kinds'],
]);

/** See the file's head. Looks at every interface and route. */
export function notEnforced(world: World): readonly string[] {
  const sentences = new Set<string>();
  for (const network of world.values()) {
    for (const sentence of ofInterfaces(network)) sentences.add(sentence);
    for (const { id } of network.vpc.values()) {
      if ([...network.subnet.by('vpc', id)].length > subnetMax)
        sentences.add(`${id}: interfaces in subnets beyond the first ${subnetMax} are closed.`);
    }
    for (const table of network.routeTable.values()) {
      for (const { target } of table.routes) {
        const name = closedTargets.get(target.kind);
        if (name) sentences.add(`Routes to ${name} drop their packets.`);
      }
    }
  }
  return [...sentences].sort();
}

function* ofInterfaces(network: Network): Generator<string> {
  for (const { interfaceType } of network.eni.values()) {
    if (!carriedTypes.has(interfaceType) && interfaceType !== 'nat_gateway')
      yield `Interfaces of type ${interfaceType} carry no packets.`;
  }
}
