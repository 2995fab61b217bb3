/** `rampart diff`: the traffic that one network allows and another does not. */
import { type AccessDiff, diffAccess } from '#proof/diff.ts';
import type { InsideChange } from '#proof/diff-inside.ts';
import type { OutsideChange } from '#proof/diff-outside.ts';
import { sharingWith } from '#vpc/shared-parts.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { gapLines, printGaps, readNetwork } from '../network-source.ts';
import { Streamed } from '../output.ts';
import { withProgress } from '../progress.ts';
import { markdownText } from '../text/markdown.ts';
import {
  listText,
  memberText,
  memberView,
  regionLines,
  regionView,
  servicesText,
  spansView,
  unknownText,
} from '../text/traffic.ts';
import {
  type Asked,
  answer,
  type GateOptions,
  indexed,
  isWhole,
  passedExit,
  prepared,
  type QuestionOptions,
} from './asked.ts';

/** What makes the command fail: any change, anything newly allowed, or something newly open to the internet. */
const failOns = ['never', 'any', 'gained', 'internet'] as const;

export type DiffOptions = QuestionOptions &
  GateOptions & {
    readonly failOn: (typeof failOns)[number];
    readonly format: 'text' | 'markdown';
  };

/** Compares two networks; of one source alone, a plan, its own before and after. */
export async function diffCommand(
  first: string | undefined,
  second: string | undefined,
  options: DiffOptions,
): Promise<ExitCode> {
  const { old, now, read } = await bothNetworks(first, second, options);
  const asked = prepared(now);
  const before = indexed(old);
  const diff = withProgress('classes:', (onProgress) => diffAccess(before, asked.index, onProgress));
  // A comment has them in its own words.
  const shown = options.format === 'markdown' && !options.json ? { ...asked, unknowns: [] } : asked;
  const view = () => ({
    from: first ?? 'before',
    to: now.source,
    proved: read.every(isWhole),
    ...viewOf(diff),
  });
  answer(shown, options, view, () =>
    options.format === 'markdown' ? markdownLines(diff, asked) : linesOf(diff),
  );
  if (fails(diff, options.failOn)) return exitCodes.failed;
  return options.failOn === 'never' ? exitCodes.ok : passedExit(read, options);
}

/** What both say alike they share, so that only what differs is compared. */
async function bothNetworks(first: string | undefined, second: string | undefined, options: DiffOptions) {
  const to = second ?? options.network ?? 'live';
  const network = await readNetwork(to, options);
  printGaps(network);
  if (first === undefined) {
    if (!network.before) throw usageFailure(`${to} has no before; name two networks to compare`);
    const world = sharingWith(network.before, network.world);
    return { old: network.before, now: { ...network, world }, read: [network] };
  }
  const from = await readNetwork(first, options);
  printGaps(from);
  const now = { ...network, world: sharingWith(from.world, network.world) };
  return { old: from.world, now, read: [from, network] };
}

function fails({ changes, internetGains }: AccessDiff, failOn: DiffOptions['failOn']): boolean {
  switch (failOn) {
    case 'never':
      return false;
    case 'any':
      return changes.length > 0;
    case 'gained':
      return changes.some(({ change }) => change === 'gained');
    case 'internet':
      return internetGains;
    default:
      return failOn satisfies never;
  }
}

const viewOf = ({ changes, compared, internetGains }: AccessDiff) => ({
  internetGains,
  interfacesCompared: compared,
  changes: new Streamed(
    changes.values().map((each) =>
      each.kind === 'inside'
        ? {
            kind: each.kind,
            change: each.change,
            family: each.family,
            from: each.from.map(memberView),
            to: each.to.map(memberView),
            ...spansView(each.spans),
          }
        : {
            kind: each.kind,
            change: each.change,
            direction: each.direction,
            place: each.place,
            interfaces: each.interfaces.map(memberView),
            ...regionView(each.region, each.space),
          },
    ),
  ),
});

const places = {
  internet: 'the internet',
  endpoint: 'services behind gateway endpoints',
  network: 'addresses of the network that nobody holds',
  beyond: 'addresses behind targets that are not followed',
} as const;

function headline(each: InsideChange | OutsideChange): string {
  const word = each.change === 'gained' ? 'newly allowed' : 'no longer allowed';
  if (each.kind === 'inside') {
    return `${word}: ${listText(each.from, memberText)} → ${listText(each.to, memberText)}`;
  }
  const interfaces = listText(each.interfaces, memberText);
  const place = places[each.place];
  return `${word}: ${each.direction === 'ingress' ? `${place} → ${interfaces}` : `${interfaces} → ${place}`}`;
}

const details = (each: InsideChange | OutsideChange): readonly string[] =>
  each.kind === 'inside' ? [servicesText(each.spans)] : regionLines(each.region, each.space);

function summary({ changes, internetGains }: AccessDiff): string {
  if (changes.length === 0) return 'no access changes';
  const gained = changes.filter(({ change }) => change === 'gained').length;
  const internet = internetGains ? 'the internet gains access' : 'the internet gains nothing';
  return `${gained} newly allowed, ${changes.length - gained} no longer allowed; ${internet}`;
}

/** What the internet gains comes first, then what else is newly allowed. */
function rankOf(each: InsideChange | OutsideChange): number {
  if (each.change === 'lost') return 2;
  return each.kind === 'outside' && each.direction === 'ingress' && each.place === 'internet' ? 0 : 1;
}

const ranked = ({ changes }: AccessDiff) => changes.toSorted((a, b) => rankOf(a) - rankOf(b));

function linesOf(diff: AccessDiff): readonly string[] {
  const blocks = ranked(diff).flatMap((each) => [
    headline(each),
    ...details(each).map((line) => `    ${line}`),
  ]);
  return [...blocks, summary(diff)];
}

/** A comment for a pull request. Who reads it does not see standard error, so that it says what nobody knows too. */
function markdownLines(diff: AccessDiff, { network, unknowns }: Asked): readonly string[] {
  const blocks = ranked(diff).flatMap((each) => [
    `- **${markdownText(headline(each))}**`,
    ...details(each).map((line) => `  - \`${line}\``),
  ]);
  const open = [...gapLines(network), ...unknowns.map((each) => `unknown: ${unknownText(each)}`)];
  return [
    '### Network access',
    '',
    summary(diff),
    ...(blocks.length > 0 ? ['', ...blocks] : []),
    ...(open.length > 0
      ? ['', 'What this does not know:', '', ...open.map((line) => `- ${markdownText(line)}`)]
      : []),
  ];
}
