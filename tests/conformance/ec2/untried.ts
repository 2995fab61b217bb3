/** What the wire model says that operations take, and no row of the suite tries. */
import { inputMembers } from './model.ts';
import type { Listed, Row, Step } from './step.ts';

type Tried = (rows: { readonly steps: readonly Step[]; readonly lists: readonly Listed[] }) => boolean;

/** What rows an operation with this member in its input needs. */
const trials: readonly (readonly [member: string, tried: Tried])[] = [
  ['NextToken', ({ lists }) => lists.some(({ bounds }) => bounds !== undefined)],
  ['ClientToken', ({ steps }) => steps.some(({ token }) => token !== undefined)],
  ['TagSpecifications', ({ steps }) => steps.some(({ tags }) => tags !== undefined)],
  ['Filters', ({ lists }) => lists.length > 0],
  ['DryRun', ({ steps, lists }) => lists.length > 0 || steps.some(({ code }) => code === undefined)],
];

const refusesEverything = 'refuses whatever it is asked, as AWS does in regions without EC2-Classic';

const classicLink = ['AttachClassicLinkVpc', 'DetachClassicLinkVpc', 'DescribeClassicLinkInstances'];
const classicVpcs = ['DescribeVpcClassicLink', 'EnableVpcClassicLink', 'DisableVpcClassicLink'];

const reasons: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [...classicLink, ...classicVpcs].flatMap((action) =>
      ['Filters', 'NextToken', 'DryRun'].map((member) => [`${action} ${member}`, refusesEverything]),
    ),
  ),
  'DescribeVpcClassicLinkDnsSupport NextToken': refusesEverything,
  'DescribeVpnGateways Filters': 'only imported networks have such gateways; the tests are beside the code',
};

/** `ACTION MEMBER` for every member of an operation that its rows leave out. */
export function untried(actions: readonly string[], rows: readonly Row[]): readonly string[] {
  return actions.flatMap((action) => {
    const members = inputMembers(action);
    const steps = rows.filter((row) => 'action' in row).filter((row) => row.action === action);
    const lists = rows.filter((row) => 'lists' in row).filter((row) => row.lists === action);
    return trials
      .filter(([member, tried]) => members.includes(member) && !tried({ steps, lists }))
      .map(([member]) => `${action} ${member}`)
      .filter((missing) => reasons[missing] === undefined);
  });
}
