/** `rampart check`: contracts about a network, for CI. */
import type { Violation } from '#proof/contract.ts';
import { type ContractAnswer, checkContracts } from '#proof/contracts.ts';
import { routedSpace } from '#proof/internet.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { Streamed } from '../output.ts';
import { withProgress } from '../progress.ts';
import {
  listText,
  memberText,
  memberView,
  regionLines,
  regionView,
  servicesText,
  spansView,
} from '../text/traffic.ts';
import { answer, ask, type GateOptions, isWhole, passedExit, type QuestionOptions } from './asked.ts';
import { readContracts } from './contract-file.ts';

/** Prints each contract and what breaks it. Fails where one does not hold, or where that is not proved. */
export async function checkCommand(path: string, options: QuestionOptions & GateOptions): Promise<ExitCode> {
  const contracts = readContracts(path);
  const asked = await ask(options);
  const answers = withProgress('contracts:', (onProgress) =>
    checkContracts(asked.index, contracts, onProgress),
  );
  const shown = answers.values().map(({ contract, holds, violations, meansNothing }) => ({
    contract: contract.name,
    kind: contract.kind,
    holds,
    meansNothing,
    violations: new Streamed(violations.values().map(violationView)),
  }));
  answer(
    asked,
    options,
    () => ({ proved: isWhole(asked.network), contracts: new Streamed(shown) }),
    () => answers.values().flatMap(linesOf),
  );
  return answers.every(({ holds }) => holds) ? passedExit([asked.network], options) : exitCodes.failed;
}

const violationView = (each: Violation) =>
  each.kind === 'inside'
    ? {
        kind: each.kind,
        family: each.family,
        from: each.from.map(memberView),
        to: each.to.map(memberView),
        ...spansView(each.spans),
        ...throughView(each),
        ...(each.overInternet && { overInternet: true }),
      }
    : {
        kind: each.kind,
        direction: each.direction,
        interfaces: each.interfaces.map(memberView),
        ...regionView(each.region, routedSpace[each.region.family]),
        ...throughView(each),
      };

const throughView = ({ through }: Violation) => (through === undefined ? {} : { loadBalancer: through });

function* linesOf({ contract, holds, violations, meansNothing }: ContractAnswer): IterableIterator<string> {
  const word = contract.kind === 'must' ? 'does not work' : 'works';
  yield `${holds ? 'holds ' : 'BROKEN'}  ${contract.name}`;
  const excuse = contract.mayBeEmpty ? '' : '; where that is as it should be, write mayBeEmpty: true';
  for (const end of meansNothing) yield `    its "${end}" means nothing in this network${excuse}`;
  for (const each of violations) yield* violationLines(word, each);
}

function violationLines(word: string, each: Violation): readonly string[] {
  const by = each.through === undefined ? '' : `  through ${each.through}`;
  if (each.kind === 'inside') {
    const [from, to] = [each.from, each.to].map((members) => listText(members, memberText));
    const way = each.overInternet ? '  over the internet' : by;
    return [`    ${word}: ${from} → ${to}  ${servicesText(each.spans)}${way}`];
  }
  const interfaces = listText(each.interfaces, memberText);
  const ends = each.direction === 'ingress' ? `internet → ${interfaces}` : `${interfaces} → internet`;
  return [
    `    ${word}: ${ends}${by}`,
    ...regionLines(each.region, routedSpace[each.region.family]).map((line) => `        ${line}`),
  ];
}
