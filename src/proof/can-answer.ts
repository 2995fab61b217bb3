/** `can` in full: from some client port, with the ports if not from all, and the reason and a remedy if from none. */
import { type AskedAnswer, ask, can, type Question } from '#policy/can.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { type RelayAnswer, throughBalancers } from '#policy/relay.ts';
import type { World } from '#vpc/network.ts';
import { type PortRange, workingClientPorts } from './client-ports.ts';
import { type Explained, type Explanation, explain, explanationOf } from './explain.ts';
import { clientPorts } from './spans.ts';

export type FullAnswer = AskedAnswer & {
  /** Client ports from which it works, where it does not from all of 1024–65535. */
  readonly onlyFrom?: readonly PortRange[];
  /** Why not, of an answer that is no. */
  readonly explained?: Explained;
  /** Ways through load balancers: those that work, else the one that comes nearest. */
  readonly relays: readonly RelayedAnswer[];
};

/** A way through a load balancer, with the reason where it does not work. */
export type RelayedAnswer = RelayAnswer & { readonly explanation?: Explanation };

export type FullyAsked =
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'answered'; readonly answers: readonly FullAnswer[] };

/** Answers a question about named places. It works if it works from some client port. */
export function askFully(world: World, question: Question): FullyAsked {
  const asked = ask(world, question);
  if (asked.kind === 'unknown') return asked;
  const answers = asked.answers.map((answer) => {
    const direct = inFull(world, question, answer);
    const relays = relaysFor(world, question, answer);
    return { ...direct, relays, allowed: direct.allowed || relays.some(({ allowed }) => allowed) };
  });
  return { kind: 'answered', answers };
}

function relaysFor(world: World, { wanted }: Question, { from, to }: AskedAnswer): readonly RelayedAnswer[] {
  if (to.kind !== 'eni') return [];
  const all = throughBalancers(world, from, to, wanted);
  const working = all.filter(({ allowed }) => allowed);
  const [nearest] = all;
  if (working.length > 0 || !nearest) return working;
  return [{ ...nearest, explanation: relayExplanation(world, { from, to }, nearest) }];
}

function relayExplanation(
  world: World,
  { from, to }: { readonly from: Endpoint; readonly to: Endpoint },
  { relay, front, back }: RelayAnswer,
): Explanation {
  const node = { kind: 'eni', eniId: relay.node.id, ip: relay.ip } as const;
  if (!front.allowed) return explanationOf(world, from, node, front);
  const component = relay.balancer.id;
  if (relay.fault) {
    const code = relay.fault === 'notCrossZone' ? 'ELB_NOT_CROSSZONE' : 'ELB_INSTALLED_AZ_RESTRICTION';
    return { code, component, packet: 'request' };
  }
  if (back) return explanationOf(world, node, to, back);
  return { code: 'ELBV2_LISTENER_REQUIRES_TG_ACCEPT', component: relay.listener.id, packet: 'request' };
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
