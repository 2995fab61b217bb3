/** Answers of `can` for people: yes or no, and what looked at the packets. */
import { lastNode, type Relay } from '#policy/balancer.ts';
import type { Verdict } from '#policy/verdict.ts';
import type { FullAnswer } from '#proof/can-answer.ts';
import type { PortRange } from '#proof/client-ports.ts';
import type { Explained } from '#proof/explain.ts';
import type { RelayedAnswer } from '#proof/relay-repair.ts';
import { oneLine } from '../output.ts';
import { repairText } from './repair-text.ts';
import { dropText, stepText } from './verdict-text.ts';

/**
 * One family's answer: a headline, and the ways that were tried with their steps. The one that the headline is about comes
 * first: where only load balancers let the conversation through, what stops it on the direct way comes last.
 */
export function answerText(name: string, answer: FullAnswer): string {
  const { family, allowed, explained, relays } = answer;
  const isRelayed = explained !== undefined && relays.some((each) => each.allowed);
  const by = isRelayed ? '  through a load balancer' : '';
  const throughThem = relays.flatMap(relayLines);
  const ways = isRelayed
    ? [...throughThem, '     no   directly', ...directLines(answer)]
    : [...directLines(answer), ...throughThem];
  return [`${allowed ? 'yes' : 'no '}  ${family}  ${name}${by}`, ...ways].map(oneLine).join('\n');
}

function directLines({ request, reply, onlyFrom, explained }: FullAnswer): readonly string[] {
  const ports = onlyFrom?.map(rangeText).join(', ');
  return [
    ...verdictLines('request', request),
    ...(reply ? verdictLines('answer', reply) : []),
    ...(ports === undefined ? [] : [`     only from client ports ${ports}: ACLs let no other answers back`]),
    ...(explained ? explainedLines(explained) : []),
  ];
}

/** The way through a load balancer: the client's connection, and the one behind it. */
function relayLines({
  relay,
  front,
  middle,
  back,
  isPreserved,
  allowed,
  explained,
}: RelayedAnswer): readonly string[] {
  const { stages = [relay] } = relay;
  const [first = relay] = stages;
  const through = stages.map(({ balancer, node }) => `${balancer.name} (${balancer.kind}), node ${node.id}`);
  const seen = isPreserved ? 'the client’s address' : `the address of ${lastNode(relay).id}`;
  return [
    `     ${allowed ? 'yes' : 'no '}  through load balancer ${through.join(', then ')}`,
    ...stages.map(
      (each) => `       ${stageText(each)}${each === stages.at(-1) ? `, which sees ${seen}` : ''}`,
    ),
    ...verdictLines('client request', front.request),
    ...(front.reply ? verdictLines('client answer', front.reply) : []),
    ...(middle ? verdictLines(`request to ${first.eni.id}`, middle.request) : []),
    ...(middle?.reply ? verdictLines(`answer of ${first.eni.id}`, middle.reply) : []),
    ...(back ? verdictLines('target request', back.request) : []),
    ...(back?.reply ? verdictLines('target answer', back.reply) : []),
    ...(explained ? explainedLines(explained) : []),
  ];
}

function stageText({ listener, group, eni, port }: Relay): string {
  const protocol = listener.protocols.map((each) => (each === 6 ? 'tcp' : 'udp')).join('+');
  return `listener ${protocol}/${listener.port} → target group ${group.name} → ${eni.id} port ${port}`;
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
