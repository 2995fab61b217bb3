/** CreateLaunchTemplate and CreateLaunchTemplateVersion. */
import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult,
} from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import type { LaunchTemplateVersion } from '#vpc/launch-template.ts';
import { once } from '../../client-token.ts';
import type { Checked, Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { resourceOf } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { refuseAlias, templateData } from './data.ts';
import { templateIn, versionOf } from './find-template.ts';
import { templateOutput, versionOutput } from './output.ts';

const descriptionLengthMax = 255;

export const createLaunchTemplate: Operation<CreateLaunchTemplateRequest, CreateLaunchTemplateResult> = (
  input,
  context,
) => {
  const [id = ''] = once({ action: 'CreateLaunchTemplate', input, maxLength: 128 }, context, () => [
    create(input, context),
  ]);
  return { LaunchTemplate: templateOutput(resourceOf('launchTemplate', id, context)) };
};

function create(input: Checked<CreateLaunchTemplateRequest>, context: Context): string {
  const { transaction, nowMs, caller } = context;
  const name = input.LaunchTemplateName;
  if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) refuse('templateName', { name });
  refuseUnsupported(input, ['Operator']);
  const data = templateData(input.LaunchTemplateData, undefined);
  const tags = tagsOnCreate('launchTemplate', input.TagSpecifications, context);
  if (transaction.network.launchTemplate.countBy('name', name) > 0) refuse('duplicateTemplate', { name });
  const template = {
    id: newId('launchTemplate', context.hex17),
    name,
    createdAtMs: nowMs,
    createdBy: caller.principal,
    defaultVersion: 1,
    latestVersion: 1,
    versions: [newVersion(1, data, input.VersionDescription, context)],
    tags,
  };
  transaction.put('launchTemplate', template);
  return template.id;
}

function newVersion(
  number: number,
  data: LaunchTemplateVersion['data'],
  description: string | undefined,
  { nowMs, caller }: Context,
): LaunchTemplateVersion {
  if (description && description.length > descriptionLengthMax) {
    const expected = `use at most ${descriptionLengthMax} characters`;
    refuse('invalidValue', { parameter: 'VersionDescription', value: description, expected });
  }
  return {
    number,
    ...(description ? { description } : {}),
    createdAtMs: nowMs,
    createdBy: caller.principal,
    data,
  };
}

export const createLaunchTemplateVersion: Operation<
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult
> = (input, context) => {
  const action = 'CreateLaunchTemplateVersion';
  const [id = '', number = ''] = once({ action, input, maxLength: 128 }, context, () => {
    const template = templateIn(input, context);
    const source = input.SourceVersion ? versionOf(template, input.SourceVersion) : undefined;
    const data = templateData(input.LaunchTemplateData, source);
    const latestVersion = template.latestVersion + 1;
    const version = newVersion(latestVersion, data, input.VersionDescription, context);
    if (input.ResolveAlias) refuseAlias(version);
    const versions = [...template.versions, version];
    context.transaction.put('launchTemplate', { ...template, latestVersion, versions });
    return [template.id, String(latestVersion)];
  });
  const template = resourceOf('launchTemplate', id, context);
  return { LaunchTemplateVersion: versionOutput(template, versionOf(template, number)) };
};
