/**
 * Reachability Analyzer's question: is there a header with which a conversation from one resource to another works, and
 * past which components. https://docs.aws.amazon.com/vpc/latest/reachability/how-reachability-analyzer-works.html
 */
import type { PathExplanation, PathResult } from '#vpc/insights.ts';
import { locate, type World } from '#vpc/network.ts';
import { filterRefusal } from './path-filters.ts';
import { gatewayRefusal } from './path-internet.ts';
import { explanationsOf } from './path-obstacles.ts';
import type { PathQuestion } from './path-question.ts';
import { whyNotRelayed } from './path-relay-explanations.ts';
import { hopsOfTrial, type PathHops } from './path-relay-hops.ts';
import { namedBalancers, relayTrials } from './path-relays.ts';
import type { Trial } from './path-trial.ts';
import { trialsOf } from './path-trials.ts';

/** The path, or why there is none: a direct one before those through load balancers. */
export function searchPath(world: World, question: PathQuestion): PathResult {
  const required = [...question.through, ...gatewaysOf(question)];
  const named = new Set(namedBalancers(world, question).map(({ id }) => id));
  let nearest: Nearest | undefined;
  let isRelayed = false;
  for (const trial of allTrials(world, question)) {
    isRelayed ||= trial.relayed !== undefined;
    const outcome = judge(world, question, trial, required);
    if (outcome.kind === 'found') return outcome;
    const rank = outcome.rank + rankOfRelay(trial, named);
    if (!nearest || rank > nearest.rank) nearest = { ...outcome, trial, rank };
  }
  const explanation = isRelayed ? undefined : whyNotRelayed(world, question);
  if (explanation) return { kind: 'notFound', explanations: [explanation] };
  if (!nearest) return { kind: 'notFound', explanations: [withoutTrial(world, question)] };
  const { refusal, trial } = nearest;
  return { kind: 'notFound', explanations: refusal ? [refusal] : explanationsOf(world, trial) };
}

type Nearest = { readonly trial: Trial; readonly rank: number; readonly refusal?: PathExplanation };

function* allTrials(world: World, question: PathQuestion): IterableIterator<Trial> {
  yield* trialsOf(world, question);
  yield* relayTrials(world, question);
}

/** Load balancers explain before all else where they are asked for, and where nothing stops their clients. */
function rankOfRelay({ relayed }: Trial, named: ReadonlySet<string>): number {
  if (!relayed) return 0;
  const { relay, front } = relayed.answer;
  if (named.has(relay.balancer.id)) return 5000;
  return front.allowed ? 500 : -500;
}

type Judged =
  | ({ readonly kind: 'found' } & PathHops)
  /** How far it got: what comes nearest to a path explains best why there is none. */
  | { readonly kind: 'refused'; readonly rank: number; readonly refusal?: PathExplanation };

function judge(world: World, question: PathQuestion, trial: Trial, required: readonly string[]): Judged {
  const { forward, back, allowed } = trial;
  if (!allowed) {
    const steps = forward.verdict.steps.length + (back ? 100 + back.verdict.steps.length : 0);
    return { kind: 'refused', rank: steps };
  }
  // A path that ends at a peering connection is outside without being on the internet.
  const isKnown = trial.asked !== undefined || trial.relayed !== undefined;
  const refusal = filterRefusal(question, forward) ?? (isKnown ? gatewayRefusal(forward) : undefined);
  if (refusal) return { kind: 'refused', rank: 1000, refusal };
  const hops = hopsOfTrial(world, trial);
  const ids = new Set(hops.forward.flatMap(({ component, listener }) => [component.id, listener?.id]));
  if (required.some((id) => !ids.has(id)) || question.avoid.some((id) => ids.has(id))) {
    return { kind: 'refused', rank: 2000, refusal: { code: 'COMPONENT_FILTER_RESTRICTION' } };
  }
  return { kind: 'found', ...hops };
}

const gatewaysOf = ({ from, to }: PathQuestion): readonly string[] =>
  [from, to].flatMap((place) => (place.kind === 'internetGateway' ? [place.gatewayId] : []));

/** Where nothing could even be sent. */
function withoutTrial(world: World, { from, to }: PathQuestion): PathExplanation {
  const [target] = to.kind === 'eni' ? [locate(world, 'eni', to.eniId)] : [];
  const isPrivate = from.kind === 'internetGateway' && target?.entity.privateIps.length;
  return isPrivate && to.kind === 'eni'
    ? privateTarget(world, to.eniId)
    : { code: to.kind === 'peering' || from.kind === 'peering' ? 'NO_PATH' : 'NO_SOURCE_OR_DESTINATION' };
}

function privateTarget(world: World, eniId: string): PathExplanation {
  const [address] = locate(world, 'eni', eniId)?.entity.privateIps ?? [];
  return {
    code: 'IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS',
    ...(address ? { address: address.address } : {}),
  };
}
