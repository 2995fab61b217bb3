/** `rampart redundant`, `unused`, `same`, `compact`: questions about the rules of security groups. */
import { type Compacted, compactGroup } from '#proof/compact.ts';
import { type RedundantRule, redundantInGroup, redundantRules } from '#proof/redundant.ts';
import { type OneSided, sameGroups } from '#proof/same.ts';
import { type DeleteStep, type UnusedGroup, unusedGroups } from '#proof/unused.ts';
import { counted } from '#server/counted.ts';
import { locate, type World } from '#vpc/network.ts';
import type { Rule, SecurityGroup } from '#vpc/security-group.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { withProgress } from '../progress.ts';
import { ruleText } from '../text/rule-text.ts';
import { listText, regionLines, regionView, servicesText, spansView } from '../text/traffic.ts';
import { type Asked, answer, askAboutRules, type QuestionOptions } from './asked.ts';

/** Prints rules that can go together without a change in what is admitted. */
export async function redundantCommand(
  groupId: string | undefined,
  options: QuestionOptions,
): Promise<ExitCode> {
  const asked = await askAboutRules(options);
  const { world } = asked.network;
  const found =
    groupId === undefined
      ? withProgress('rules:', (onProgress) => redundantRules(world, onProgress))
      : redundantOf(asked, groupId);
  const homeOf = (rule: Rule) => groupOf(world, rule);
  const count = found.reduce((sum, { rules }) => sum + rules.length, 0);
  const groups = () =>
    found.map(({ group, rules }) => ({
      groupId: group.id,
      groupName: group.name,
      rules: rules.map(({ rule, coveredBy, because, changesTracking }) => ({
        ruleId: rule.id,
        rule: `${rule.direction} ${ruleText(rule)}`,
        because,
        coveredBy: coveredBy.map(({ id }) => id),
        groupsOfCover: [...new Set(coveredBy.flatMap((each) => homeOf(each) ?? []))],
        changesTracking,
      })),
    }));
  answer(
    asked,
    options,
    () => ({ count, groups: groups() }),
    () => [
      ...found.flatMap(({ group, rules }) => [
        `${group.id} (${group.name})`,
        ...rules.flatMap((each) => redundantLines(group, each, homeOf)),
      ]),
      count > 1 ? `${count} rules can go, all of them together` : `${counted(count, 'rule')} can go`,
    ],
  );
  return exitCodes.ok;
}

/** The group that a rule is of. */
function groupOf(world: World, { id }: Rule): string | undefined {
  for (const { securityGroup } of world.values())
    for (const group of securityGroup.by('rule', id)) return group.id;
  return undefined;
}

function redundantOf({ network }: Asked, groupId: string) {
  const rules = redundantInGroup(network.world, groupId);
  const group = locate(network.world, 'securityGroup', groupId)?.entity;
  if (!rules || !group) throw usageFailure(`there is no security group ${groupId}`);
  return rules.length > 0 ? [{ group, rules }] : [];
}

function redundantLines(
  group: SecurityGroup,
  { rule, coveredBy, because, changesTracking }: RedundantRule,
  homeOf: (rule: Rule) => string | undefined,
): readonly string[] {
  const covers = coveredBy.map((each) => {
    const isOwn = group.rules.includes(each);
    return `${each.id} (${ruleText(each)}${isOwn ? '' : `, in ${homeOf(each)}`})`;
  });
  const beside = because === 'coveredWithOthers' ? ', on every interface that carries this group now' : '';
  const why =
    because === 'admitsNothing'
      ? 'no packet is like that, or its peer stands for no address'
      : `covered by ${listText(covers)}${beside}`;
  const note = changesTracking ? ['      open flows that are untracked now become tracked'] : [];
  return [`    ${rule.id}  ${rule.direction} ${ruleText(rule)}: ${why}`, ...note];
}

