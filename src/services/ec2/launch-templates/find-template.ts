/** Launch templates and their versions as requests name them. */
import type { LaunchTemplate, LaunchTemplateVersion } from '#vpc/launch-template.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';

type Named = {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
};

/** The template of a request, named by its id or by its name. */
export function templateIn(
  { LaunchTemplateId: id, LaunchTemplateName: name }: Named,
  context: Context,
): LaunchTemplate {
  if (id && name) {
    refuse('invalidCombination', {
      reason: 'The parameters LaunchTemplateId and LaunchTemplateName exclude each other.',
    });
  }
  if (id) return resourceOf('launchTemplate', id, context);
  return name
    ? templateNamed(name, context)
    : refuse('missingParameter', { parameter: 'LaunchTemplateId or LaunchTemplateName' });
}

/** The template of a name. */
export function templateNamed(name: string, { transaction }: Context): LaunchTemplate {
  const [template] = transaction.network.launchTemplate.by('name', name);
  const code = 'InvalidLaunchTemplateName.NotFoundException';
  return template ?? refuse('notFound', { code, noun: 'launch template', id: name });
}

/** A version by its number, `$Latest` or `$Default`. */
export function versionOf(template: LaunchTemplate, text: string): LaunchTemplateVersion {
  const number = versionNumber(template, text);
  const version = template.versions.find((each) => each.number === number);
  return version ?? refuse('templateVersion', { id: template.id, version: text });
}

function versionNumber({ defaultVersion, versions }: LaunchTemplate, text: string): number | undefined {
  if (text === '$Default') return defaultVersion;
  if (text === '$Latest') return versions.at(-1)?.number;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
