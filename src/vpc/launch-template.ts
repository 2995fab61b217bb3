/** Launch templates: named, versioned parameters of RunInstances. */
import type { Id } from './ids.ts';
import type { Tags } from './tags.ts';

export type LaunchTemplateVersion = {
  readonly number: number;
  readonly description?: string;
  readonly createdAtMs: number;
  /** ARN of the principal. */
  readonly createdBy: string;
  /** Members of RequestLaunchTemplateData, as given and checked at the edge. */
  readonly data: Readonly<Record<string, unknown>>;
};

export type LaunchTemplate = {
  readonly id: Id<'launchTemplate'>;
  readonly name: string;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly defaultVersion: number;
  /** Highest number ever given; numbers are not given twice. */
  readonly latestVersion: number;
  /** Those that were not deleted, by number. */
  readonly versions: readonly LaunchTemplateVersion[];
  readonly tags: Tags;
};
