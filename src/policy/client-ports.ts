/** Client ports: stateless ACLs may let answers back to some of them and not to others. */
import type { World } from '#vpc/network.ts';

/** The ports that clients use: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports */
export const clientPorts = { first: 1024, last: 65535 } as const;

/**
 * The first port of each stretch, ascending: between two edges of any ACL entry all ports are treated alike.
 */
export function portStretches(world: World): readonly number[] {
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
