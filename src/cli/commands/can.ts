/** `rampart can`: asks the engine about a new connection in the world that a server holds. */

import type { Verdict } from '#policy/verdict.ts';
import { askFully, type FullAnswer } from '#proof/can-answer.ts';
import type { PortRange } from '#proof/client-ports.ts';
import type { Explained } from '#proof/explain.ts';
import type { RelayedAnswer } from '#proof/relay-repair.ts';
import { unknownsOf } from '#proof/unknowns.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { askedNetwork, gapsView, type NetworkOptions, printGaps } from '../network-source.ts';
import { print, printJson } from '../output.ts';
import { repairText } from '../text/repair-text.ts';
import { unknownText } from '../text/traffic.ts';
import { dropText, stepText } from '../text/verdict-text.ts';
import { parseWanted, wantedText } from '../wanted.ts';

export type CanOptions = NetworkOptions & {
  readonly source: string;
  readonly destination: string;
  readonly service: string;
  readonly json?: boolean;
};

/** Prints the answer of each address family. Succeeds where some family works. */
export async function canCommand(options: CanOptions): Promise<ExitCode> {
  const { source, destination, service } = options;
  const wanted = parseWanted(service);
  const network = await askedNetwork(options);
  const { world, sequence } = network;
  printGaps(network);
  const asked = askFully(world, { from: source, to: destination, wanted });
  if (asked.kind === 'unknown') throw usageFailure(asked.why);
  const notFollowed = unknownsOf(world);
  const allowed = asked.answers.some((answer) => answer.allowed);
  if (options.json) {
    const question = { source, destination, service: wantedText(wanted) };
    const { answers } = asked;
    printJson({
      network: network.source,
      question,
      allowed,
      sequence,
      answers,
      ...gapsView(network),
      notFollowed,
    });
  } else {
    const name = `${source} → ${destination} ${wantedText(wanted)}`;
    for (const answer of asked.answers) print(answerText(name, answer));
    for (const unknown of notFollowed) print(`unknown: ${unknownText(unknown)}`);
  }
  return allowed ? exitCodes.ok : exitCodes.failed;
}

/** One family's answer: a headline, the way there, and the way back where it was asked. */
function answerText(name: string, answer: FullAnswer): string {
  const { family, allowed, request, reply, onlyFrom, explained } = answer;
  const lines = [`${allowed ? 'yes' : 'no '}  ${family}  ${name}`];
  lines.push(...verdictLines('request', request), ...(reply ? verdictLines('answer', reply) : []));
  if (onlyFrom)
    lines.push(
      `     only from client ports ${onlyFrom.map(rangeText).join(', ')}: ACLs let no other answers back`,
    );
  if (explained) lines.push(...explainedLines(explained));
  for (const relay of answer.relays) lines.push(...relayLines(relay));
  return lines.join('\n');
}

/** The way through a load balancer: the client's connection, and the one behind it. */
function relayLines({
  relay,
  front,
  back,
  isPreserved,
  allowed,
  explained,
}: RelayedAnswer): readonly string[] {
  const { balancer, listener, group, node, port, eni } = relay;
  const protocol = listener.protocols.map((each) => (each === 6 ? 'tcp' : 'udp')).join('+');
  const seen = isPreserved ? 'the client’s address' : `the address of ${node.id}`;
  return [
    `     ${allowed ? 'yes' : 'no '}  through load balancer ${balancer.name} (${balancer.kind}), node ${node.id}`,
    `       listener ${protocol}/${listener.port} → target group ${group.name} → ${eni.id} port ${port}, which sees ${seen}`,
    ...verdictLines('client request', front.request),
    ...(front.reply ? verdictLines('client answer', front.reply) : []),
    ...(back ? verdictLines('target request', back.request) : []),
    ...(back?.reply ? verdictLines('target answer', back.reply) : []),
    ...(explained ? explainedLines(explained) : []),
  ];
}

const rangeText = ({ first, last }: PortRange): string => (first === last ? `${first}` : `${first}-${last}`);

/** The code of the reason, and the changes that would let the conversation work. */
function explainedLines({ explanation, repairs }: Explained): readonly string[] {
  const { code, component, packet } = explanation;
  const place = component ? ` at ${component}` : '';
  return [
    `     ${code}${place}, ${packet}`,
    ...(repairs ?? []).map((repair) => `     would work with: ${repairText(repair)}`),
  ];
}

function endLines(verdict: Verdict): readonly string[] {
  if (verdict.kind === 'drop') return [`       dropped: ${dropText(verdict.because)}`];
  const { delivery } = verdict;
  if (delivery.kind === 'endpoint') {
    const { endpointId, serviceName } = delivery;
    return [
      `       reaches ${endpointId}; its policy and ${serviceName} decide what the service does, which is unknown`,
    ];
  }
  if (delivery.kind !== 'service') return [];
  return [`       served by the VPC's router (${delivery.service}): neither groups nor ACLs judge it`];
}

function verdictLines(what: string, verdict: Verdict): readonly string[] {
  const steps = verdict.steps.map((step) => `       ${stepText(step)}`);
  return [`     ${what}`, ...steps, ...endLines(verdict)];
}
