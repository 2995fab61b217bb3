/** `rampart exposure`: every interface that the internet reaches, the most exposed first. */
import { type Exposure, exposures } from '#proof/exposure.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { ruleText } from '../text/rule-text.ts';
import { eniText, memberView, regionLines, regionView } from '../text/traffic.ts';
import { answer, ask, type QuestionOptions } from './asked.ts';

/** Prints the exposed addresses. Succeeds whether or not there are any. */
export async function exposureCommand(options: QuestionOptions): Promise<ExitCode> {
  const asked = await ask(options);
  const found = exposures(asked.index);
  const interfaces = new Set(found.map(({ eni }) => eni.id)).size;
  answer(asked, options, { exposed: found.map(exposureView) }, () => [
    ...found.flatMap(exposureLines),
    `${interfaces} interfaces are reached from the internet, of ${asked.index.byEni().size}`,
  ]);
  return exitCodes.ok;
}

const exposureView = (each: Exposure) => ({
  ...memberView(each),
  publicIp: each.publicIp,
  ...regionView(each.region, each.space),
  size: each.size,
  shareOfInternet: each.share,
  rules: each.rules.map(({ groupId, rule }) => ({ groupId, ruleId: rule.id, rule: ruleText(rule) })),
});

function exposureLines({ eni, publicIp, region, space, share, rules }: Exposure): readonly string[] {
  const percent = share === 1 ? 'all' : `${(share * 100).toPrecision(3)} %`;
  return [
    `${eniText(eni)}  ${publicIp}  from ${percent} of the internet`,
    ...regionLines(region, space).map((line) => `    ${line}`),
    ...rules.map(({ groupId, rule }) => `    by ${rule.id} of ${groupId}: ${ruleText(rule)}`),
  ];
}
