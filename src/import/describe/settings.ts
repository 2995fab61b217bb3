/** What a region blocks of public access, and what it leaves out, from describe output. */
import type { Id } from '#vpc/ids.ts';
import type { PublicAccessBlock, PublicAccessExclusion } from '#vpc/public-access.ts';
import { type Settings, settingsId } from '#vpc/settings.ts';
import { type Json, required, textOf, timeOf, Unfit } from '../json/fields.ts';
import { idOf, tagsOf } from './place.ts';

const blocks: readonly PublicAccessBlock[] = ['off', 'block-bidirectional', 'block-ingress'];

export function readSettings(from: Json): Settings {
  const mode = textOf(from, 'InternetGatewayBlockMode');
  const block = blocks.find((each) => each === mode);
  const changedAtMs = timeOf(from, 'LastUpdateTimestamp');
  const wasSet = block !== undefined && (block !== 'off' || changedAtMs > 0);
  return {
    id: settingsId,
    defaultsMadeAtMs: 0,
    ...(wasSet ? { publicAccess: { block, changedAtMs } } : {}),
  };
}

/** States in which an exclusion exempts nothing: AWS's account may have been forbidden to have any. */
const overStates = /^(delete|disable)-|^create-failed$/;

/** What an exclusion leaves out stands in its ARN alone: `arn:…:vpc/vpc-…` or `arn:…:subnet/subnet-…`. */
export function readExclusion(from: Json): PublicAccessExclusion {
  const arn = required(from, 'ResourceArn');
  const [kind, id] = arn.slice(arn.lastIndexOf(':') + 1).split('/');
  if (id === undefined || (kind !== 'vpc' && kind !== 'subnet'))
    throw new Unfit(`${arn} is no VPC or subnet`);
  const [createdAtMs, modifiedAtMs] = [
    timeOf(from, 'CreationTimestamp'),
    timeOf(from, 'LastUpdateTimestamp'),
  ];
  return {
    id: idOf<'publicAccessExclusion'>(from, 'ExclusionId'),
    subject: kind === 'vpc' ? { kind, vpcId: id as Id<'vpc'> } : { kind, subnetId: id as Id<'subnet'> },
    mode:
      textOf(from, 'InternetGatewayExclusionMode') === 'allow-egress'
        ? 'allow-egress'
        : 'allow-bidirectional',
    createdAtMs,
    ...(modifiedAtMs > createdAtMs ? { modifiedAtMs } : {}),
    ...(overStates.test(textOf(from, 'State') ?? '')
      ? { deletedAtMs: timeOf(from, 'DeletionTimestamp') }
      : {}),
    tags: tagsOf(from),
  };
}
