/** What a region keeps besides resources, from DescribeVpcBlockPublicAccessOptions. */
import { type PublicAccessBlock, type Settings, settingsId } from '#vpc/settings.ts';
import { type Json, textOf, timeOf } from '../json/fields.ts';

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
