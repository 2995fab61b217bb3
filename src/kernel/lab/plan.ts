/**
 * What the lab should be for a world: every namespace, device and route, and the program of every table. Follows
 * changes of the world; what the kernel has of it is the executor's business.
 */
import type { Ip } from '#net/address.ts';
import { type Cidr, hostCidr } from '#net/cidr.ts';
import type { Place } from '#policy/rules.ts';
import type { Eni } from '#vpc/eni.ts';
import { addressBlocks } from '#vpc/eni-addresses.ts';
import type { EniId, RouteTableId, VpcId } from '#vpc/ids.ts';
import { emptyNetwork, emptyWorld, type World } from '#vpc/network.ts';
import type { NatGateway } from '#vpc/routing.ts';
import { type Dirt, dirtBetween, noDirt, type VpcDirt } from '../dataplane/dirt.ts';
import {
  enteringPiece,
  gatewayBlocks,
  gatewaySkeleton,
  type PublicPair,
  publicPairs,
} from '../dataplane/gateway-table.ts';
import { gatewayTable, natTable, vpcTable } from '../dataplane/names.ts';
import { natProgram } from '../dataplane/nat-table.ts';
import { activePeerings } from '../dataplane/peerings.ts';
import type { Piece, Program } from '../dataplane/piece.ts';
import { hasPort, natGatewayOf } from '../dataplane/port-piece.ts';
import { viewKey, viewsOf } from '../dataplane/route-views.ts';
import { VpcCompiler } from '../dataplane/vpc-compiler.ts';
import type { Steps } from '../steps.ts';
import { natItems, peeringItems } from './edge-topology.ts';
import {
  coreItems,
  edgeOf,
  gatewayItems,
  hostItems,
  publicPairsOf,
  publicRoutes,
} from './internet-topology.ts';
import type { PlaceNames } from './place-names.ts';
import { RegionalPlans } from './regional-plans.ts';
import { routeTableItems } from './route-topology.ts';
import { Topology } from './topology.ts';
import { portItems, routerItems, subnetItems } from './vpc-topology.ts';

/** A table that a namespace should have. */
export type TablePlan = {
  readonly namespace: string;
  readonly table: string;
  readonly role: 'router' | 'gateway' | 'nat';
  readonly hasEpoch: boolean;
  readonly program: Program;
};

/** Flows that must be forgotten where they were tracked: of an address given up, or of a zone. */
export type Released = {
  readonly namespace: string;
  readonly flows: { readonly block: Cidr } | { readonly zone: number };
};

type GatewayPlan = { readonly namespace: string; readonly program: Map<string, Piece> };
type NatPlan = { readonly namespace: string; readonly own: Ip; readonly program: Program };

type VpcPlan = {
  readonly compiler: VpcCompiler;
  scope: string;
  gateway: GatewayPlan | undefined;
  /** By interface. */
  readonly nats: Map<EniId, NatPlan>;
  readonly regionalNats: RegionalPlans;
  peerings: readonly string[];
  /** Views of each route table, by what tells them apart. */
  readonly views: Map<RouteTableId, ReadonlySet<string>>;
  /** What each interface last had: its addresses as blocks, and public ones with the gateway's namespace. */
  readonly blocks: Map<EniId, readonly Cidr[]>;
  readonly publics: Map<EniId, { readonly namespace: string; readonly pairs: readonly PublicPair[] }>;
};

export type PlanOptions = {
  readonly names: PlaceNames;
  /** Called once for each VPC before its program is first made, to give things the numbers the kernel knows them by. */
  readonly recover: (compiler: VpcCompiler, place: Place) => void;
};

export class LabPlan {
  readonly topology = new Topology();
  readonly #options: PlanOptions;
  readonly #vpcs = new Map<VpcId, VpcPlan>();
  readonly #touched = new Map<string, Set<string>>();
  #released: Released[] = [];
  #world: World = emptyWorld;

  constructor(options: PlanOptions) {
    this.#options = options;
  }

  get world(): World {
    return this.#world;
  }

