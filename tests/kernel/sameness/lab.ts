/** A lab whose instances and internet hosts are silent, so that only the test's packets travel. */
import { ConntrackSocket } from '#kernel/conntrack/socket.ts';
import { createLab, type Lab } from '#kernel/lab/lab.ts';
import { inNamespace, listNamespaces } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { Packet } from '#policy/packet.ts';
import type { World } from '#vpc/network.ts';
import type { Host } from '../../support/random-network.ts';
import { eniOfHost } from '../../support/random-upheavals.ts';
import { openPort, type PacketPort } from '../port.ts';
import { type Arrived, frameOf, readArrived } from './frames.ts';
import { outsiders } from './strangers.ts';
import type { Sender } from './talk.ts';

/** MAC address of the next hop of every end of the lab. */
const nextHopMac = '02:ff:00:00:00:01';
const anyMac = '02:00:00:00:00:fe';

/** Where a frame was seen: an interface's name, or an internet host's address. */
export type Seen = Arrived & { readonly at: string };

export class SilentLab {
  readonly #prefix: string;
  readonly #lab: Lab;
  readonly #hosts: readonly Host[];
  readonly #ports = new Map<string, PacketPort>();
  /** Host → the interface whose device its port is at. */
  readonly #enis = new Map<string, string>();
  #sequence = 0;

  private constructor(prefix: string, lab: Lab, hosts: readonly Host[]) {
    this.#prefix = prefix;
    this.#lab = lab;
    this.#hosts = hosts;
  }

  /** A lab for the world, with all ends open for sending and watching. */
  static async start(prefix: string, world: World, hosts: readonly Host[]): Promise<SilentLab> {
    const started = new SilentLab(prefix, createLab({ prefix }), hosts);
    await started.apply(world);
    for (const address of outsiders) started.#open(address, await started.#lab.internetHost(address), 'eth0');
    return started;
  }

  async apply(world: World): Promise<void> {
    this.#sequence++;
    await this.#lab.apply(world, this.#sequence);
    const { ok, error } = this.#lab.status();
    if (!ok) throw new Error(`the kernel refused a change: ${error}`);
    for (const { name } of this.#hosts) this.#follow(name, eniOfHost(world, name)?.id);
  }

  /** NAT gateways forget whom they have translated. */
  forgetTranslations(): void {
    for (const name of listNamespaces(`${this.#prefix}-n-`)) {
      const flows = inNamespace(name, () => ConntrackSocket.open());
      flows.flush();
      flows.close();
    }
  }

  send(from: Sender, packet: Packet, serial: number): void {
    const name = from.kind === 'eni' ? from.name : from.ip;
    this.#ports.get(name)?.send(frameOf(packet, serial, { sourceMac: anyMac, destinationMac: nextHopMac }));
  }

  /** What has arrived anywhere since the last call. */
  receive(): readonly Seen[] {
    return [...this.#ports].flatMap(([at, port]) =>
      port.receive().flatMap((bytes) => {
        const arrived = readArrived(bytes);
        return arrived ? [{ ...arrived, at }] : [];
      }),
    );
  }

  async stop(): Promise<void> {
    for (const port of this.#ports.values()) port.close();
    await this.#lab.purge();
  }

  /** Listens where the host is now. */
  #follow(name: string, eniId: string | undefined): void {
    if (this.#enis.get(name) === eniId) return;
    this.#ports.get(name)?.close();
    this.#ports.delete(name);
    this.#enis.delete(name);
    if (eniId === undefined) return;
    const place = this.#lab.portOf(eniId);
    if (!place) throw new Error(`interface ${name} is not attached`);
    this.#open(name, place.instance, place.device);
    this.#enis.set(name, eniId);
  }

  #open(name: string, namespace: string, device: string): void {
    inNamespace(namespace, silence);
    this.#ports.set(name, openPort(namespace, device));
  }
}

/** Nothing gets into or out of the namespace's own stack; raw sockets see and send frames all the same. */
function silence(): void {
  const socket = NftSocket.open();
  const hook = (name: 'prerouting' | 'output') =>
    ({
      kind: 'addChain',
      table: 'silence',
      chain: { name, hook: { type: 'filter', hook: name, priority: -300, policy: 'drop' } },
    }) as const;
  socket.apply([{ kind: 'addTable', table: 'silence' }, hook('prerouting'), hook('output')]);
  socket.close();
}
