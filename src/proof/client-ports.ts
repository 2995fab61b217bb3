/** The client ports from which a conversation works: stateless ACLs may let answers back to some and not to others. */
import { can, type Wanted } from '#policy/can.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import type { World } from '#vpc/network.ts';
import { clientPorts } from './spans.ts';

export type PortRange = { readonly first: number; readonly last: number };

/**
 * The ports of 1024–65535 from which it works, ascending; undefined for kinds of packets without ports. Between two
 * edges of any ACL entry all ports are treated alike, so that one of each stretch is asked.
 */
export function workingClientPorts(
  world: World,
  from: Endpoint,
  to: Endpoint,
  wanted: Wanted,
): readonly PortRange[] | undefined {
  if (wanted.kind !== 'tcp' && wanted.kind !== 'udp') return undefined;
  const ranges: { first: number; last: number }[] = [];
  const cuts = portCuts(world);
  for (const [at, first] of cuts.entries()) {
    const last = (cuts[at + 1] ?? clientPorts.last + 1) - 1;
    if (!can(world, from, to, wanted, first).allowed) continue;
    const top = ranges.at(-1);
    if (top?.last === first - 1) top.last = last;
    else ranges.push({ first, last });
  }
  return ranges;
}

/** First ports of the stretches, from 1024 on. */
function portCuts(world: World): readonly number[] {
  const cuts = new Set<number>([clientPorts.first]);
  for (const { networkAcl } of world.values()) {
    for (const { entries } of networkAcl.values()) {
      for (const { service } of entries) {
        if (service.kind !== 'ports') continue;
        for (const cut of [service.from, service.to + 1]) {
          if (cut > clientPorts.first && cut <= clientPorts.last) cuts.add(cut);
        }
      }
    }
  }
  return [...cuts].sort((a, b) => a - b);
}
