/** Interfaces, instances and elastic addresses of a plan, as describe operations would show them. */
import { type Json, textOf } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import type { Attributes } from './attributes.ts';
import { primaryInterfaceId } from './origins.ts';
import { attachedFirst, type Phase } from './phase.ts';

type Attached = { readonly instanceId: string; readonly index: number };

export function interfaceOutputs(phase: Phase): readonly Json[] {
  const attached = attachments(phase);
  const extra = Map.groupBy(phase.all(['aws_network_interface_sg_attachment']), (each) =>
    each.text('network_interface_id'),
  );
  return phase.all(['aws_network_interface']).map((eni) => {
    const more = (extra.get(eni.id) ?? []).flatMap((each) => each.text('security_group_id') ?? []);
    const groups = groupsOf(phase, eni, { name: 'security_groups', more });
    const to = attached.get(eni.id);
    return {
      ...interfaceShown(phase, eni, { id: eni.id, groups, publicIp: undefined }),
      Description: eni.text('description'),
      SourceDestCheck: eni.boolean('source_dest_check') ?? true,
      Attachment: to && attachmentShown(eni.id, to),
      Status: to ? 'in-use' : 'available',
      TagSet: eni.tags(),
      ...phase.whereabouts(eni),
    };
  });
}

const attachmentShown = (eniId: string, { instanceId, index }: Attached): Json => ({
  AttachmentId: `eni-attach-${stableHex(`${eniId} ${instanceId}`)}`,
  InstanceId: instanceId,
  DeviceIndex: index,
});

/** Which interface is attached to which instance, by all ways to say so. */
function attachments(phase: Phase): ReadonlyMap<string, Attached> {
  const found = new Map<string, Attached>();
  const note = (eniId: string | undefined, instanceId: string | undefined, index: number | undefined) => {
    if (eniId !== undefined && instanceId !== undefined) found.set(eniId, { instanceId, index: index ?? 0 });
  };
  for (const eni of phase.all(['aws_network_interface'])) {
    for (const block of eni.blocks('attachment')) {
      note(eni.id, block.text('instance'), block.number('device_index'));
    }
  }
  for (const each of phase.all(['aws_network_interface_attachment'])) {
    note(each.text('network_interface_id'), each.text('instance_id'), each.number('device_index'));
  }
  for (const instance of phase.all(['aws_instance'])) {
    const blocks = [...instance.blocks('network_interface'), ...instance.blocks('primary_network_interface')];
    for (const block of blocks) {
      note(block.text('network_interface_id'), instance.id, block.number('device_index'));
    }
  }
  return found;
}

type Given = { readonly name: string; readonly more: readonly string[] };

function groupsOf(phase: Phase, from: Attributes, { name, more }: Given): readonly Json[] {
  const { known, anything } = from.texts(name);
  if (anything && from.isGiven(name)) from.suppose(name, 'which groups it carries is unknown');
  const ids = new Set([...known, ...more]);
  const vpcId = phase.subnet(from.text('subnet_id'))?.text('vpc_id');
  const usual = anything && !from.isGiven(name) && ids.size === 0 ? phase.defaultGroupOf(vpcId) : undefined;
  return [...ids, ...(usual === undefined ? [] : [usual])].map((GroupId) => ({ GroupId }));
}

type Shown = {
  readonly id: string;
  readonly groups: readonly Json[];
  readonly publicIp: string | undefined;
};

function interfaceShown(phase: Phase, from: Attributes, { id, groups, publicIp }: Shown): Json {
  const subnetId = from.text('subnet_id');
  const ids = groups.map((each) => String(each['GroupId']));
  const primary = privateIpOf(phase, from, id, subnetId);
  const secondary = [...from.texts('private_ips').known, ...from.texts('secondary_private_ips').known];
  const lent = publicIp === undefined ? {} : { Association: { PublicIp: publicIp, IpOwnerId: 'amazon' } };
  const addresses = [
    ...(primary === undefined ? [] : [{ PrivateIpAddress: primary, Primary: true, ...lent }]),
    ...secondary
      .filter((each) => each !== primary)
      .map((each) => ({ PrivateIpAddress: each, Primary: false })),
  ];
  return {
    NetworkInterfaceId: id,
    VpcId: phase.vpcIdOf(subnetId, ids) ?? '',
    SubnetId: subnetId,
    Groups: groups,
    PrivateIpAddress: primary,
    PrivateIpAddresses: addresses,
    Ipv6Addresses: from.texts('ipv6_addresses').known.map((Ipv6Address) => ({ Ipv6Address })),
  };
}

function privateIpOf(
  phase: Phase,
  from: Attributes,
  id: string,
  subnetId: string | undefined,
): string | undefined {
  const known = from.text('private_ip') ?? from.texts('private_ips').known[0];
  if (known !== undefined) return known;
  const former = formerIpOf(from, subnetId);
  if (former !== undefined) {
    from.suppose('private_ip', `that of the one it replaces, ${former}, stands for it`);
    return former;
  }
  const block = phase.subnet(subnetId)?.text('cidr_block');
  const standIn = block === undefined ? undefined : phase.standInAddress(id, block);
  from.suppose(
    'private_ip',
    standIn === undefined
      ? 'it has no address that is known'
      : `a free one of its subnet, ${standIn}, stands for it`,
  );
  return standIn;
}