  /** Follows the world. Until the last step is done, the plan is neither of the old world nor of the new one. */
  *update(world: World): Steps {
    const { vpcs, groups } = dirtBetween(this.#world, world);
    const alsoNamed = groups.size > 0 ? [...this.#vpcs].filter(([vpcId]) => !vpcs.has(vpcId)) : [];
    for (const [vpcId, dirt] of vpcs) yield* this.#follow(world, vpcId, dirt, groups);
    for (const [vpcId, { scope }] of alsoNamed) yield* this.#follow(world, vpcId, noDirt(scope), groups);
    // Only now: had something thrown, the next attempt would look at the same differences again.
    this.#world = world;
  }

  /** Adds a host on the internet. */
  addHost(address: Ip): void {
    const { names } = this.#options;
    this.topology.set(`host ${address}`, [...coreItems(names), ...hostItems(names, address)]);
  }

  /** The tables there should be, by namespace. */
  tables(): ReadonlyMap<string, TablePlan> {
    const plans = new Map<string, TablePlan>();
    for (const { compiler, gateway, nats, regionalNats } of this.#vpcs.values()) {
      const namespace = this.#options.names.router(compiler.vpcId);
      const { program } = compiler;
      plans.set(namespace, { namespace, table: vpcTable, role: 'router', hasEpoch: true, program });
      const rest = { hasEpoch: false } as const;
      if (gateway)
        plans.set(gateway.namespace, { ...gateway, ...rest, table: gatewayTable, role: 'gateway' });
      for (const nat of [...nats.values(), ...regionalNats.plans])
        plans.set(nat.namespace, { ...nat, ...rest, table: natTable, role: 'nat' });
    }
    return plans;
  }

  /** Names of pieces recomputed since this was last asked, by namespace. */
  takeTouched(): ReadonlyMap<string, ReadonlySet<string>> {
    const touched = new Map(this.#touched);
    this.#touched.clear();
    return touched;
  }

  /** Addresses given up since this was last asked. */
  takeReleased(): readonly Released[] {
    const released = this.#released;
    this.#released = [];
    return released;
  }

  *#follow(world: World, vpcId: VpcId, dirt: VpcDirt, groups: Dirt['groups']): Steps {
    const place = { world, network: world.get(dirt.scope) ?? emptyNetwork };
    const exists = place.network.vpc.has(vpcId);
    const vpc = this.#vpcs.get(vpcId) ?? (exists ? this.#addVpc(vpcId, dirt.scope, place) : undefined);
    if (!vpc) return;
    this.#touch(this.#options.names.router(vpcId), yield* vpc.compiler.update(place, dirt, groups));
    const router = this.#options.names.router(vpcId);
    for (const zone of vpc.compiler.zones.takeFreed())
      this.#released.push({ namespace: router, flows: { zone } });
    if (dirt.vpc) {
      this.#followGateway(vpc, place);
      vpc.regionalNats.update(place.network, vpcId, vpc.gateway, {
        touch: (namespace, pieces) => this.#touch(namespace, pieces),
        release: (namespace, blocks) => this.#release(namespace, blocks),
      });
      this.#followPeerings(vpc, world, exists);
    }
    for (const subnetId of dirt.subnets) {
      const subnet = exists ? place.network.subnet.get(subnetId) : undefined;
      this.topology.set(`subnet ${subnetId}`, subnet ? subnetItems(this.#options.names, subnet) : []);
    }
    this.#followTables(vpc, place, dirt);
    for (const eniId of dirt.enis) {
      this.#followEni(vpc, place, eniId);
      yield;
    }
    if (!exists) this.#vpcs.delete(vpcId);
  }

  #addVpc(vpcId: VpcId, scope: string, place: Place): VpcPlan {
    const compiler = new VpcCompiler(vpcId);
    this.#options.recover(compiler, place);
    const vpc = {
      compiler,
      scope,
      gateway: undefined,
      nats: new Map(),
      regionalNats: new RegionalPlans(this.#options.names, this.topology),
      peerings: [],
      views: new Map(),
      blocks: new Map(),
      publics: new Map(),
    };
    this.#vpcs.set(vpcId, vpc);
    return vpc;
  }

  #followGateway(vpc: VpcPlan, { network }: Place): void {
    const { names } = this.#options;
    const { vpcId } = vpc.compiler;
    const entity = network.vpc.get(vpcId);
    const [internet] = network.internetGateway.by('vpc', vpcId);
    const [egressOnly] = network.egressOnlyGateway.by('vpc', vpcId);
    const namespace = edgeOf(names, { internet, egressOnly })?.namespace;
    this.topology.set(`router ${vpcId}`, entity ? routerItems(names, entity) : []);
    if (!entity || namespace === undefined) {
      this.topology.set(`gateway ${vpcId}`, []);
      vpc.gateway = undefined;
      return;
    }
    const items = gatewayItems(names, { vpc: entity, internet, egressOnly });
    this.topology.set(`gateway ${vpcId}`, [...coreItems(names), ...items]);
    if (vpc.gateway?.namespace !== namespace) {
      vpc.gateway = { namespace, program: new Map([['skeleton', gatewaySkeleton]]) };
    }
    vpc.gateway.program.set('vpc', gatewayBlocks(entity));
    vpc.gateway.program.set('entering', enteringPiece(internet !== undefined));
    this.#touch(namespace, new Set(['vpc', 'entering']));
  }

  #followPeerings(vpc: VpcPlan, world: World, exists: boolean): void {
    const { vpcId } = vpc.compiler;
    const active = exists ? activePeerings(world, vpcId) : [];
    const name = (id: string) => `peering ${vpcId} ${id}`;
    for (const id of vpc.peerings) this.topology.set(name(id), []);
    for (const each of active)
      this.topology.set(name(each.peering.id), peeringItems(this.#options.names, vpcId, each));
    vpc.peerings = active.map(({ peering }) => peering.id);
  }

  #followTables({ compiler, views }: VpcPlan, place: Place, dirt: VpcDirt): void {
    const { network } = place;
    const { routeTables, vpcId } = compiler;
    const all = dirt.vpc ? [...network.routeTable.by('vpc', vpcId)].map(({ id }) => id) : [];
    for (const id of new Set([...dirt.tables, ...all])) {
      const table = network.routeTable.get(id);
      // A table that nobody uses routes nothing, and numbers are few.
      const seen = table && network.vpc.has(vpcId) ? viewsOf(place, table) : [];
      const items = seen.flatMap((view) =>
        routeTableItems(this.#options.names, place, view, routeTables.of(viewKey(view))),
      );
      this.topology.set(`table ${id}`, items);
      const keys = new Set(seen.map(viewKey));
      for (const gone of (views.get(id) ?? new Set()).difference(keys)) routeTables.free(gone);
      if (keys.size > 0) views.set(id, keys);
      else views.delete(id);
    }
  }

  #followEni(vpc: VpcPlan, { network }: Place, eniId: EniId): void {
    const { names } = this.#options;
    const { vpcId } = vpc.compiler;
    const found = network.vpc.has(vpcId) ? network.eni.get(eniId) : undefined;
    const eni = found && hasPort(network, found) ? found : undefined;
    const nat = eni && natGatewayOf(network, eni);
    this.#followNat(vpc, eniId, nat && eni && { gateway: nat, eni });
    if (!nat) this.topology.set(`port ${eniId}`, eni ? portItems(names, eni) : []);
    const blocks = eni ? addressBlocks(eni) : [];
    const had = vpc.blocks.get(eniId) ?? [];
    this.#release(
      names.router(vpcId),
      had.filter((block) => !blocks.includes(block)),
    );
    if (eni) vpc.blocks.set(eniId, blocks);
    else vpc.blocks.delete(eniId);
    const [gateway] = network.internetGateway.by('vpc', vpcId);
    const pairs = eni && gateway ? publicPairsOf(network, eni) : [];
    this.topology.set(`public ${eniId}`, gateway ? publicRoutes(names, gateway, pairs) : []);
    this.#followPublic(vpc, eniId, pairs);
  }

  #followNat(vpc: VpcPlan, eniId: EniId, nat: { gateway: NatGateway; eni: Eni } | undefined): void {
    const own = nat?.eni.privateIps[0]?.address;
    const before = vpc.nats.get(eniId);
    if (!nat || !own) {
      if (vpc.nats.delete(eniId)) this.topology.set(`port ${eniId}`, []);
      return;
    }
    const { names } = this.#options;
    const namespace = names.natGateway(nat.gateway.id);
    this.topology.set(`port ${eniId}`, natItems(names, nat.gateway, nat.eni));
    if (before?.own === own) return;
    vpc.nats.set(eniId, { namespace, own, program: natProgram(own) });
    this.#touch(namespace, new Set(['nat']));
  }

  #followPublic(vpc: VpcPlan, eniId: EniId, pairs: readonly PublicPair[]): void {
    const had = vpc.publics.get(eniId);
    const { gateway } = vpc;
    const lost = had?.pairs.filter(
      (old) =>
        had.namespace !== gateway?.namespace ||
        !pairs.some((now) => now.privateIp === old.privateIp && now.publicIp === old.publicIp),
    );
    if (had && lost)
      this.#release(
        had.namespace,
        lost.flatMap(({ privateIp, publicIp }) => [privateIp, publicIp]).map(hostCidr),
      );
    if (!gateway || pairs.length === 0) vpc.publics.delete(eniId);
    else vpc.publics.set(eniId, { namespace: gateway.namespace, pairs });
    if (!gateway) return;
    const name = `public ${eniId}`;
    if (pairs.length > 0) gateway.program.set(name, publicPairs(pairs));
    else gateway.program.delete(name);
    this.#touch(gateway.namespace, new Set([name]));
  }

  #touch(namespace: string, pieces: ReadonlySet<string>): void {
    if (pieces.size === 0) return;
    this.#touched.set(namespace, (this.#touched.get(namespace) ?? new Set()).union(pieces));
  }

  #release(namespace: string, blocks: readonly Cidr[]): void {
    this.#released.push(...blocks.map((block) => ({ namespace, flows: { block } })));
  }
}
