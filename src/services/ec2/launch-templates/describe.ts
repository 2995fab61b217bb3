/** DescribeLaunchTemplates and DescribeLaunchTemplateVersions. */
import type {
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import type { LaunchTemplate, LaunchTemplateVersion } from '#vpc/launch-template.ts';
import type { Fields } from '../../filters.ts';
import { type Listing, list, listingOf } from '../../listing.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { refuseAlias } from './data.ts';
import { templateIn, templateNamed, versionOf } from './find-template.ts';
import { templateOutput, versionOutput } from './output.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplates.html */
const bounds = { min: 1, max: 200 };

const templates = listingOf({
  action: 'DescribeLaunchTemplates',
  kind: 'launchTemplate',
  bounds,
  fields: {
    'create-time': ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
    'launch-template-name': ({ name }) => name,
  },
  indexes: { 'launch-template-name': 'name' },
  byId: (id, context) => resourceOf('launchTemplate', id, context),
});

export const describeLaunchTemplates: Operation<
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult
> = (input, context) => {
  const named = (input.LaunchTemplateNames ?? []).map((name) => templateNamed(name, context).id);
  const page = list(templates, { ...input, ids: [...(input.LaunchTemplateIds ?? []), ...named] }, context);
  return { LaunchTemplates: page.items.map(templateOutput), NextToken: page.nextToken };
};

type Row = { readonly template: LaunchTemplate; readonly version: LaunchTemplateVersion };

const data =
  (read: (data: RequestLaunchTemplateData) => string | boolean | undefined) =>
  ({ version }: Row) =>
    read(version.data as RequestLaunchTemplateData);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html */
const fields: Fields<Row> = {
  'create-time': ({ version }) => new Date(version.createdAtMs).toISOString(),
  'ebs-optimized': data(({ EbsOptimized }) => EbsOptimized),
  'http-endpoint': data(({ MetadataOptions }) => MetadataOptions?.HttpEndpoint),
  'http-tokens': data(({ MetadataOptions }) => MetadataOptions?.HttpTokens),
  'iam-instance-profile': data(({ IamInstanceProfile: profile }) => profile?.Arn ?? profile?.Name),
  'image-id': data(({ ImageId }) => ImageId),
  'instance-type': data(({ InstanceType }) => InstanceType),
  'is-default-version': ({ template, version }) => version.number === template.defaultVersion,
  'kernel-id': data(({ KernelId }) => KernelId),
  'ram-disk-id': data(({ RamDiskId }) => RamDiskId),
};

/** Newest first, as AWS lists them. */
const idOf = ({ template, version }: Row): string => `${template.id} ${1_000_000_000 - version.number}`;

function rowsListing(rows: readonly Row[]): Listing<Row> {
  return {
    action: 'DescribeLaunchTemplateVersions',
    bounds,
    fields,
    idOf,
    all: () => rows,
    byId: (id) => {
      throw new Error(`versions have no ids: ${id}`);
    },
    lookups: {},
  };
}

/**
 * The versions that a request names: of one template, or the latest or default ones of all. AWS, too, refuses to show
 * all versions of all templates, on which programs that page through everything stumble:
 * https://github.com/cartography-cncf/cartography/issues/1490
 */
function rowsIn(input: DescribeLaunchTemplateVersionsRequest, context: Context): readonly Row[] {
  const { Versions: texts = [], MinVersion, MaxVersion } = input;
  if (texts.length > 0 && (MinVersion || MaxVersion)) {
    refuse('invalidCombination', { reason: 'Versions cannot stand beside MinVersion and MaxVersion.' });
  }
  if (!input.LaunchTemplateId && !input.LaunchTemplateName) {
    if (texts.length === 0 || texts.some((text) => text !== '$Latest' && text !== '$Default')) {
      refuse('missingParameter', { parameter: 'LaunchTemplateId or LaunchTemplateName' });
    }
    const all = [...context.transaction.network.launchTemplate.values()];
    return all.flatMap((template) => versionsNamed(template, texts));
  }
  const template = templateIn(input, context);
  if (texts.length > 0) return versionsNamed(template, texts);
  const min = MinVersion ? versionOf(template, MinVersion).number : 1;
  const max = MaxVersion ? versionOf(template, MaxVersion).number : template.latestVersion;
  return template.versions
    .filter(({ number }) => min <= number && number <= max)
    .map((version) => ({ template, version }));
}

function versionsNamed(template: LaunchTemplate, texts: readonly string[]): readonly Row[] {
  const versions = new Set(texts.map((text) => versionOf(template, text)));
  return [...versions].map((version) => ({ template, version }));
}

export const describeLaunchTemplateVersions: Operation<
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult
> = (input, context) => {
  const page = list(rowsListing(rowsIn(input, context)), input, context);
  if (input.ResolveAlias) for (const { version } of page.items) refuseAlias(version);
  return {
    LaunchTemplateVersions: page.items.map(({ template, version }) => versionOutput(template, version)),
    NextToken: page.nextToken,
  };
};