/** The address of an instance whose place this one takes in the same subnet: what it leaves is free again. */
function formerIpOf({ resource }: Attributes, subnetId: string | undefined): string | undefined {
  const { type, replaced = {} } = resource;
  const isNear = type === 'aws_instance' && textOf(replaced, 'subnet_id') === subnetId;
  return isNear ? textOf(replaced, 'private_ip') : undefined;
}

export function reservationOutputs(phase: Phase): readonly Json[] {
  return phase.all(['aws_instance']).map((instance) => {
    const first = attachedFirst(instance);
    const more = instance.texts('security_groups').known.filter(isId);
    const groups = groupsOf(phase, instance, { name: 'vpc_security_group_ids', more });
    const own = first === undefined ? primaryOf(phase, instance, groups) : undefined;
    const vpcId = own?.['VpcId'] ?? vpcOfInterface(phase, first);
    const place = { VpcId: vpcId, SubnetId: own?.['SubnetId'] ?? subnetOfInterface(phase, first) };
    return {
      ReservationId: `r-${stableHex(instance.id)}`,
      Instances: [
        {
          InstanceId: instance.id,
          ...place,
          ImageId: instance.text('ami'),
          InstanceType: instance.text('instance_type'),
          State: { Name: instance.text('instance_state') ?? 'running' },
          Placement: { AvailabilityZone: instance.text('availability_zone') },
          NetworkInterfaces: own ? [own] : [],
          Tags: instance.tags(),
          ...phase.whereabouts(instance),
        },
      ],
    };
  });
}

const isId = (text: string) => text.startsWith('sg-');

function primaryOf(phase: Phase, instance: Attributes, groups: readonly Json[]): Json {
  const id = primaryInterfaceId(instance.resource);
  const shown = interfaceShown(phase, instance, { id, groups, publicIp: launchIpOf(phase, instance, id) });
  return {
    ...shown,
    // Names it for people: what is yet to be made has no id that they know.
    Description: instance.resource.address,
    SourceDestCheck: instance.boolean('source_dest_check') ?? true,
    Status: 'in-use',
    Attachment: { AttachmentId: `eni-attach-${stableHex(id)}`, DeviceIndex: 0 },
  };
}

/** The instance's own public address, which it has where it or its subnet asks for one. */
function launchIpOf(phase: Phase, instance: Attributes, id: string): string | undefined {
  const known = instance.text('public_ip');
  if (known !== undefined) return known;
  const subnet = phase.subnet(instance.text('subnet_id'));
  const asked = instance.boolean('associate_public_ip_address') ?? subnet?.boolean('map_public_ip_on_launch');
  if (!asked || !instance.isUnknown('public_ip')) return undefined;
  const standIn = phase.standInPublic(id);
  instance.suppose('public_ip', `${standIn} stands for it`);
  return standIn;
}

const eniOf = (phase: Phase, id: string | undefined) =>
  phase.all(['aws_network_interface'], { withData: true }).find((each) => each.id === id);

function subnetOfInterface(phase: Phase, id: string | undefined): string | undefined {
  return eniOf(phase, id)?.text('subnet_id');
}

function vpcOfInterface(phase: Phase, id: string | undefined): string | undefined {
  const eni = eniOf(phase, id);
  return eni && phase.vpcIdOf(eni.text('subnet_id'), eni.texts('security_groups').known);
}

export function addressOutputs(phase: Phase, interfaces: readonly Json[]): readonly Json[] {
  const separate = phase.all(['aws_eip_association']);
  return phase.all(['aws_eip']).map((eip) => {
    const own = separate.find((each) => each.text('allocation_id') === eip.id) ?? eip;
    const instance = own.text(own === eip ? 'instance' : 'instance_id');
    const eniId =
      own.text(own === eip ? 'network_interface' : 'network_interface_id') ??
      (instance === undefined ? undefined : phase.primaryInterface(instance));
    const eni = interfaces.find((each) => each['NetworkInterfaceId'] === eniId);
    const privateIp =
      own.text(own === eip ? 'associate_with_private_ip' : 'private_ip_address') ?? eni?.['PrivateIpAddress'];
    return {
      AllocationId: eip.id,
      PublicIp: publicIpOf(phase, eip),
      ...(eniId === undefined
        ? {}
        : {
            AssociationId: `eipassoc-${stableHex(own.resource.address)}`,
            NetworkInterfaceId: eniId,
            PrivateIpAddress: privateIp,
          }),
      Tags: eip.tags(),
      ...phase.whereabouts(eip),
    };
  });
}

function publicIpOf(phase: Phase, eip: Attributes): string | undefined {
  const known = eip.text('public_ip');
  if (known !== undefined) return known;
  const standIn = phase.standInPublic(eip.id);
  eip.suppose('public_ip', `${standIn} stands for it`);
  return standIn;
}
