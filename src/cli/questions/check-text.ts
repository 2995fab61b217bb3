/** The answers of `check` for people. */
import type { Violation } from '#proof/contract.ts';
import type { ContractAnswer } from '#proof/contracts.ts';
import { routedSpace } from '#proof/internet.ts';
import { counted } from '#server/counted.ts';
import { listText, memberText, regionLines, servicesText } from '../text/traffic.ts';

/** What breaks one contract that people read before the rest becomes a number. */
const violationsShown = 20;

/** Whether a contract holds, and what breaks it: all of it, or the first of many. */
export function* contractLines(answer: ContractAnswer, all: boolean): IterableIterator<string> {
  yield `${answer.holds ? 'holds ' : 'BROKEN'}  ${answer.contract.name}`;
  for (const line of reasonLines(answer, all)) yield `    ${line}`;
}

/** What breaks a contract, one line or a few for each. */
export function* reasonLines(
  { contract, violations, meansNothing }: ContractAnswer,
  all: boolean,
): IterableIterator<string> {
  const word = contract.kind === 'must' ? 'does not work' : 'works';
  const excuse = contract.mayBeEmpty ? '' : '; where that is as it should be, write mayBeEmpty: true';
  for (const end of meansNothing) yield `its "${end}" means nothing in this network${excuse}`;
  for (const each of all ? violations : violations.slice(0, violationsShown))
    yield* violationLines(word, each);
  const more = all ? 0 : violations.length - violationsShown;
  if (more > 0) yield `and ${counted(more, 'other', 'others')}; --all lists them`;
}

function violationLines(word: string, each: Violation): readonly string[] {
  const by = each.through === undefined ? '' : `  through ${each.through}`;
  if (each.kind === 'inside') {
    const [from, to] = [each.from, each.to].map((members) => listText(members, memberText));
    const way = each.overInternet ? '  over the internet' : by;
    return [`${word}: ${from} → ${to}  ${servicesText(each.spans)}${way}`];
  }
  const interfaces = listText(each.interfaces, memberText);
  const ends = each.direction === 'ingress' ? `internet → ${interfaces}` : `${interfaces} → internet`;
  return [
    `${word}: ${ends}${by}`,
    ...regionLines(each.region, routedSpace[each.region.family]).map((line) => `    ${line}`),
  ];
}
