/** Templates as the API shows them. */
import type {
  LaunchTemplate as TemplateOutput,
  LaunchTemplateVersion as VersionOutput,
} from '@aws-sdk/client-ec2';
import type { LaunchTemplate, LaunchTemplateVersion } from '#vpc/launch-template.ts';
import { tagList } from '../tags/tags.ts';

/** A template without its versions. */
export function templateOutput(template: LaunchTemplate): TemplateOutput {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    CreateTime: new Date(template.createdAtMs),
    CreatedBy: template.createdBy,
    DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: template.versions.at(-1)?.number,
    Tags: tagList(template.tags),
    Operator: { Managed: false },
  };
}

/** A version of a template. */
export function versionOutput(template: LaunchTemplate, version: LaunchTemplateVersion): VersionOutput {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    VersionNumber: version.number,
    VersionDescription: version.description,
    CreateTime: new Date(version.createdAtMs),
    CreatedBy: version.createdBy,
    DefaultVersion: version.number === template.defaultVersion,
    LaunchTemplateData: version.data,
    Operator: { Managed: false },
  };
}
