/** `can` in full: from some client port, with the ports if not from all, and the reason and a remedy if from none. */
import { type AskedAnswer, ask, can, type Question } from '#policy/can.ts';
import { clientPorts } from '#policy/client-ports.ts';
import { throughBalancers } from '#policy/relay.ts';
import type { World } from '#vpc/network.ts';
import { type PortRange, workingClientPorts } from './client-ports.ts';
import { type Explained, explain } from './explain.ts';
import { explainRelay, type RelayedAnswer, registration } from './relay-repair.ts';

export type FullAnswer = AskedAnswer & {
  /** Client ports from which it works, where it does not from all of 1024–65535. */
  readonly onlyFrom?: readonly PortRange[];
  /** Why not, of an answer that is no. */
  readonly explained?: Explained;
  /** Ways through load balancers: those that work, else the one that comes nearest. */
  readonly relays: readonly RelayedAnswer[];
};

export type FullyAsked =
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'answered'; readonly answers: readonly FullAnswer[] };

/** Answers a question about named places. It works if it works from some client port. */
export function askFully(world: World, question: Question): FullyAsked {
  const asked = ask(world, question);
  if (asked.kind === 'unknown') return asked;
  const answers = asked.answers.map((answer) => {
    const direct = inFull(world, question, answer);
    const relays = relaysFor(world, question, direct);
    return { ...direct, relays, allowed: direct.allowed || relays.some(({ allowed }) => allowed) };
  });
  return { kind: 'answered', answers };
}

function relaysFor(
  world: World,
  { wanted }: Question,
  { from, to, allowed, explained }: Omit<FullAnswer, 'relays'>,
): readonly RelayedAnswer[] {
  if (to.kind !== 'eni' || (wanted.kind !== 'tcp' && wanted.kind !== 'udp')) return [];
  const all = throughBalancers(world, from, to, wanted);
  const working = all.filter((each) => each.allowed);
  const [nearest] = all;
  if (working.length > 0) return working;
  if (nearest) return [{ ...nearest, explained: explainRelay(world, from, nearest, wanted.kind) }];
  // Where nothing else helps, to be a target may.
  const found = allowed || explained?.repairs ? undefined : registration(world, from, to, wanted);
  return found ? [found] : [];
}

function inFull(world: World, { wanted }: Question, answer: AskedAnswer): Omit<FullAnswer, 'relays'> {
  const { from, to } = answer;
  // No rule makes the router serve what it does not.
  if (to.kind === 'service') return answer;
  // Where the request itself is stopped, no client port helps.
  const ports = answer.reply ? workingClientPorts(world, from, to, wanted) : undefined;
  const [first] = ports ?? [];
  if (ports && first) {
    const isAll = first.first === clientPorts.first && first.last === clientPorts.last;
    if (isAll) return answer;
    const shown = answer.allowed ? answer : { ...can(world, from, to, wanted, first.first), from, to };
    return { ...shown, onlyFrom: ports };
  }
  return answer.allowed ? answer : { ...answer, explained: explain(world, { from, to, wanted }, answer) };
}
