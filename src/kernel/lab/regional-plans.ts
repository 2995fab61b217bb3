/** What the lab should be for the regional NAT gateways of one VPC. */
import type { Ip } from '#net/address.ts';
import { hostCidr } from '#net/cidr.ts';
import type { VpcId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import { leadingAddresses } from '#vpc/regional-nat.ts';
import { publicPairs } from '../dataplane/gateway-table.ts';
import { natProgram } from '../dataplane/nat-table.ts';
import type { Piece, Program } from '../dataplane/piece.ts';
import { regionalNatsOf } from '../dataplane/regional-nats.ts';
import type { PlaceNames } from './place-names.ts';
import { ownPair, regionalNatItems } from './regional-topology.ts';
import type { Topology } from './topology.ts';

type NatPlan = { readonly namespace: string; readonly own: Ip; readonly program: Program };

/** What is told of changes: pieces of a namespace's table, and addresses whose flows are to be forgotten there. */
export type Heard = {
  readonly touch: (namespace: string, pieces: ReadonlySet<string>) => void;
  readonly release: (namespace: string, blocks: readonly ReturnType<typeof hostCidr>[]) => void;
};

type GatewayPlan = { readonly namespace: string; readonly program: Map<string, Piece> } | undefined;

export class RegionalPlans {
  readonly #names: PlaceNames;
  readonly #topology: Topology;
  /** By namespace. */
  readonly #plans = new Map<string, NatPlan>();

  constructor(names: PlaceNames, topology: Topology) {
    this.#names = names;
    this.#topology = topology;
  }

  /** The tables of the namespaces. */
  get plans(): Iterable<NatPlan> {
    return this.#plans.values();
  }

  /** Follows the VPC's gateways, once its internet gateway has been followed. */
  update(network: Network, vpcId: VpcId, gateway: GatewayPlan, heard: Heard): void {
    const [internet] = network.internetGateway.by('vpc', vpcId);
    const left = new Map(this.#plans);
    for (const { id: gatewayId } of network.vpc.has(vpcId) ? regionalNatsOf(network, vpcId) : []) {
      const found = network.natGateway.get(gatewayId);
      for (const { publicIp } of found?.availability === 'regional' ? leadingAddresses(found) : []) {
        const namespace = this.#names.regionalNat(gatewayId, publicIp);
        left.delete(namespace);
        const items = regionalNatItems(this.#names, { vpcId, gatewayId, publicIp }, internet);
        this.#topology.set(`regional ${namespace}`, items);
        gateway?.program.set(`public ${publicIp}`, publicPairs([ownPair(publicIp)]));
        if (gateway) heard.touch(gateway.namespace, new Set([`public ${publicIp}`]));
        if (this.#plans.has(namespace)) continue;
        this.#plans.set(namespace, { namespace, own: publicIp, program: natProgram(publicIp) });
        heard.touch(namespace, new Set(['nat']));
      }
    }
    for (const [namespace, { own }] of left) {
      this.#plans.delete(namespace);
      this.#topology.set(`regional ${namespace}`, []);
      this.#drop(own, this.#names.router(vpcId), gateway, heard);
    }
  }

  /** An address that is gone, or another gateway's by now. */
  #drop(own: Ip, router: string, gateway: GatewayPlan, heard: Heard): void {
    const isKept = [...this.#plans.values()].some((each) => each.own === own);
    if (gateway && !isKept) {
      gateway.program.delete(`public ${own}`);
      heard.touch(gateway.namespace, new Set([`public ${own}`]));
    }
    for (const namespace of [router, ...(gateway ? [gateway.namespace] : [])])
      heard.release(namespace, [hostCidr(own)]);
  }
}
