/**
 * Making and deleting regional NAT gateways.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
import type { AvailabilityZoneAddress, CreateNatGatewayRequest } from '@aws-sdk/client-ec2';
import { everybody } from '#net/cidr.ts';
import type { Address } from '#vpc/eni.ts';
import { newId, type RouteTableId } from '#vpc/ids.ts';
import type { RegionalNatGateway, Route } from '#vpc/routing.ts';
import { noTags } from '#vpc/tags.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { blocksOfVpc } from '#vpc/vpc-space.ts';
import { oneOf, required, requiredList } from '../../input.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import type { Zone } from '../regions.ts';
import { resourceOf } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { localRoute } from '../vpcs/make-vpc.ts';
import { zoneIn } from '../zone-choice.ts';
import { checkZoneQuota } from './address-quotas.ts';
import { giveBack, take } from './regional-addresses.ts';
import { coverVpc } from './workload.ts';

/** Parameters of gateways that stand in a subnet. */
const zonalParameters = [
  'SubnetId',
  'AllocationId',
  'PrivateIpAddress',
  'SecondaryAllocationIds',
  'SecondaryPrivateIpAddresses',
  'SecondaryPrivateIpAddressCount',
] as const;

/** Refuses parameters that are for gateways of the other kind. */
export function refuseBesides<Input extends object>(
  input: Input,
  parameters: readonly (keyof Input & string)[],
  owners: string,
): void {
  const isEmpty = (value: unknown) =>
    value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  const given = parameters.find((name) => !isEmpty(input[name]));
  if (given) refuse('invalidCombination', { reason: `${given} is for ${owners}.` });
}

/** Elastic addresses for a zone, as a request names them. */
type Wanted = { readonly zone: Zone; readonly allocations: readonly Address[] };

/** Puts a new regional gateway, with its route table; one that cannot work fails after it was made, as zonal ones do. */
export function makeRegional(input: CreateNatGatewayRequest, context: Context): RegionalNatGateway {
  const { transaction, hex17, nowMs } = context;
  refuseBesides(input, zonalParameters, 'zonal NAT gateways');
  if (oneOf(input.ConnectivityType ?? 'public', ['public', 'private'], 'connectivityType') === 'private') {
    refuse('invalidCombination', { reason: 'A regional NAT gateway is public; private ones are zonal.' });
  }
  const { AvailabilityZoneAddresses: named = [] } = input;
  const tags = tagsOnCreate('natGateway', input.TagSpecifications, context);
  const wanted = named.map((each) => wantedIn(each, context));
  refuseTwice(wanted);
  const vpc = resourceOf('vpc', required(input.VpcId, 'VpcId'), context);
  const id = newId('natGateway', hex17);
  const failure = failureOf(vpc, wanted, context);
  const base = {
    id,
    vpcId: vpc.id,
    availability: 'regional',
    connectivity: 'public',
    coverage: named.length > 0 ? 'manual' : 'automatic',
    addresses: [],
    createdAtMs: nowMs,
    tags,
  } as const;
  if (failure) {
    const failed: RegionalNatGateway = { ...base, state: 'failed', failure };
    transaction.put('natGateway', failed);
    return failed;
  }
  const routeTableId = makeTable(id, vpc, context);
  transaction.put('natGateway', { ...base, state: 'available', routeTableId });
  for (const { zone, allocations } of wanted) take(id, zone, allocations, context);
  if (base.coverage === 'automatic') coverVpc(vpc.id, context);
  return transaction.network.natGateway.get(id) as RegionalNatGateway;
}

function wantedIn(each: AvailabilityZoneAddress, context: Context): Wanted {
  if (!each.AvailabilityZone && !each.AvailabilityZoneId) {
    required(undefined, 'AvailabilityZoneAddress.AvailabilityZone');
  }
  const zone = zoneIn(each, context);
  const ids = requiredList(each.AllocationIds, 'AvailabilityZoneAddress.AllocationId');
  const allocations = [...new Set(ids)].map((id) => resourceOf('address', id, context));
  checkZoneQuota(allocations.length, zone.name, context);
  return { zone, allocations };
}

/** Refuses an address that is to stand for two zones, and a zone that is named twice. */
function refuseTwice(wanted: readonly Wanted[]): void {
  const names = wanted.flatMap(({ zone, allocations }) => [zone.name, ...allocations.map(({ id }) => id)]);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) refuse('invalidCombination', { reason: `AvailabilityZoneAddresses names ${twice} twice.` });
}

/** What AWS finds out after it has answered. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html */
function failureOf(vpc: Vpc, wanted: readonly Wanted[], { transaction }: Context) {
  if (transaction.network.internetGateway.countBy('vpc', vpc.id) === 0) {
    const message = `Network ${vpc.id} has no internet gateway attached.`;
    return { code: 'Gateway.NotAttached', message };
  }
  const used = wanted.flatMap(({ allocations }) => allocations).find(({ association }) => association);
  if (!used) return undefined;
  return { code: 'Resource.AlreadyAssociated', message: `Elastic address ${used.id} is already associated.` };
}

/** "AWS automatically creates a route table for it, which comes with a pre-configured route to the internet gateway." */
function makeTable(gatewayId: string, vpc: Vpc, { transaction, hex17 }: Context): RouteTableId {
  const [internet] = transaction.network.internetGateway.by('vpc', vpc.id);
  if (!internet) throw new Error(`${vpc.id} has no internet gateway`);
  const outward: Route = {
    destination: { kind: 'cidr', cidr: everybody.ipv4 },
    target: { kind: 'internetGateway', id: internet.id },
    origin: 'CreateRoute',
  };
  const id = newId('routeTable', hex17);
  transaction.put('routeTable', {
    id,
    vpcId: vpc.id,
    routes: [...blocksOfVpc(vpc).map(localRoute), outward],
    associations: [{ id: newId('routeTableAssociation', hex17), subject: { kind: 'gateway', gatewayId } }],
    tags: noTags,
  });
  return id;
}

/** The table goes with the gateway; addresses that were allocated for it too, others are free again. */
export function deleteRegional(gateway: RegionalNatGateway, context: Context): void {
  const { transaction, nowMs } = context;
  giveBack(gateway.id, gateway.addresses, context);
  const { routeTableId, addressChanges: _, ...rest } = gateway;
  if (routeTableId) transaction.remove('routeTable', routeTableId);
  transaction.put('natGateway', { ...rest, addresses: [], state: 'deleted', deletedAtMs: nowMs });
}
