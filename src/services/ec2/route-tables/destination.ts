/** What a route is for: exactly one of an IPv4 block, an IPv6 block and a prefix list. */
import type { RouteDestination, RouteTable } from '#vpc/routing.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { blockIn } from '../blocks.ts';
import { resourceOf } from '../resources.ts';
import { destinationText } from './output.ts';

export type DestinationInput = {
  readonly DestinationCidrBlock?: string | undefined;
  readonly DestinationIpv6CidrBlock?: string | undefined;
  readonly DestinationPrefixListId?: string | undefined;
};

/** The canonical destination; refuses none and several. */
export function destinationIn(input: DestinationInput, context: Context): RouteDestination {
  const { DestinationCidrBlock: ipv4, DestinationIpv6CidrBlock: ipv6, DestinationPrefixListId: list } = input;
  const given = [ipv4, ipv6, list].filter((each) => each !== undefined && each !== '').length;
  if (given === 0) refuse('missingParameter', { parameter: 'destinationCidrBlock' });
  if (given > 1) refuse('invalidCombination', { reason: 'A route has one destination; several are given.' });
  if (ipv4) return { kind: 'cidr', cidr: blockIn(ipv4, 'ipv4', 'destinationCidrBlock') };
  if (ipv6) return { kind: 'cidr', cidr: blockIn(ipv6, 'ipv6', 'destinationIpv6CidrBlock') };
  return { kind: 'prefixList', prefixListId: resourceOf('prefixList', list ?? '', context).id };
}

/** The place of a destination among a table's routes; -1 where it has none. */
export function routeIndex({ routes }: RouteTable, destination: RouteDestination): number {
  const text = destinationText(destination);
  return routes.findIndex((route) => destinationText(route.destination) === text);
}
