/** Worlds in which an account blocks public access. */
import type { Id } from '#vpc/ids.ts';
import { networkOf, type World } from '#vpc/network.ts';
import type { PublicAccessBlock, PublicAccessExclusionMode } from '#vpc/public-access.ts';
import { settingsId } from '#vpc/settings.ts';
import { noTags } from '#vpc/tags.ts';
import { putIn } from './edges.ts';
import { idFor, subnetId, testScope, vpcId } from './network.ts';
import type { Random } from './random.ts';

/** The world whose account blocks public access so. */
export function withBlock(world: World, block: PublicAccessBlock): World {
  const settings = networkOf(world, testScope).settings.get(settingsId);
  const before = settings ?? { id: settingsId, defaultsMadeAtMs: 0 };
  return putIn(world, testScope, 'settings', { ...before, publicAccess: { block, changedAtMs: 0 } });
}

/** The world with an exclusion of a subnet, or of the VPC, called `vpc`. */
export function withExclusion(world: World, subject: string, mode: PublicAccessExclusionMode): World {
  return putIn(world, testScope, 'publicAccessExclusion', {
    id: idFor('vpcbpa-exclude', subject) as Id<'publicAccessExclusion'>,
    subject: subject === 'vpc' ? { kind: 'vpc', vpcId } : { kind: 'subnet', subnetId: subnetId(subject) },
    mode,
    createdAtMs: 0,
    tags: noTags,
  });
}

/** The world with another block of public access, or another exclusion. */
export function withRandomBlock(random: Random, world: World, subjects = ['vpc', 's1', 's2']): World {
  const mode = random.pick(['allow-bidirectional', 'allow-egress'] as const);
  const excluded = random.chance(0.5) ? withExclusion(world, random.pick(subjects), mode) : world;
  const block = random.pick(['off', 'block-bidirectional', 'block-ingress', 'block-ingress'] as const);
  return random.chance(0.8) ? withBlock(excluded, block) : excluded;
}
