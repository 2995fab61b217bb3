/** What a template holds, and how it becomes part of a launch. */
import type { RequestLaunchTemplateData, RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { LaunchTemplateVersion } from '#vpc/launch-template.ts';
import type { Tags } from '#vpc/tags.ts';
import type { Checked, Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { templateIn, versionOf } from './find-template.ts';

/** The data of a new version, after the source version's where there is one. */
export function templateData(
  given: RequestLaunchTemplateData,
  source: LaunchTemplateVersion | undefined,
): LaunchTemplateVersion['data'] {
  refuseUnsupported(given, ['Operator']);
  if (Object.keys(given).length === 0 && !source) {
    refuse('missingParameter', { parameter: 'a member of LaunchTemplateData' });
  }
  return { ...source?.data, ...given };
}

/** Members that a template and RunInstances share under the same names. */
type Shared = Pick<RunInstancesRequest, keyof RunInstancesRequest & keyof RequestLaunchTemplateData> &
  Pick<RunInstancesRequest, 'RamdiskId' | 'ElasticGpuSpecification'>;

export type Launch = { readonly input: Checked<RunInstancesRequest>; readonly templateTags: Tags };

/** The members of a launch that a template's data says; two of them have other names there. */
function launchOf(data: RequestLaunchTemplateData): Shared {
  if (data.InstanceRequirements) {
    refuse('invalidCombination', {
      reason:
        'Instance requirements (InstanceRequirements) are for fleets; RunInstances takes an InstanceType.',
    });
  }
  const { RamDiskId: RamdiskId, ElasticGpuSpecifications: ElasticGpuSpecification, ...shared } = data;
  return {
    ...(shared as Shared),
    ...(RamdiskId ? { RamdiskId } : {}),
    ...(ElasticGpuSpecification ? { ElasticGpuSpecification } : {}),
  };
}

/**
 * The launch that a request asks for: what it says itself goes before what its template says. AWS tags the instance
 * with the template and version it came from.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html
 */
export function withTemplate(
  { LaunchTemplate: named, ...input }: Checked<RunInstancesRequest>,
  context: Context,
): Launch {
  if (!named) return { input, templateTags: {} };
  const template = templateIn(named, context);
  const version = versionOf(template, named.Version || '$Default');
  return {
    input: { ...launchOf(version.data), ...input },
    templateTags: {
      'aws:ec2launchtemplate:id': template.id,
      'aws:ec2launchtemplate:version': String(version.number),
    },
  };
}

/**
 * Refuses to resolve an image that is named by a parameter of Systems Manager: there is no such service here.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-launch-template.html#use-an-ssm-parameter-instead-of-an-ami-id
 */
export function refuseAlias({ data }: LaunchTemplateVersion): void {
  const image = (data as RequestLaunchTemplateData).ImageId;
  if (!image?.startsWith('resolve:ssm:')) return;
  const expected = 'the account has no such parameter';
  refuse('invalidValue', { parameter: 'ImageId', value: image, expected });
}
