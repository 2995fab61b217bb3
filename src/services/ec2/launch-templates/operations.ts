/** Launch templates. */
import type { OperationTable } from '../../operation.ts';
import { deleteLaunchTemplate, deleteLaunchTemplateVersions, modifyLaunchTemplate } from './change.ts';
import { createLaunchTemplate, createLaunchTemplateVersion } from './create.ts';
import { getLaunchTemplateData } from './data-of-instance.ts';
import { describeLaunchTemplates, describeLaunchTemplateVersions } from './describe.ts';

export const launchTemplateOperations = {
  CreateLaunchTemplate: { changes: true, run: createLaunchTemplate },
  CreateLaunchTemplateVersion: { changes: true, run: createLaunchTemplateVersion },
  DeleteLaunchTemplate: { changes: true, run: deleteLaunchTemplate },
  DeleteLaunchTemplateVersions: { changes: true, run: deleteLaunchTemplateVersions },
  DescribeLaunchTemplateVersions: { changes: false, run: describeLaunchTemplateVersions },
  DescribeLaunchTemplates: { changes: false, run: describeLaunchTemplates },
  GetLaunchTemplateData: { changes: false, run: getLaunchTemplateData },
  ModifyLaunchTemplate: { changes: true, run: modifyLaunchTemplate },
} satisfies OperationTable;
