/** What a template holds, and how it becomes part of a launch. */
import type { RequestLaunchTemplateData, RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { LaunchTemplateVersion } from '#vpc/launch-template.ts';
import type { Tags } from '#vpc/tags.ts';
import { required } from '../../input.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { templateIn, versionOf } from './find-template.ts';

/** Members of a template that no launch here could use. */
export const unsupportedTemplateData = [
  'KernelId',
  'RamDiskId',
  'ElasticGpuSpecifications',
  'ElasticInferenceAccelerators',
  'InstanceMarketOptions',
  'CpuOptions',
  'LicenseSpecifications',
  'InstanceRequirements',
  'Operator',
  'NetworkPerformanceOptions',
  'SecondaryInterfaces',
] as const satisfies readonly (keyof RequestLaunchTemplateData)[];

/** The data of a new version, after the source version's where there is one. */
export function templateData(
  data: RequestLaunchTemplateData | undefined,
  source: LaunchTemplateVersion | undefined,
): LaunchTemplateVersion['data'] {
  const given = required(data, 'LaunchTemplateData');
  refuseUnsupported(given, unsupportedTemplateData);
  if (Object.keys(given).length === 0 && !source) {
    refuse('missingParameter', { parameter: 'a member of LaunchTemplateData' });
  }
  return { ...source?.data, ...given };
}

/** Members that a template and RunInstances share under the same names. */
type Shared = Pick<RunInstancesRequest, keyof RunInstancesRequest & keyof RequestLaunchTemplateData>;

export type Launch = { readonly input: RunInstancesRequest; readonly templateTags: Tags };

/**
 * The launch that a request asks for: what it says itself goes before what its template says. AWS tags the instance
 * with the template and version it came from.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html
 */
export function withTemplate(
  { LaunchTemplate: named, ...input }: RunInstancesRequest,
  context: Context,
): Launch {
  if (!named) return { input, templateTags: {} };
  const template = templateIn(named, context);
  const version = versionOf(template, named.Version || '$Default');
  return {
    input: { ...(version.data as Shared), ...input },
    templateTags: {
      'aws:ec2launchtemplate:id': template.id,
      'aws:ec2launchtemplate:version': String(version.number),
    },
  };
}
