/** Regional NAT gateways: what other outputs say of them is put together, and their route table supposed where none does. */
import { everybody } from '#net/cidr.ts';
import type { Id, NatGatewayId, RouteTableId } from '#vpc/ids.ts';
import { natIsUp } from '#vpc/regional-nat.ts';
import type { RegionalNatAddress, RegionalNatGateway, Route, RouteTable } from '#vpc/routing.ts';
import { noTags } from '#vpc/tags.ts';
import type { Subnet } from '#vpc/vpc.ts';
import type { Draft, Placed } from './draft.ts';
import type { StableHex } from './place.ts';

/** Completes the gateways in place and returns those whose route table is supposed. */
export function regionalNats(draft: Draft, stableHex: StableHex): readonly NatGatewayId[] {
  const supposed: NatGatewayId[] = [];
  for (const { scope, entity } of draft.all('natGateway')) {
    if (entity.availability !== 'regional') continue;
    const subnets = draft.all('subnet').filter((each) => each.entity.vpcId === entity.vpcId);
    const addresses = entity.addresses.map((address) => inZoneOf(address, subnets));
    for (const address of addresses) associate(draft, entity.id, address);
    const table = natIsUp(entity) ? tableOf(draft, entity) : undefined;
    const made = natIsUp(entity) && !table ? supposedTable(draft, entity, stableHex) : undefined;
    if (made) {
      draft.add(scope, 'routeTable', made);
      supposed.push(entity.id);
    }
    const routeTableId = (table ?? made)?.id ?? entity.routeTableId;
    const whole: RegionalNatGateway = { ...entity, addresses, ...(routeTableId ? { routeTableId } : {}) };
    draft.replace(scope, 'natGateway', whole);
  }
  return supposed;
}

/** The zone as the VPC's subnets tell of it: some outputs have zones by name alone. */
function inZoneOf(address: RegionalNatAddress, subnets: readonly Placed<'subnet'>[]): RegionalNatAddress {
  const isThere = ({ zone, zoneId }: Subnet) =>
    zoneId !== '' && address.zoneId !== '' ? zoneId === address.zoneId : zone === address.zone;
  const subnet = subnets.map(({ entity }) => entity).find(isThere);
  return subnet ? { ...address, zone: subnet.zone, zoneId: subnet.zoneId } : address;
}

/** DescribeAddresses shows an association, and not with what. */
function associate(draft: Draft, natGatewayId: NatGatewayId, own: RegionalNatAddress): void {
  const found = draft.find('address', own.allocationId);
  if (!found) return;
  const association = { id: own.associationId, natGatewayId };
  draft.replace(found.scope, 'address', { ...found.entity, association });
}

function tableOf(draft: Draft, { id }: RegionalNatGateway): RouteTable | undefined {
  return draft
    .all('routeTable')
    .map(({ entity }) => entity)
    .find(({ associations }) =>
      associations.some(({ subject }) => subject.kind === 'gateway' && subject.gatewayId === id),
    );
}

/**
 * As AWS makes it: "a route table … which comes with a pre-configured route to the internet gateway".
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
function supposedTable(
  draft: Draft,
  { id, vpcId, routeTableId }: RegionalNatGateway,
  stableHex: StableHex,
): RouteTable | undefined {
  const vpc = draft.find('vpc', vpcId)?.entity;
  const internet = draft.all('internetGateway').find(({ entity }) => entity.vpcId === vpcId)?.entity;
  if (!vpc || !internet) return undefined;
  const local = [...vpc.cidrBlocks, ...vpc.ipv6Blocks].map(
    ({ cidr }): Route => ({
      destination: { kind: 'cidr', cidr },
      target: { kind: 'local' },
      origin: 'CreateRouteTable',
    }),
  );
  const outward: Route = {
    destination: { kind: 'cidr', cidr: everybody.ipv4 },
    target: { kind: 'internetGateway', id: internet.id },
    origin: 'CreateRoute',
  };
  const associationId = `rtbassoc-${stableHex(`${id} regional`)}` as Id<'routeTableAssociation'>;
  return {
    id: routeTableId ?? (`rtb-${stableHex(`${id} regional`)}` as RouteTableId),
    vpcId,
    routes: [...local, outward],
    associations: [{ id: associationId, subject: { kind: 'gateway', gatewayId: id } }],
    tags: noTags,
  };
}
