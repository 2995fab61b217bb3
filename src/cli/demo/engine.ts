/** What the engine says of the demo's connections: new ones, and ones that were open before a rule changed. */
import { type Family, familyOf, type Ip } from '#net/address.ts';
import { can } from '#policy/can.ts';
import { decide } from '#policy/decide.ts';
import { type Endpoint, resolveEndpoint } from '#policy/endpoint.ts';
import { type Flows, noFlows } from '#policy/flows.ts';
import type { Packet, TcpFlags } from '#policy/packet.ts';
import type { Verdict } from '#policy/verdict.ts';
import type { World } from '#vpc/network.ts';
import type { Host } from './cloud.ts';

/** One connection of the demo. */
export type Connection = { readonly from: Host; readonly to: Host; readonly family: Family };

const clientPort = 49_152;

/** Whether a new connection works. */
export function newConnectionWorks(world: World, { from, to, family }: Connection): boolean {
  const [source, target] = [endpointOf(world, from, family), endpointOf(world, to, family)];
  return can(world, source, target, { kind: 'tcp', port: to.port }).allowed;
}

/** Whether a connection that was opened in one world still carries a question and its answer in another. */
export function openConnectionSurvives(before: World, after: World, connection: Connection): boolean {
  const { from, to, family } = connection;
  const [source, target] = [endpointOf(before, from, family), endpointOf(before, to, family)];
  const first: Packet = {
    source: source.ip,
    destination:
      ((target.kind === 'eni' && source.kind === 'internet' ? to.publicIp : undefined) as Ip) ?? target.ip,
    transport: { kind: 'tcp', sourcePort: clientPort, destinationPort: to.port, flags: flags('syn') },
  };
  const talk = new Conversation(source, target, first);
  return (
    talk.asks(before, flags('syn')) &&
    talk.answers(before, flags('syn', 'ack')) &&
    talk.asks(before, flags('ack')) &&
    talk.asks(after, flags('ack')) &&
    talk.answers(after, flags('ack'))
  );
}

/** Packets to and fro between two endpoints, with what the routers remember of them. */
class Conversation {
  readonly #source: Endpoint;
  readonly #target: Endpoint;
  readonly #first: Packet;
  #seen: Packet;
  #flows: Flows = noFlows;
  #nowMs = 0;

  constructor(source: Endpoint, target: Endpoint, first: Packet) {
    this.#source = source;
    this.#target = target;
    this.#first = first;
    this.#seen = first;
  }

  asks(world: World, sent: TcpFlags): boolean {
    const verdict = this.#send(world, this.#source, withFlags(this.#first, sent));
    if (verdict.kind === 'accept') this.#seen = verdict.delivery.packet;
    return verdict.kind === 'accept';
  }

  answers(world: World, sent: TcpFlags): boolean {
    const { source, destination, transport } = this.#seen;
    if (transport.kind !== 'tcp') return false;
    const ports = { sourcePort: transport.destinationPort, destinationPort: transport.sourcePort };
    const back: Packet = {
      source: destination,
      destination: source,
      transport: { kind: 'tcp', ...ports, flags: sent },
    };
    return this.#send(world, this.#target, back).kind === 'accept';
  }

  #send(world: World, from: Endpoint, packet: Packet): Verdict {
    const origin =
      from.kind === 'eni' ? ({ kind: 'eni', eniId: from.eniId } as const) : ({ kind: 'internet' } as const);
    const { verdict, flows } = decide(world, this.#flows, { packet, origin }, ++this.#nowMs);
    this.#flows = flows;
    return verdict;
  }
}

function endpointOf(world: World, host: Host, family: Family): Endpoint {
  if (host.where === 'internet') return { kind: 'internet', ip: host.addresses[family] as Ip };
  const resolved = resolveEndpoint(world, host.where);
  const endpoints = resolved.kind === 'found' ? resolved.endpoints : [];
  const endpoint = endpoints.find(({ ip }) => familyOf(ip) === family);
  if (!endpoint) throw new Error(`${host.name} has no ${family} address in the snapshot`);
  return endpoint;
}

function flags(...set: readonly (keyof TcpFlags)[]): TcpFlags {
  const has = (name: keyof TcpFlags) => set.includes(name);
  return { syn: has('syn'), ack: has('ack'), fin: has('fin'), rst: has('rst') };
}

function withFlags(packet: Packet, sent: TcpFlags): Packet {
  const { transport } = packet;
  return transport.kind === 'tcp' ? { ...packet, transport: { ...transport, flags: sent } } : packet;
}