/** Prints groups that no interface carries, and the order in which they can be deleted. */
export async function unusedCommand(options: QuestionOptions): Promise<ExitCode> {
  const asked = await askAboutRules(options);
  const { groups, order } = unusedGroups(asked.network.world);
  const view = groups.map(({ group, namedBy, cycle, isDefault }) => ({
    groupId: group.id,
    groupName: group.name,
    vpcId: group.vpcId,
    namedBy,
    cycle,
    isDefault,
  }));
  answer(
    asked,
    options,
    () => ({ groups: view, order }),
    () => [
      ...groups.map(unusedLine),
      ...(order.length > 0 ? ['in this order:', ...order.map((step) => `    ${stepText(step)}`)] : []),
      `${counted(groups.length, 'group is', 'groups are')} on no interface`,
    ],
  );
  return exitCodes.ok;
}

function unusedLine({ group, namedBy, cycle, isDefault }: UnusedGroup): string {
  const reasons = [
    'no interface carries it',
    ...(isDefault ? ['a default group stays; only its rules can go'] : []),
    ...(cycle.length > 0 ? [`names itself in a circle through ${listText(cycle)}`] : []),
    ...(namedBy.length > 0 ? [`named by ${listText(namedBy.map((each) => each.groupId))}`] : []),
  ];
  return `${group.id} (${group.name}): ${reasons.join('; ')}`;
}

const stepText = (step: DeleteStep): string =>
  step.kind === 'delete' ? `delete ${step.groupId}` : `revoke ${step.rule.ruleId} of ${step.rule.groupId}`;

/** Prints whether two groups admit the same. Fails where they do not. */
export async function sameCommand(
  first: string,
  second: string,
  options: QuestionOptions,
): Promise<ExitCode> {
  const asked = await askAboutRules(options);
  const sameness = sameGroups(asked.network.world, first, second);
  if (sameness.kind === 'unknownGroup') throw usageFailure(`there is no security group ${sameness.groupId}`);
  const isSame = sameness.kind === 'same';
  const sides = isSame
    ? []
    : [
        { only: first, admits: sameness.onlyFirst },
        { only: second, admits: sameness.onlySecond },
      ];
  const view = sides.map(({ only, admits }) => ({ only, admits: admits.map(oneSidedView) }));
  answer(
    asked,
    options,
    () => ({ same: isSame, differences: view }),
    () =>
      isSame
        ? [`${first} and ${second} admit the same`]
        : sides.flatMap(({ only, admits }) => admits.flatMap((each) => oneSidedLines(only, each))),
  );
  return isSame ? exitCodes.ok : exitCodes.failed;
}

const oneSidedView = ({ direction, region, groups }: OneSided) => ({
  direction,
  ...regionView(region),
  groups: groups.map(({ groupId, spans }) => ({ groupId, ...spansView(spans) })),
});

function oneSidedLines(only: string, { direction, region, groups }: OneSided): readonly string[] {
  return [
    `only ${only} admits (${direction}, ${region.family}):`,
    ...regionLines(region).map((line) => `    ${line}`),
    ...groups.map(({ groupId, spans }) => `    ${servicesText(spans)}  ·  ${groupId}`),
  ];
}

/** Prints a shorter list of rules that admits the same. */
export async function compactCommand(groupId: string, options: QuestionOptions): Promise<ExitCode> {
  const asked = await askAboutRules(options);
  const compacted = compactGroup(asked.network.world, groupId);
  const group = locate(asked.network.world, 'securityGroup', groupId)?.entity;
  if (!compacted || !group) throw usageFailure(`there is no security group ${groupId}`);
  answer(
    asked,
    options,
    () => ({ groupId, provedEqual: true, ...compacted }),
    () => compactLines(group, compacted),
  );
  return exitCodes.ok;
}

function compactLines({ rules }: SecurityGroup, { kept, removed, added }: Compacted): readonly string[] {
  return [
    ...removed.map((rule) => `- ${rule.id}  ${rule.direction} ${ruleText(rule)}`),
    ...added.map((rule) => `+ ${rule.direction} ${ruleText(rule)}`),
    removed.length + added.length === 0
      ? `${counted(rules.length, 'rule')}: no shorter list is found`
      : `${counted(rules.length, 'rule becomes', 'rules become')} ${kept.length + added.length}; both lists admit the same`,
  ];
}
