/** What an account has besides its network: records that a describe call shows and no import reads. */
import { commandOf } from '#import/describe/calls.ts';

type RecordFile = { readonly name: string; readonly body: object };
type Ask = (action: string, input: object) => object;

/** Calls, what they are asked with, and the list that they answer. */
const calls: readonly (readonly [action: string, key: string, input?: object])[] = [
  ['DescribeVolumes', 'Volumes'],
  ['DescribeSnapshots', 'Snapshots', { OwnerIds: ['self'] }],
  ['DescribeKeyPairs', 'KeyPairs', { IncludePublicKey: true }],
  ['DescribeLaunchTemplates', 'LaunchTemplates'],
  ['DescribeSecurityGroupVpcAssociations', 'SecurityGroupVpcAssociations'],
  ['DescribeNetworkInsightsPaths', 'NetworkInsightsPaths'],
  ['DescribeNetworkInsightsAnalyses', 'NetworkInsightsAnalyses'],
  ['DescribeNetworkInsightsAccessScopes', 'NetworkInsightsAccessScopes'],
  ['DescribeNetworkInsightsAccessScopeAnalyses', 'NetworkInsightsAccessScopeAnalyses'],
];

/** A file of each kind of which there is something. Private halves of keys are nowhere, so not here either. */
export function* recordFiles(ask: Ask): Iterable<RecordFile> {
  for (const [action, key, input = {}] of calls) {
    const body = ask(action, input);
    const listed = (body as Readonly<Record<string, readonly object[] | undefined>>)[key] ?? [];
    if (listed.length === 0) continue;
    yield { name: `${commandOf(action)}.json`, body };
    if (action === 'DescribeLaunchTemplates') yield* versionFiles(ask, listed);
  }
}

/** Versions are asked for by template: those of all together would be the default and latest ones alone. */
function* versionFiles(
  ask: Ask,
  templates: readonly { readonly LaunchTemplateId?: string }[],
): Iterable<RecordFile> {
  const action = 'DescribeLaunchTemplateVersions';
  for (const { LaunchTemplateId } of templates) {
    if (LaunchTemplateId === undefined) continue;
    yield {
      name: `${commandOf(action)}.${LaunchTemplateId}.json`,
      body: ask(action, { LaunchTemplateId }),
    };
  }
}
