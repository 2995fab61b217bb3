/** ModifyLaunchTemplate, DeleteLaunchTemplate, DeleteLaunchTemplateVersions. */
import type {
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateResult,
  DeleteLaunchTemplateVersionsRequest,
  DeleteLaunchTemplateVersionsResult,
  ModifyLaunchTemplateRequest,
  ModifyLaunchTemplateResult,
} from '@aws-sdk/client-ec2';
import { once } from '../../client-token.ts';
import { required } from '../../input.ts';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { templateIn, versionOf } from './find-template.ts';
import { templateOutput } from './output.ts';

export const modifyLaunchTemplate: Operation<ModifyLaunchTemplateRequest, ModifyLaunchTemplateResult> = (
  input,
  context,
) => {
  const text = required(input.DefaultVersion, 'DefaultVersion');
  const template = templateIn(input, context);
  once({ action: 'ModifyLaunchTemplate', input, maxLength: 128 }, context, () => {
    const defaultVersion = versionOf(template, text).number;
    context.transaction.put('launchTemplate', { ...template, defaultVersion });
    return [template.id];
  });
  return { LaunchTemplate: templateOutput(templateIn(input, context)) };
};

export const deleteLaunchTemplate: Operation<DeleteLaunchTemplateRequest, DeleteLaunchTemplateResult> = (
  input,
  context,
) => {
  const template = templateIn(input, context);
  context.transaction.remove('launchTemplate', template.id);
  return { LaunchTemplate: templateOutput(template) };
};

/** AWS deletes at most this many versions at once (API_DeleteLaunchTemplateVersions). */
const versionsMax = 200;

export const deleteLaunchTemplateVersions: Operation<
  DeleteLaunchTemplateVersionsRequest,
  DeleteLaunchTemplateVersionsResult
> = (input, context) => {
  const texts = [...new Set(input.Versions)];
  if (texts.length > versionsMax) {
    const expected = `use at most ${versionsMax} versions`;
    refuse('invalidValue', { parameter: 'LaunchTemplateVersion', value: texts.length, expected });
  }
  const template = templateIn(input, context);
  const known = new Set(template.versions.map(({ number }) => String(number)));
  const gone = texts.filter((text) => known.has(text));
  if (gone.includes(String(template.defaultVersion))) {
    refuse('notPermitted', {
      reason: `Version ${template.defaultVersion} of '${template.id}' is the default one and cannot be deleted.`,
    });
  }
  const versions = template.versions.filter(({ number }) => !gone.includes(String(number)));
  context.transaction.put('launchTemplate', { ...template, versions });
  const named = { LaunchTemplateId: template.id, LaunchTemplateName: template.name };
  return {
    SuccessfullyDeletedLaunchTemplateVersions: gone.map((text) => ({
      ...named,
      VersionNumber: Number(text),
    })),
    UnsuccessfullyDeletedLaunchTemplateVersions: texts
      .filter((text) => !known.has(text))
      .map((text) => ({
        ...named,
        ...(/^\d+$/.test(text) ? { VersionNumber: Number(text) } : {}),
        ResponseError: {
          Code: 'launchTemplateVersionDoesNotExist',
          Message: `The launch template '${template.id}' has no version '${text}'.`,
        },
      })),
  };
};
