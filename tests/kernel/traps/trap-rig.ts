/** A lab with short ways to send packets, and to take a remedy away to see the attack succeed. */
import { ConntrackSocket } from '#kernel/conntrack/socket.ts';
import { vpcTable } from '#kernel/dataplane/names.ts';
import { inNamespace } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { Command, NftRule } from '#kernel/nft/statement.ts';
import type { Transport } from '#policy/packet.ts';
import type { World } from '#vpc/network.ts';
import { buildWorld, eniId, type NetworkSpec } from '../../support/network.ts';
import { type Addresses, packet, tcp } from '../../support/packets.ts';
import { LabRig } from '../lab-rig.ts';
import { rewriteCommands, rulesIn } from '../tap.ts';

/** Another version of a chain: `table` is the VPC's unless said otherwise. */
export type Alteration = {
  readonly namespace?: string;
  readonly table?: string;
  readonly chain: string;
  readonly rules: (loaded: readonly NftRule[]) => readonly NftRule[];
  /** What the new rules need besides. */
  readonly first?: readonly Command[];
};

export class TrapRig {
  readonly lab: LabRig;
  readonly world: World;
  readonly at: Addresses;

  private constructor(lab: LabRig, world: World, at: Addresses) {
    this.lab = lab;
    this.world = world;
    this.at = at;
  }

  /** Interfaces are named by one letter; a name with a 6 is the same interface's IPv6 address. */
  static async start(purpose: string, spec: NetworkSpec): Promise<TrapRig> {
    const world = buildWorld(spec);
    const at = Object.fromEntries(
      Object.entries(spec.enis).flatMap(([name, { ips }]) =>
        ips.map((address) => [address.includes(':') ? `${name}6` : name, address]),
      ),
    );
    return new TrapRig(await LabRig.start(purpose, world), world, at);
  }

  to(world: World): Promise<void> {
    return this.lab.to(world);
  }

  /** `from` is an interface's name or an internet host; `name=address` sends with another source. */
  async passes(from: string, to: string, transport: Transport): Promise<boolean> {
    const [name = '', source = name] = from.split('=');
    const isEni = /^[a-z]6?$/.test(name);
    const place = isEni
      ? ({ kind: 'eni', eniId: eniId(name.slice(0, 1)) } as const)
      : ({ kind: 'internet' } as const);
    const [arrival] = await this.lab.exchange([
      { packet: packet(this.at, source, to, transport), origin: place },
    ]);
    return arrival !== undefined;
  }

  /** Opens a TCP connection; throws where a packet does not pass. */
  async connect(from: string, to: string, sourcePort: number, destinationPort: number): Promise<void> {
    const passed = [
      await this.passes(from, to, tcp(sourcePort, destinationPort)),
      await this.passes(to, from, tcp(destinationPort, sourcePort, 'SA')),
      await this.passes(from, to, tcp(sourcePort, destinationPort, 'A')),
    ];
    if (passed.includes(false)) throw new Error(`${from} could not connect to ${to}: ${passed}`);
  }

  /** The router's namespace. */
  get router(): string {
    const [name = ''] = Object.keys(this.at);
    const place = this.lab.lab.portOf(eniId(name.slice(0, 1)));
    if (!place) throw new Error(`${name} is not attached`);
    return place.router;
  }

  /** Works with a socket for tables of a namespace, the router's unless said otherwise. */
  withTables<T>(work: (socket: NftSocket) => T, namespace = this.router): T {
    const socket = inNamespace(namespace, () => NftSocket.open());
    try {
      return work(socket);
    } finally {
      socket.close();
    }
  }

  withFlows<T>(work: (socket: ConntrackSocket) => T): T {
    const socket = inNamespace(this.router, () => ConntrackSocket.open());
    try {
      return work(socket);
    } finally {
      socket.close();
    }
  }

  /** Runs work while chains are other than the product has them; what was remembered meanwhile is forgotten. */
  async without(alterations: readonly Alteration[], work: () => Promise<void>): Promise<void> {
    const plans = alterations.map(({ table = vpcTable, chain, rules, namespace, first = [] }) => {
      const loaded = rulesIn(table, chain);
      const altered = [...first, ...rewriteCommands(table, chain, rules(loaded))];
      return { namespace, altered, restored: rewriteCommands(table, chain, loaded) };
    });
    for (const { namespace, altered } of plans) this.withTables((tables) => tables.apply(altered), namespace);
    try {
      await work();
    } finally {
      for (const { namespace, restored } of plans) {
        this.withTables((tables) => tables.apply(restored), namespace);
      }
      this.withFlows((flows) => flows.flush());
    }
  }
}

/** Rules without those that have a statement for which `is` holds. */
export const dropping =
  (is: (statement: NftRule[number]) => boolean) =>
  (rules: readonly NftRule[]): readonly NftRule[] =>
    rules.filter((rule) => !rule.some(is));

/** Whether a statement goes or jumps to the chain. */
export const leadsTo =
  (chain: string) =>
  (statement: NftRule[number]): boolean =>
    statement.kind === 'verdict' && 'chain' in statement && statement.chain === chain;
