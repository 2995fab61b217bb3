/** Gateways, peerings and prefix lists of a plan, as describe operations would show them. */
import type { Json } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import type { Attributes } from './attributes.ts';
import type { Phase } from './phase.ts';
import { regionalNatOutput } from './regional-nat-outputs.ts';

const attachedTo = (vpcId: string | undefined): readonly Json[] =>
  vpcId === undefined ? [] : [{ State: 'available', VpcId: vpcId }];

export function internetGatewayOutputs(phase: Phase): readonly Json[] {
  const separate = phase.all(['aws_internet_gateway_attachment']);
  return phase.all(['aws_internet_gateway']).map((gateway) => {
    const other = separate.find((each) => each.text('internet_gateway_id') === gateway.id);
    return {
      InternetGatewayId: gateway.id,
      Attachments: attachedTo(gateway.text('vpc_id') ?? other?.text('vpc_id')),
      Tags: gateway.tags(),
      ...phase.whereabouts(gateway),
    };
  });
}

export function egressOnlyOutputs(phase: Phase): readonly Json[] {
  return phase.all(['aws_egress_only_internet_gateway']).map((gateway) => ({
    EgressOnlyInternetGatewayId: gateway.id,
    Attachments: attachedTo(gateway.text('vpc_id')),
    Tags: gateway.tags(),
    ...phase.whereabouts(gateway),
  }));
}

/** NAT gateways, and their interfaces, which no resource of Terraform's stands for. */
export function natOutputs(phase: Phase): {
  readonly gateways: readonly Json[];
  readonly interfaces: readonly Json[];
  readonly addresses: readonly Json[];
} {
  const all = phase.all(['aws_nat_gateway']);
  const isRegional = (gateway: Attributes) => gateway.text('availability_mode') === 'regional';
  const made = all.filter((each) => !isRegional(each)).map((gateway) => natOutput(phase, gateway));
  const regional = all.filter(isRegional).map((gateway) => regionalNatOutput(phase, gateway));
  return {
    gateways: [...made.map((each) => each.gateway), ...regional],
    interfaces: made.map((each) => each.eni),
    addresses: made.flatMap((each) => each.address),
  };
}

function natOutput(phase: Phase, gateway: Attributes) {
  const subnet = phase.subnet(gateway.text('subnet_id'));
  const eniId = gateway.text('network_interface_id') ?? `eni-${stableHex(`${gateway.id} nat`)}`;
  const block = subnet?.text('cidr_block');
  const privateIp =
    gateway.text('private_ip') ?? (block === undefined ? undefined : phase.standInAddress(eniId, block));
  const allocationId = gateway.text('allocation_id');
  const place = { VpcId: subnet?.text('vpc_id') ?? '', SubnetId: gateway.text('subnet_id') };
  const association = {
    NetworkInterfaceId: eniId,
    PrivateIpAddress: privateIp,
    AssociationId: `eipassoc-${stableHex(eniId)}`,
  };
  return {
    gateway: {
      NatGatewayId: gateway.id,
      ...place,
      State: 'available',
      ConnectivityType: gateway.text('connectivity_type') ?? 'public',
      NatGatewayAddresses: [
        { NetworkInterfaceId: eniId, PrivateIp: privateIp, AllocationId: allocationId, IsPrimary: true },
      ],
      Tags: gateway.tags(),
      ...phase.whereabouts(gateway),
    },
    eni: {
      NetworkInterfaceId: eniId,
      ...place,
      InterfaceType: 'nat_gateway',
      RequesterManaged: true,
      SourceDestCheck: false,
      Status: 'in-use',
      PrivateIpAddress: privateIp,
      PrivateIpAddresses: privateIp === undefined ? [] : [{ PrivateIpAddress: privateIp, Primary: true }],
      ...phase.whereabouts(gateway),
    } as Json,
    address: allocationId === undefined ? [] : [{ AllocationId: allocationId, ...association } as Json],
  };
}

export function peeringOutputs(phase: Phase): readonly Json[] {
  const accepters = phase.all(['aws_vpc_peering_connection_accepter']);
  return phase.all(['aws_vpc_peering_connection']).map((peering) => {
    const accepter = accepters.find((each) => each.text('vpc_peering_connection_id') === peering.id);
    const isAccepted = peering.boolean('auto_accept') || accepter?.boolean('auto_accept');
    const home = phase.whereabouts(peering);
    return {
      VpcPeeringConnectionId: peering.id,
      Status: { Code: peering.text('accept_status') ?? (isAccepted ? 'active' : 'pending-acceptance') },
      RequesterVpcInfo: { VpcId: peering.text('vpc_id'), Region: home['AwsRegion'] },
      AccepterVpcInfo: {
        VpcId: peering.text('peer_vpc_id'),
        OwnerId: peering.text('peer_owner_id'),
        Region: peering.text('peer_region') ?? home['AwsRegion'],
      },
      Tags: peering.tags(),
    };
  });
}

/** Prefix lists with their entries, which stand in blocks, as resources of their own, or both. */
export function prefixListOutputs(
  phase: Phase,
  before: Phase,
): readonly { readonly list: Json; readonly entries: readonly Json[] }[] {
  const separateOf = (side: Phase, id: string) =>
    side.all(['aws_ec2_managed_prefix_list_entry']).filter((each) => each.text('prefix_list_id') === id);
  return phase.all(['aws_ec2_managed_prefix_list'], { withData: true }).map((list) => {
    const now = separateOf(phase, list.id).map(entryOf);
    const gone = list.isGiven('entry')
      ? []
      : separateOf(before, list.id).map(({ resource }) => resource.values['cidr']);
    const blocks = [...list.blocks('entry'), ...list.blocks('entries')].map(entryOf);
    const left = blocks.filter(({ Cidr }) => !gone.includes(Cidr));
    if (list.isUnknown('entry') && list.isGiven('entry')) {
      list.suppose('entry', 'whom the list holds is unknown; it is taken to hold everybody');
      left.push({ Cidr: list.text('address_family') === 'IPv6' ? '::/0' : '0.0.0.0/0' });
    }
    const unique = new Map(
      [...left, ...now].filter(({ Cidr }) => Cidr !== undefined).map((each) => [each.Cidr, each]),
    );
    return {
      list: {
        PrefixListId: list.id,
        PrefixListName: list.text('name'),
        AddressFamily: list.text('address_family'),
        MaxEntries: list.number('max_entries'),
        Version: list.number('version'),
        Tags: list.tags(),
        ...phase.whereabouts(list),
      },
      entries: [...unique.values()],
    };
  });
}

function entryOf(from: Attributes): { readonly Cidr: string | undefined; readonly Description?: string } {
  const Description = from.text('description');
  const Cidr = from.text('cidr');
  if (Cidr === undefined) from.suppose('cidr', 'whom the entry names is unknown; it is left out');
  return { Cidr, ...(Description === undefined ? {} : { Description }) };
}
