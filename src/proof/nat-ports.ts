/** The ports of NAT gateways of both kinds. */
import { type NatPort, portOfEni, type RegionalNatPort } from '#policy/port.ts';
import type { World } from '#vpc/network.ts';
import { leadingAddresses, natIsUp } from '#vpc/regional-nat.ts';

/** The NAT gateways that are up: by their interface, or in each zone where they have an address. */
export function* natPorts(world: World): IterableIterator<NatPort | RegionalNatPort> {
  for (const network of world.values()) {
    for (const gateway of network.natGateway.values()) {
      if (!natIsUp(gateway)) continue;
      if (gateway.availability === 'regional') {
        for (const address of leadingAddresses(gateway))
          yield { kind: 'regionalNatGateway', gateway, address, network, vpcId: gateway.vpcId };
        continue;
      }
      const port = portOfEni(world, gateway.eniId);
      if (port?.kind === 'natGateway') yield port;
    }
  }
}
