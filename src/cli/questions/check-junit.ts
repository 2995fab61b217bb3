/**
 * The answers of `check` as a JUnit report, which CI servers show by themselves: a case for each contract, and one for
 * whether all of the network could be read. There is no standard; these are the elements that Jenkins and GitLab read
 * (https://github.com/jenkinsci/xunit-plugin, https://docs.gitlab.com/ci/testing/unit_test_reports/).
 */
import type { ContractAnswer } from '#proof/contracts.ts';
import { escapeXml } from '#wire/xml-text.ts';
import { gapLines } from '../network-source.ts';
import { oneLine } from '../output.ts';
import { unknownText } from '../text/traffic.ts';
import { type Asked, isWhole } from './asked.ts';
import { reasonLines } from './check-text.ts';

/** The report; `path` is that of the contracts. */
export function junitText(path: string, asked: Asked, answers: readonly ContractAnswer[]): string {
  const { network, unknowns } = asked;
  const whole = isWhole(network);
  const broken = answers.filter(({ holds }) => !holds).length;
  const counts = `tests="${answers.length + 1}" failures="${broken}" errors="${whole ? 0 : 1}"`;
  const gaps = gapLines(network);
  const notes = [...gaps, ...unknowns.map((each) => `unknown: ${unknownText(each)}`)];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="rampart check ${attribute(network.source)}" ${counts}>`,
    ...answers.map((each) => caseText(path, each.contract.name, each.holds ? '' : failureText(each))),
    caseText(
      path,
      'the network could be read whole',
      whole ? '' : element('error', 'nothing is proved', gaps),
    ),
    `    <system-out>${content(notes)}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function caseText(path: string, name: string, inside: string): string {
  const open = `    <testcase classname="${attribute(path)}" name="${attribute(name)}"`;
  return inside === '' ? `${open}/>` : `${open}>\n      ${inside}\n    </testcase>`;
}

function failureText(answer: ContractAnswer): string {
  const [first = '', ...rest] = reasonLines(answer, false);
  return element('failure', first, [first, ...rest]);
}

const element = (name: string, message: string, lines: readonly string[]): string =>
  `<${name} message="${attribute(message)}">${content(lines)}</${name}>`;

const attribute = (text: string): string => escapeXml(oneLine(text).toWellFormed()).replaceAll('"', '&quot;');

const content = (lines: readonly string[]): string =>
  lines.map((line) => escapeXml(oneLine(line).toWellFormed())).join('\n');
