/** Making and showing VPC Encryption Controls. */
import type {
  VpcEncryptionControl,
  VpcEncryptionControlConfiguration,
  VpcEncryptionControlExclusions,
} from '@aws-sdk/client-ec2';
import {
  controlStateAt,
  type EncryptionControl,
  type ExclusionName,
  exclusionNames,
} from '#vpc/encryption-control.ts';
import { newId, type VpcId } from '#vpc/ids.ts';
import type { Tags } from '#vpc/tags.ts';
import { oneOf } from '../../input.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { tagList } from '../tags/tags.ts';

const parameters = {
  InternetGateway: 'InternetGatewayExclusion',
  EgressOnlyInternetGateway: 'EgressOnlyInternetGatewayExclusion',
  NatGateway: 'NatGatewayExclusion',
  VirtualPrivateGateway: 'VirtualPrivateGatewayExclusion',
  VpcPeering: 'VpcPeeringExclusion',
  Lambda: 'LambdaExclusion',
  VpcLattice: 'VpcLatticeExclusion',
  ElasticFileSystem: 'ElasticFileSystemExclusion',
  GlobalAccelerator: 'GlobalAcceleratorExclusion',
  ApiGatewayV2: 'ApiGatewayV2Exclusion',
} as const satisfies Readonly<Record<ExclusionName, keyof VpcEncryptionControlConfiguration>>;

type Asked = Partial<VpcEncryptionControlConfiguration>;

/** Gives a VPC its control; refuses a second one. */
export function makeControl(
  vpcId: VpcId,
  { exclusions, tags }: { readonly exclusions: readonly ExclusionName[]; readonly tags: Tags },
  { transaction, hex17, nowMs }: Context,
): EncryptionControl {
  const [other] = transaction.network.encryptionControl.by('vpc', vpcId);
  if (other) {
    refuse('invalidValue', { parameter: 'VpcId', value: vpcId, expected: `it has the control ${other.id}` });
  }
  const id = newId('encryptionControl', hex17);
  const control: EncryptionControl = { id, vpcId, exclusions, createdAtMs: nowMs, tags };
  transaction.put('encryptionControl', control);
  return control;
}

/** Refuses a mode in which AWS lets nothing pass unencrypted: here nothing is encrypted. */
export function checkMode(mode: string): void {
  oneOf(mode, ['monitor', 'enforce'], 'Mode');
  if (mode === 'enforce') {
    refuse('unsupported', { reason: 'Nothing is encrypted in the lab, so that no control can enforce it.' });
  }
}

/** The exclusions after a request, which may leave some as they are. */
export function exclusionsAfter(before: readonly ExclusionName[], asked: Asked): readonly ExclusionName[] {
  return exclusionNames.filter((name) => {
    const parameter = parameters[name];
    const wanted = asked[parameter];
    if (wanted === undefined) return before.includes(name);
    return oneOf(wanted, ['enable', 'disable'], parameter) === 'enable';
  });
}

export function controlOutput(control: EncryptionControl, { nowMs }: Context): VpcEncryptionControl {
  const states = exclusionNames.map((name) => [
    name,
    { State: control.exclusions.includes(name) ? 'enabled' : 'disabled' },
  ]);
  return {
    VpcEncryptionControlId: control.id,
    VpcId: control.vpcId,
    Mode: 'monitor',
    State: controlStateAt(control, nowMs),
    ResourceExclusions: Object.fromEntries(states) as VpcEncryptionControlExclusions,
    Tags: tagList(control.tags),
  };
}

/** The control of a VPC as it is shown with it. */
export function controlOfVpc(vpcId: VpcId, context: Context): VpcEncryptionControl | undefined {
  const [control] = context.transaction.network.encryptionControl.by('vpc', vpcId);
  return control && controlOutput(control, context);
}

/** The control goes with its VPC. */
export function dropControlOf(vpcId: VpcId, { transaction }: Context): void {
  for (const { id } of transaction.network.encryptionControl.by('vpc', vpcId)) {
    transaction.remove('encryptionControl', id);
  }
}
