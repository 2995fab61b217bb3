/** `rampart check`: contracts about a network, for CI. */
import type { Violation } from '#proof/contract.ts';
import { checkContracts } from '#proof/contracts.ts';
import { routedSpace } from '#proof/internet.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { print, Streamed } from '../output.ts';
import { withProgress } from '../progress.ts';
import { memberView, regionView, spansView } from '../text/traffic.ts';
import { answer, ask, type GateOptions, isWhole, passedExit, type QuestionOptions } from './asked.ts';
import { junitText } from './check-junit.ts';
import { contractLines } from './check-text.ts';
import { readContracts } from './contract-file.ts';

export type CheckOptions = QuestionOptions &
  GateOptions & { readonly all?: boolean; readonly format: 'text' | 'junit' };

/** Prints each contract and what breaks it. Fails where one does not hold, or where that is not proved. */
export async function checkCommand(path: string, options: CheckOptions): Promise<ExitCode> {
  const { all = false, format, json } = options;
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
  if (format === 'junit' && !json) print(junitText(path, asked, answers));
  else
    answer(
      asked,
      options,
      () => ({ proved: isWhole(asked.network), contracts: new Streamed(shown) }),
      () => answers.values().flatMap((each) => contractLines(each, all)),
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
