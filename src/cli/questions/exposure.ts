/** `rampart exposure`: every interface that the internet reaches, the most exposed first. */
import type { Relay } from '#policy/balancer.ts';
import { type Exposure, exposures } from '#proof/exposure.ts';
import type { Region } from '#proof/region.ts';
import type { Relayed } from '#proof/relays.ts';
import { counted } from '#server/counted.ts';
import type { Eni } from '#vpc/eni.ts';
import type { EniId } from '#vpc/ids.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { Streamed } from '../output.ts';
import { withProgress } from '../progress.ts';
import { ruleText } from '../text/rule-text.ts';
import { eniText, listText, memberView, regionLines, regionView } from '../text/traffic.ts';
import { answer, ask, type QuestionOptions } from './asked.ts';

export type ExposureOptions = QuestionOptions & { readonly by: 'interface' | 'rule' };

/** Prints the exposed addresses, or the rules that expose them. Succeeds whether or not there are any. */
export async function exposureCommand(options: ExposureOptions): Promise<ExitCode> {
  const asked = await ask(options);
  const found = withProgress('classes:', (onProgress) => exposures(asked.index, onProgress));
  const interfaces = new Set(found.map(({ eni }) => eni.id)).size;
  const sum = `${counted(interfaces, 'interface is', 'interfaces are')} reached from the internet, of ${asked.index.byEni().size}`;
  if (options.by === 'rule') {
    const causes = causesOf(found);
    answer(
      asked,
      options,
      () => ({ rules: causes.map(causeView) }),
      () => [...causes.map(causeLine), sum],
    );
    return exitCodes.ok;
  }
  answer(
    asked,
    options,
    () => ({ exposed: new Streamed(found.values().map(exposureView)) }),
    () => [...found.flatMap(exposureLines), sum],
  );
  return exitCodes.ok;
}

/** A rule, and the interfaces that it exposes, perhaps with others. */
type Cause = Exposure['rules'][number] & { readonly enis: Map<EniId, Eni> };

/** The rules that expose most interfaces first: what to look at in an account with thousands of answers. */
function causesOf(found: readonly Exposure[]): readonly Cause[] {
  const causes = new Map<string, Cause>();
  for (const { eni, rules } of found) {
    for (const each of rules) {
      const key = `${each.groupId} ${each.rule.id}`;
      const cause = causes.get(key) ?? { ...each, enis: new Map() };
      cause.enis.set(eni.id, eni);
      causes.set(key, cause);
    }
  }
  return [...causes.values()].sort((a, b) => b.enis.size - a.enis.size);
}

const causeView = ({ groupId, rule, enis }: Cause) => ({
  groupId,
  ruleId: rule.id,
  rule: ruleText(rule),
  interfaces: [...enis.keys()],
});

function causeLine({ groupId, rule, enis }: Cause): string {
  const who = `${counted(enis.size, 'interface')}: ${listText([...enis.values()], eniText)}`;
  return `${rule.id} of ${groupId}: ${ruleText(rule)}  exposes ${who}`;
}

const exposureView = (each: Exposure) => ({
  ...memberView(each),
  publicIp: each.publicIp,
  ...regionView(each.region, each.space),
  size: each.size,
  shareOfInternet: each.share,
  passesOnTo: each.relayed.map((relayed) => relayedView(relayed, each.space)),
  rules: each.rules.map(({ groupId, rule }) => ({ groupId, ruleId: rule.id, rule: ruleText(rule) })),
});

const stageView = ({ balancer, group }: Relay) => ({ loadBalancer: balancer.id, targetGroup: group.id });

const relayedView = ({ relay, protocol, isPreserved, clients }: Relayed, space: Region) => ({
  loadBalancer: relay.balancer.id,
  listener: `${protocol === 6 ? 'tcp' : 'udp'}/${relay.listener.port}`,
  targetGroup: relay.group.id,
  ...(relay.stages ? { behind: stageView(relay.stages[1]) } : {}),
  interface: relay.eni.id,
  instance: relay.eni.attachment?.instanceId,
  seesClientAddress: isPreserved,
  ...regionView(clients, space),
});

function relayedLines({ relay, protocol, clients }: Relayed, space: Region): readonly string[] {
  const listener = `${protocol === 6 ? 'tcp' : 'udp'}/${relay.listener.port}`;
  const { stages = [relay] } = relay;
  const to = `${eniText(relay.eni)} of ${stages.at(-1)?.group.name}`;
  return [
    `    ${stages.map(({ balancer }) => balancer.name).join(' and behind it ')} passes ${listener} on to ${to}`,
    ...regionLines(clients, space).map((line) => `        ${line}`),
  ];
}

function exposureLines({ eni, publicIp, region, space, share, rules, relayed }: Exposure): readonly string[] {
  const percent = share === 1 ? 'all' : `${(share * 100).toPrecision(3)} %`;
  return [
    `${eniText(eni)}  ${publicIp}  from ${percent} of the internet`,
    ...regionLines(region, space).map((line) => `    ${line}`),
    ...relayed.flatMap((each) => relayedLines(each, space)),
    ...rules.map(({ groupId, rule }) => `    by ${rule.id} of ${groupId}: ${ruleText(rule)}`),
  ];
}
