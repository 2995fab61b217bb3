/** Everything that stops a trial: the first obstacle, and those behind it once it is out of the way. */
import type { PathExplanation } from '#vpc/insights.ts';
import type { World } from '#vpc/network.ts';
import { applyRepair } from './applied-repair.ts';
import { explanationOfJourney } from './path-explanations.ts';
import { headerOf } from './path-hops.ts';
import { relayRefusal } from './path-relay-explanations.ts';
import { connectionsOf, type RelayTrial, tryRelay } from './path-relays.ts';
import { type Trial, tryEndpoints } from './path-trial.ts';
import { relayRepairOf, sameRelay } from './relay-repair.ts';
import { repairOf } from './repair.ts';

/** More blocks than this in a row mean that the two are not meant to talk. */
const explanationsMax = 8;

/**
 * Everything that stops the conversation: what does, and what would if that were repaired, as far as repairs are known.
 */
export function explanationsOf(world: World, trial: Trial): readonly PathExplanation[] {
  const found = [explanationOfTrial(world, trial)];
  let next = repaired(world, trial);
  while (found.length < explanationsMax && next && !next.trial.allowed) {
    found.push(explanationOfTrial(next.world, next.trial));
    next = repaired(next.world, next.trial);
  }
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}

type Repaired = { readonly world: World; readonly trial: Trial };

/** The trial again, with the obstacle out of its way; undefined where no repair is known. */
function repaired(world: World, trial: Trial): Repaired | undefined {
  const { asked, forward } = trial;
  if (trial.relayed) return repairedRelay(world, trial.relayed);
  const { protocol, destinationPort, sourcePort } = headerOf(forward.packet);
  const kind = protocol === 6 ? 'tcp' : 'udp';
  if (!asked) return undefined;
  const { from, to, answer } = asked;
  const repair = repairOf(world, { from, to, wanted: { kind, port: destinationPort } }, answer);
  const next = repair && applyRepair(world, repair);
  const again =
    next &&
    tryEndpoints(next, from, to, { protocol: kind, destination: destinationPort, source: sourcePort });
  return again && { world: next, trial: again };
}

function repairedRelay(world: World, { client, answer, kind }: RelayTrial['relayed']): Repaired | undefined {
  const repair = relayRepairOf(world, client.from, answer, kind);
  const next = repair && applyRepair(world, repair);
  const relay = next && sameRelay(next, answer.relay);
  const again = relay && tryRelay(next, client, relay, answer.at, kind);
  return again && { world: next, trial: again };
}

function explanationOfTrial(world: World, trial: Trial): PathExplanation {
  const { forward, back, asked, relayed } = trial;
  const stopped = back ?? forward;
  const toId = !back && asked?.to.kind === 'eni' ? asked.to.eniId : undefined;
  if (!relayed) return explanationOfJourney(world, stopped, toId);
  const refusal = relayRefusal(world, relayed.answer);
  const stoppedAt = connectionsOf({ ...trial, relayed }).at(-1);
  if (refusal || !stoppedAt) return refusal ?? explanationOfJourney(world, stopped, toId);
  return explanationOfJourney(world, stoppedAt.back ?? stoppedAt.there, stoppedAt.toEniId);
}
