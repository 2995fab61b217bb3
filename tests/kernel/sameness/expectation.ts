/** What must become of a packet, and what was sent before it. */
import type { Verdict } from '#policy/verdict.ts';
import type { World } from '#vpc/network.ts';
import type { Host } from '../../support/random-network.ts';
import { hostOfEni } from '../../support/random-upheavals.ts';
import type { Seen } from './lab.ts';
import { outsiders } from './strangers.ts';
import type { Sent } from './talk.ts';

/** What `decide` says, and the place where the packet must be seen then; undefined where it must not, or cannot. */
export type Judgement = { readonly verdict: Verdict; readonly at: string | undefined };

export type Expectation = {
  readonly sent: Sent;
  /** The packet's fate, or one for each memory that the kernel may have. */
  readonly judgements: readonly Judgement[];
  /** The kernel's TCP has a mind of its own, and may drop what the rules let pass. */
  readonly mayBeRefused: boolean;
};

/** A packet whose fate differs from what `decide` says. */
export type Disagreement = {
  readonly seed: number;
  readonly step: number;
  readonly sent: string;
  readonly expected: string;
  readonly seen: string;
  readonly history: readonly string[];
};

export function judgementOf(world: World, verdict: Verdict, ends: readonly Host[]): Judgement {
  return { verdict, at: placeOf(world, verdict, ends) };
}

/** Whether the packet may have arrived there, under those addresses. */
export function isExpected({ judgements }: Expectation, { at, source, destination }: Seen): boolean {
  return judgements.some(({ verdict, at: wanted }) => {
    if (wanted !== at || verdict.kind === 'drop') return false;
    const { packet } = verdict.delivery;
    return packet.source === source && packet.destination === destination;
  });
}

/** The expectation in words. */
export function wording({ judgements }: Expectation): string {
  const each = judgements.map(({ verdict, at }) => {
    const because = verdict.kind === 'drop' ? ` (${JSON.stringify(verdict.because)})` : '';
    return `${at ?? 'dropped'}${because}`;
  });
  return [...new Set(each)].join(' or ');
}

/** What was sent before between the same ends, and what became of it by `decide`. */
export function historyOf(expected: ReadonlyMap<number, Expectation>, sent: Sent): readonly string[] {
  const ends = ({ packet: { source, destination, transport } }: Sent) => {
    const [from, to] = 'sourcePort' in transport ? [transport.sourcePort, transport.destinationPort] : [0, 0];
    return [`${source} ${from}`, `${destination} ${to}`].sort().join(' ');
  };
  return [...expected].flatMap(([serial, { sent: other, judgements }]) => {
    if (ends(other) !== ends(sent)) return [];
    const fates = judgements.map(({ verdict }) => {
      const groups = verdict.steps.flatMap((step) =>
        step.kind === 'group' ? [`${step.direction} ${step.verdict.kind}`] : [],
      );
      return `${verdict.kind} (${groups.join(', ')})`;
    });
    return [`${serial} ${JSON.stringify(other.packet)} ${[...new Set(fates)].join(' or ')}`];
  });
}

function placeOf(world: World, verdict: Verdict, ends: readonly Host[]): string | undefined {
  if (verdict.kind === 'drop') return undefined;
  if (verdict.delivery.kind === 'internet') {
    const { destination } = verdict.delivery.packet;
    return outsiders.includes(destination) ? destination : undefined;
  }
  if (verdict.delivery.kind !== 'eni') return undefined;
  const host = hostOfEni(world, verdict.delivery.eniId);
  return ends.find(({ name }) => name === host)?.name;
}
