/**
 * The program of one VPC, kept up to date: knows which piece depends on what, and recomputes the pieces that a change
 * touches. It computes; what the kernel has of it is the lab's business.
 */

import { blocksPublicAccess, publicAccessBlockOf } from '#policy/public-access.ts';
import type { Place } from '#policy/rules.ts';
import { isTrackedPort } from '#policy/tracking.ts';
import type { EniId, SecurityGroupId, SubnetId, VpcId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import { routerAddress } from '#vpc/subnet-space.ts';
import type { Steps } from '../steps.ts';
import { type ClosedGateway, subnetPiece } from './acl-piece.ts';
import { ClassIndex } from './class-index.ts';
import type { VpcDirt } from './dirt.ts';
import { blocksPiece } from './gateway-table.ts';
import { egressOnlyPortName, gatewayPortName, portName } from './names.ts';
import { Numbers } from './numbers.ts';
import { Peerings } from './peerings.ts';
import type { Program } from './piece.ts';
import { Pieces } from './pieces.ts';
import { gatewayPort, interfacePort, isCarried, natGatewayOf, natPort } from './port-piece.ts';
import { RegionalNats } from './regional-nats.ts';
import { viewKey, viewOfGateway, viewOfSubnet } from './route-views.ts';
import { servicesPiece } from './services-piece.ts';
import { profileOf, TimeoutProfiles } from './timeout-piece.ts';
import { outsideSubnet, vpcSets } from './vpc-sets.ts';
import { forwardPiece, vpcSkeleton } from './vpc-skeleton.ts';
import { ZonePairs } from './zone-pairs.ts';

/** 12 bits of the packet mark: more than there are subnets to use them. */
const routeTableMax = 0xfff;
/** 12 bits of a port's number, less the one that stands for the outside. */
export const subnetMax = outsideSubnet - 1;

export class VpcCompiler {
  readonly vpcId: VpcId;
  /** Of route tables as subnets see them, and as gateways do. */
  readonly routeTables = new Numbers(routeTableMax);
  readonly subnets = new Numbers(subnetMax);
  readonly zones: ZonePairs;
  readonly #pieces = new Pieces();
  readonly #classes: ClassIndex;
  readonly #peerings: Peerings;
  readonly #regionalNats: RegionalNats;
  readonly #timeouts: TimeoutProfiles;
  /** Devices of gateways that remember flows: NAT and egress-only ones. */
  readonly #remembering = new Set<string>();
  /** Device of the internet gateway, and of the egress-only one. */
  readonly #edges = new Map<'gateway' | 'egress-only', string>();

  constructor(vpcId: VpcId) {
    this.vpcId = vpcId;
    this.#pieces.set('skeleton', vpcSkeleton);
    this.#pieces.set('forward', forwardPiece(false));
    this.zones = new ZonePairs(this.#pieces);
    this.#classes = new ClassIndex(this.#pieces);
    this.#timeouts = new TimeoutProfiles(this.#pieces);
    this.#peerings = new Peerings(vpcId, this.#pieces, this.#classes);
    const { subnets: borders, routeTables } = this;
    this.#regionalNats = new RegionalNats(vpcId, { pieces: this.#pieces, borders, routeTables });
  }

  /** Numbers of the classes. */
  get identities(): Numbers {
    return this.#classes.identities;
  }

  /** The whole program as of the last update. */
  get program(): Program {
    return this.#pieces.program;
  }

  /**
   * Brings the program to the given state of the network, a piece or so in each step; returns the names of the pieces
   * that were recomputed.
   */
  *update(place: Place, dirt: VpcDirt, groups: ReadonlySet<SecurityGroupId>): Steps<ReadonlySet<string>> {
    if (dirt.vpc) this.#updateVpc(place);
    for (const subnetId of dirt.subnets) {
      this.#updateSubnet(place, subnetId);
      yield;
    }
    for (const eniId of dirt.enis) {
      this.#regroup(place, eniId);
      yield;
    }
    for (const groupId of groups) yield* this.#classes.updateGroup(place, groupId);
    // All that is named, where there may be another peering.
    const named = this.#classes.takeNamedChanges();
    this.#peerings.updateEnis(
      place,
      dirt.peerEnis,
      dirt.vpc ? named.union(new Set(this.#classes.named())) : named,
    );
    yield* this.#classes.settle();
    const tableNumbers = new Map<SubnetId, number>();
    for (const eniId of dirt.enis) {
      this.#updatePort(place, eniId, tableNumbers);
      yield;
    }
    return this.#pieces.take();
  }

  #updateVpc(place: Place): void {
    const { network } = place;
    const vpc = network.vpc.get(this.vpcId);
    const [gateway] = network.internetGateway.by('vpc', this.vpcId);
    const [egressOnly] = network.egressOnlyGateway.by('vpc', this.vpcId);
    this.#pieces.set('vpc', vpc && blocksPiece(vpc, vpcSets.vpc4, vpcSets.vpc6));
    if (vpc) this.#pieces.set('services', servicesPiece(vpc));
    const view = gateway && viewOfGateway(place, gateway.id);
    const here = { vpcId: this.vpcId, network };
    this.#updateEdge('gateway', gateway && gatewayPortName(gateway.id), {
      alwaysTracked: gateway ? isTrackedPort({ kind: 'internetGateway', gateway, ...here }) : false,
      table: view ? this.routeTables.of(viewKey(view)) : 0,
    });
    this.#updateEdge('egress-only', egressOnly && egressOnlyPortName(egressOnly.id), {
      alwaysTracked: egressOnly
        ? isTrackedPort({ kind: 'egressOnlyGateway', gateway: egressOnly, ...here })
        : false,
      table: 0,
    });
    const regional = this.#regionalNats.update(place, this.#closedTo(network, undefined));
    for (const port of regional.gone) this.zones.set(port, undefined);
    for (const port of regional.ports) this.zones.set(port, 'plain');
    for (const port of regional.gone.union(regional.ports))
      this.#noteRemembering(port, regional.ports.has(port));
    const { before, now } = this.#peerings.update(place, vpc !== undefined);
    for (const port of before.difference(now)) this.zones.set(port, undefined);
    for (const port of now) this.zones.set(port, 'plain');
  }

  #updateEdge(
    which: 'gateway' | 'egress-only',
    port: string | undefined,
    options: Parameters<typeof gatewayPort>[1],
  ): void {
    const before = this.#edges.get(which);
    if (before !== undefined && before !== port) {
      this.zones.set(before, undefined);
      this.#noteRemembering(before, false);
    }
    if (port === undefined) this.#edges.delete(which);
    else {
      this.#edges.set(which, port);
      this.zones.set(port, 'plain');
    }
    if (port !== undefined) this.#noteRemembering(port, options.alwaysTracked);
    this.#pieces.set(which, port === undefined ? undefined : gatewayPort(port, options));
  }

  #noteRemembering(port: string, isOne: boolean): void {
    const before = this.#remembering.size > 0;
    if (isOne) this.#remembering.add(port);
    else this.#remembering.delete(port);
    const now = this.#remembering.size > 0;
    if (now !== before) this.#pieces.set('forward', forwardPiece(now));
  }

  #updateSubnet({ network }: Place, subnetId: SubnetId): void {
    const [acl] = network.networkAcl.by('subnet', subnetId);
    const subnet = network.subnet.get(subnetId);
    const router = subnet && routerAddress(subnet);
    const closed = this.#closedTo(network, subnetId);
    // Beyond the last number a subnet has no way to its ACL, and so its ports are closed.
    const number = subnet ? this.subnets.tryOf(subnetId) : undefined;
    const piece = number === undefined ? undefined : subnetPiece(subnetId, number, { acl, closed, router });
    this.#pieces.set(`subnet ${subnetId}`, piece);
    if (!subnet) this.subnets.free(subnetId);
  }

  /** The gateways that are closed to a subnet, or to what stands in none. */
  #closedTo(network: Network, subnetId: SubnetId | undefined): readonly ClosedGateway[] {
    const block = publicAccessBlockOf(network, { vpcId: this.vpcId, subnetId });
    const gateways = [
      ['internetGateway', this.#edges.get('gateway')],
      ['egressOnlyGateway', this.#edges.get('egress-only')],
    ] as const;
    return gateways.flatMap(([gateway, port]) => {
      const closes = (isNatGateway: boolean) => blocksPublicAccess(block, { gateway, isNatGateway });
      return port !== undefined && closes(false) ? [{ port, evenToNat: closes(true) }] : [];
    });
  }

  /** `tableNumbers`: what has been found so far of the subnets' route tables. */
  #updatePort(place: Place, eniId: EniId, tableNumbers: Map<SubnetId, number>): void {
    const { network } = place;
    const eni = network.eni.get(eniId);
    const classNumber = this.#classes.numberOf(eniId);
    const isNat = eni && natGatewayOf(network, eni) !== undefined;
    const port = portName(eniId);
    const subnet = eni && this.subnets.tryOf(eni.subnetId);
    if (!eni || subnet === undefined || !(isNat || classNumber !== undefined)) {
      this.#pieces.set(`port ${eniId}`, undefined);
      this.zones.set(port, undefined);
      this.#timeouts.set(port, undefined);
      this.#noteRemembering(port, false);
      return;
    }
    const table = tableNumbers.get(eni.subnetId) ?? this.#tableNumber(place, eni.subnetId);
    tableNumbers.set(eni.subnetId, table);
    const numbers = { subnet, table };
    this.#noteRemembering(port, isNat === true);
    const profile = isNat ? undefined : profileOf(eni.timeouts);
    this.#timeouts.set(port, profile);
    const piece = isNat
      ? natPort(eni, numbers)
      : interfacePort(eni, { ...numbers, classNumber: classNumber ?? 0 }, profile);
    this.#pieces.set(`port ${eniId}`, piece);
    this.zones.set(port, isNat || eni.sourceDestCheck ? 'plain' : 'box');
  }

  #tableNumber(place: Place, subnetId: SubnetId): number {
    const view = viewOfSubnet(place, this.vpcId, subnetId);
    return view ? this.routeTables.of(viewKey(view)) : 0;
  }

  /** Puts an interface into the class of its groups; a NAT gateway's has none. */
  #regroup(place: Place, eniId: EniId): void {
    const eni = place.network.eni.get(eniId);
    const hasGroups = eni && isCarried(place.network, eni) && !natGatewayOf(place.network, eni);
    this.#classes.move(place, eniId, hasGroups ? eni.groupIds : undefined);
  }
}
