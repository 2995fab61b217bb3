/** Packets as short text, and scenarios: packets one after the other, each with the verdict it must get. */
import assert from 'node:assert/strict';
import { decide } from '#policy/decide.ts';
import { type Flows, noFlows } from '#policy/flows.ts';
import type { Packet, TcpFlags, Transport } from '#policy/packet.ts';
import type { Origin, Verdict } from '#policy/verdict.ts';
import type { World } from '#vpc/network.ts';
import { eniId, ip } from './network.ts';

const flagsOf = (text: string): TcpFlags => ({
  syn: text.includes('S'),
  ack: text.includes('A'),
  fin: text.includes('F'),
  rst: text.includes('R'),
});
/** `flags` holds letters of S, A, F, R. */
export const tcp = (sourcePort: number, destinationPort: number, flags = 'S'): Transport => ({
  kind: 'tcp',
  sourcePort,
  destinationPort,
  flags: flagsOf(flags),
});
export const udp = (sourcePort: number, destinationPort: number): Transport => ({
  kind: 'udp',
  sourcePort,
  destinationPort,
});
export const ping = (type: number, identifier = 7): Transport => ({
  kind: 'icmp',
  type,
  code: 0,
  identifier,
});

/** One line a verdict: `accept`, or the reason of the drop with where. */
export function summary(verdict: Verdict): string {
  if (verdict.kind === 'accept') return 'accept';
  const { because } = verdict;
  return because.kind === 'group' || because.kind === 'acl'
    ? `${because.kind} ${because.direction}`
    : because.kind;
}

/** World, from, to, transport, expected summary. Places are interface names, or addresses on the internet. */
export type ScenarioStep = readonly [World, string, string, Transport, string];

/** Names of interfaces → their addresses. */
export type Addresses = Readonly<Record<string, string>>;

export function packet(addresses: Addresses, from: string, to: string, transport: Transport): Packet {
  return { source: ip(addresses[from] ?? from), destination: ip(addresses[to] ?? to), transport };
}

export function origin(addresses: Addresses, name: string): Origin {
  return name in addresses ? { kind: 'eni', eniId: eniId(name) } : { kind: 'internet' };
}

/** Sends the packets in order, `stepMs` apart, and compares every verdict. A source may be given as `eni=address`. */
export function runScenario(addresses: Addresses, steps: readonly ScenarioStep[], stepMs = 0): void {
  let flows: Flows = noFlows;
  for (const [index, [world, from, to, transport, expected]] of steps.entries()) {
    const [name = '', source = name] = from.split('=');
    const sent = { packet: packet(addresses, source, to, transport), origin: origin(addresses, name) };
    const decision = decide(world, flows, sent, 1000 + index * stepMs);
    const what = `step ${index}: ${from} → ${to} ${JSON.stringify(transport)}`;
    assert.equal(summary(decision.verdict), expected, what);
    flows = decision.flows;
  }
}
