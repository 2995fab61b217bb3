/** `tfplan:FILE`: the networks before and after a plan, from `terraform show -json`. */
import type { Document } from '../describe/found.ts';
import { worldOf } from '../describe/world.ts';
import { fileText } from '../file-text.ts';
import {
  type Imported,
  type ImportedPlan,
  type Skipped,
  type Unknown,
  UnreadableSource,
} from '../imported.ts';
import { parseJson } from '../json/fault.ts';
import { isObject, type Json, Unfit } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import type { Tell } from './attributes.ts';
import {
  egressOnlyOutputs,
  internetGatewayOutputs,
  natOutputs,
  peeringOutputs,
  prefixListOutputs,
} from './gateway-outputs.ts';
import { addressOutputs, interfaceOutputs, reservationOutputs } from './interface-outputs.ts';
import { Phase } from './phase.ts';
import { noPlan, readPlan } from './plan.ts';
import { withPublicIps } from './regional-nat-outputs.ts';
import {
  aclOutputs,
  groupOutputs,
  routeTableOutputs,
  ruleOutputs,
  separateOf,
  subnetOutputs,
  vpcOutputs,
} from './vpc-outputs.ts';

/** Plans as `terraform plan -out` saves them are ZIP archives, which begin so. */
const zipMark = 'PK\u0003\u0004';

/** Reads a plan's file. Throws `UnreadableSource` where it is none. */
export function readPlanFile(file: string): ImportedPlan {
  const read = fileText(file);
  if ('reason' in read) throw new UnreadableSource(`${file} cannot be read: ${read.reason}`);
  if (read.text.startsWith(zipMark)) {
    throw new UnreadableSource(`${file} is a saved plan; give what terraform show -json ${file} prints`);
  }
  const parsed = parseJson(read.text);
  if (parsed.kind === 'broken') {
    const { line, column, reason } = parsed.fault;
    throw new UnreadableSource(`${file}:${line}:${column}: ${reason}; it wants terraform show -json PLAN`);
  }
  if (!isObject(parsed.value)) throw new UnreadableSource(`${file}: ${noPlan}`);
  try {
    return planOf(parsed.value, file);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    throw new UnreadableSource(`${file}: ${error.message}`, { cause: error });
  }
}

/** The networks of a plan. */
export function planOf(json: Json, file: string): ImportedPlan {
  const plan = readPlan(json);
  const unknowns = new Map<string, Unknown>();
  const tell: Tell = (unknown, strength) => {
    if (strength !== 'weak' || !unknowns.has(unknown.what)) unknowns.set(unknown.what, unknown);
  };
  const before = new Phase(plan, plan.before, () => {});
  const after = new Phase(plan, plan.after, tell);
  const sides = [phaseWorld(before, before, file), phaseWorld(after, before, file)] as const;
  for (const unknown of sides.flatMap((side) => side.unknowns)) if (isOfPlan(unknown)) tell(unknown);
  return {
    before: sides[0].world,
    after: sides[1].world,
    unknowns: [...unknowns.values()],
    skipped: skippedTypes(after),
    problems: [
      ...new Map(sides.flatMap((side) => side.problems).map((each) => [each.reason, each])).values(),
    ],
  };
}

/** A plan has no describe calls that could be missing. */
const isOfPlan = ({ what }: Unknown) => !what.startsWith('there is no describe-');

function phaseWorld(phase: Phase, before: Phase, file: string): Imported {
  const vpcs = vpcOutputs(phase);
  const subnets = subnetOutputs(phase);
  const sides = { now: separateOf(phase), before: separateOf(before) };
  const nat = natOutputs(phase);
  const reservations = reservationOutputs(phase);
  const interfaces = [...interfaceOutputs(phase), ...nat.interfaces];
  const primaries = reservations.flatMap((each) =>
    (each['Instances'] as readonly Json[]).flatMap((one) => one['NetworkInterfaces'] as readonly Json[]),
  );
  const natAddresses = new Map(nat.addresses.map((each) => [each['AllocationId'], each]));
  const addresses = addressOutputs(phase, [...interfaces, ...primaries]).map((each) => ({
    ...each,
    ...natAddresses.get(each['AllocationId']),
  }));
  const lists = prefixListOutputs(phase, before);
  const body: Json = {
    Vpcs: vpcs,
    Subnets: subnets,
    SecurityGroups: groupOutputs(phase, sides),
    SecurityGroupRules: ruleOutputs(sides),
    NetworkAcls: aclOutputs(phase, sides, subnets),
    RouteTables: routeTableOutputs(phase, sides, vpcs),
    InternetGateways: internetGatewayOutputs(phase),
    EgressOnlyInternetGateways: egressOnlyOutputs(phase),
    NatGateways: nat.gateways.map((gateway) => withPublicIps(gateway, addresses)),
    VpcPeeringConnections: peeringOutputs(phase),
    NetworkInterfaces: interfaces,
    Reservations: reservations,
    Addresses: addresses,
    PrefixLists: lists.map(({ list }) => list),
  };
  const contents = lists.map(({ list, entries }): Document => {
    return { folder: '', file, body: { PrefixListId: list['PrefixListId'], Entries: entries } };
  });
  return worldOf([{ folder: '', file, body }, ...contents], stableHex);
}

/** Types that are read; all others are counted. */
const read: ReadonlySet<string> = new Set(
  (
    'default_network_acl default_route_table default_security_group default_subnet default_vpc ' +
    'ec2_managed_prefix_list ec2_managed_prefix_list_entry egress_only_internet_gateway eip ' +
    'eip_association instance internet_gateway internet_gateway_attachment main_route_table_association ' +
    'nat_gateway network_acl network_acl_association network_acl_rule network_interface ' +
    'network_interface_attachment network_interface_sg_attachment route route_table ' +
    'route_table_association security_group security_group_rule subnet vpc ' +
    'vpc_ipv4_cidr_block_association vpc_ipv6_cidr_block_association vpc_peering_connection ' +
    'vpc_peering_connection_accepter vpc_security_group_egress_rule vpc_security_group_ingress_rule'
  )
    .split(' ')
    .map((name) => `aws_${name}`),
);

function skippedTypes(phase: Phase): readonly Skipped[] {
  return [...phase.types()]
    .filter(([type]) => !read.has(type))
    .map(([type, resources]) => ({ what: type, count: resources.length }));
}
