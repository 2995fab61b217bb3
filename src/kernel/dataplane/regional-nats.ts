/** The regional NAT gateways of a VPC as pieces of its table: a border each, and a port for each zone's address. */
import type { Place } from '#policy/rules.ts';
import type { VpcId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import { leadingAddresses, natIsUp } from '#vpc/regional-nat.ts';
import type { RegionalNatGateway } from '#vpc/routing.ts';
import { type ClosedGateway, edgePiece } from './acl-piece.ts';
import { regionalNatPortName } from './names.ts';
import type { Numbers } from './numbers.ts';
import type { Pieces } from './pieces.ts';
import { regionalNatPort } from './port-piece.ts';
import { viewKey, viewOfRegional } from './route-views.ts';

/** The regional gateways that are up. */
export function regionalNatsOf({ natGateway }: Network, vpcId: VpcId): readonly RegionalNatGateway[] {
  return [...natGateway.by('vpc', vpcId)].flatMap((each) =>
    each.availability === 'regional' && natIsUp(each) ? [each] : [],
  );
}

type Kept = {
  readonly pieces: Pieces;
  /** Of subnets, and of what else has a border. */
  readonly borders: Numbers;
  readonly routeTables: Numbers;
};

export class RegionalNats {
  readonly #vpcId: VpcId;
  readonly #kept: Kept;
  #gateways: ReadonlySet<string> = new Set();
  #ports: ReadonlySet<string> = new Set();

  constructor(vpcId: VpcId, kept: Kept) {
    this.#vpcId = vpcId;
    this.#kept = kept;
  }

  /** Follows the network; returns the ports that are gone, and those that are there. */
  update(place: Place, closed: readonly ClosedGateway[]) {
    const { pieces, borders, routeTables } = this.#kept;
    const found = place.network.vpc.has(this.#vpcId) ? regionalNatsOf(place.network, this.#vpcId) : [];
    const ports = new Set<string>();
    for (const gateway of found) {
      // Beyond the last number it has no border, and so its ports are closed.
      const subnet = borders.tryOf(gateway.id);
      if (subnet === undefined) continue;
      pieces.set(`subnet ${gateway.id}`, edgePiece(gateway.id, subnet, closed));
      const view = viewOfRegional(place, gateway.id);
      const table = view ? routeTables.of(viewKey(view)) : 0;
      for (const { publicIp } of leadingAddresses(gateway)) {
        const port = regionalNatPortName(publicIp);
        ports.add(port);
        pieces.set(`port ${port}`, regionalNatPort(publicIp, { subnet, table }));
      }
    }
    const gateways = new Set(found.map(({ id }) => id as string));
    for (const id of this.#gateways.difference(gateways)) {
      pieces.set(`subnet ${id}`, undefined);
      borders.free(id);
    }
    const gone = this.#ports.difference(ports);
    for (const port of gone) pieces.set(`port ${port}`, undefined);
    this.#gateways = gateways;
    this.#ports = ports;
    return { gone, ports };
  }
}
