/** Fills in what must be there although no output shows it, so that questions have an answer; each is told. */
import { everybody } from '#net/cidr.ts';
import type { Id, InstanceId, SubnetId, VpcId } from '#vpc/ids.ts';
import type { AclEntry } from '#vpc/network-acl.ts';
import type { Route, RouteTable } from '#vpc/routing.ts';
import type { Scope } from '#vpc/scope.ts';
import { directions } from '#vpc/security-group.ts';
import { allBlocksOfSubnet } from '#vpc/subnet-space.ts';
import { noTags } from '#vpc/tags.ts';
import type { Subnet, Vpc } from '#vpc/vpc.ts';
import type { Unknown } from '../imported.ts';
import type { Draft } from './draft.ts';
import { inferredInstance } from './instances.ts';
import type { StableHex } from './place.ts';
import { regionalNats } from './regional-nats.ts';
import { inferredVpc } from './vpcs.ts';

/** Completes the draft in place and returns what was supposed. */
export function complete(draft: Draft, stableHex: StableHex): readonly Unknown[] {
  return [
    ...vpcs(draft, stableHex),
    ...internetGateways(draft),
    ...egressOnlyGateways(draft),
    ...instances(draft, stableHex),
    ...natInterfaces(draft),
    ...said(
      regionalNats(draft, stableHex),
      (ids) => `the route tables of the regional NAT gateways ${ids}`,
      'they are taken to be as AWS makes them',
    ),
    ...acls(draft, stableHex),
    ...routeTables(draft, stableHex),
    ...peerings(draft),
  ].filter(({ what }) => what !== '');
}

/** A list of ids as text, the first few by name. */
export function idList(ids: readonly string[], shownMax = 3): string {
  const unique = [...new Set(ids)].sort();
  const rest = unique.length - shownMax;
  return `${unique.slice(0, shownMax).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** What is said of ids; nothing where there are none. */
function said(ids: readonly string[], what: (list: string) => string, effect: string): readonly Unknown[] {
  return ids.length === 0 ? [] : [{ what: what(idList(ids)), effect }];
}

/** VPCs that others name: blocks from local routes, else from subnets. */
function vpcs(draft: Draft, stableHex: StableHex): readonly Unknown[] {
  const users = [
    ...draft.all('subnet'),
    ...draft.all('routeTable'),
    ...draft.all('eni'),
    ...draft.all('securityGroup'),
  ];
  const added: string[] = [];
  for (const { scope, entity } of users) {
    const { vpcId } = entity;
    if (draft.find('vpc', vpcId)) continue;
    const local = draft.all('routeTable').flatMap((each) => localBlocks(each.entity, vpcId));
    const subnets = draft.all('subnet').flatMap((each) => blocksOfSubnet(each.entity, vpcId));
    draft.add(scope, 'vpc', inferredVpc(vpcId, local.length > 0 ? local : subnets, { stableHex }));
    added.push(vpcId);
  }
  return said(added, (ids) => `VPCs that nothing describes: ${ids}`, 'their blocks are inferred');
}

const localBlocks = (table: RouteTable, vpcId: VpcId): readonly string[] =>
  table.vpcId !== vpcId
    ? []
    : table.routes.flatMap(({ destination, target }) =>
        target.kind === 'local' && destination.kind === 'cidr' ? [destination.cidr] : [],
      );

const blocksOfSubnet = (subnet: Subnet, vpcId: VpcId): readonly string[] =>
  subnet.vpcId !== vpcId ? [] : allBlocksOfSubnet(subnet);

/** A route to a gateway says that the table's VPC has it, where nothing says otherwise. */
function internetGateways(draft: Draft): readonly Unknown[] {
  const added: string[] = [];
  for (const { scope, entity: table } of draft.all('routeTable')) {
    for (const { target } of table.routes) {
      if (target.kind !== 'internetGateway' || draft.find('internetGateway', target.id)) continue;
      draft.add(scope, 'internetGateway', { id: target.id, vpcId: table.vpcId, tags: noTags });
      added.push(target.id);
    }
  }
  return said(
    added,
    (ids) => `internet gateways that only routes name: ${ids}`,
    'they are taken to be attached',
  );
}

function egressOnlyGateways(draft: Draft): readonly Unknown[] {
  const added: string[] = [];
  for (const { scope, entity: table } of draft.all('routeTable')) {
    for (const { target } of table.routes) {
      if (target.kind !== 'egressOnlyGateway' || draft.find('egressOnlyGateway', target.id)) continue;
      draft.add(scope, 'egressOnlyGateway', { id: target.id, vpcId: table.vpcId, tags: noTags });
      added.push(target.id);
    }
  }
  return said(
    added,
    (ids) => `egress-only gateways that only routes name: ${ids}`,
    'they are taken to be attached',
  );
}

function instances(draft: Draft, stableHex: StableHex): readonly Unknown[] {
  const added: InstanceId[] = [];
  for (const { scope, entity: eni } of draft.all('eni')) {
    const id = eni.attachment?.instanceId;
    if (id === undefined || draft.find('instance', id)) continue;
    const zone = draft.find('subnet', eni.subnetId)?.entity.zone ?? '';
    draft.add(scope, 'instance', inferredInstance(id, eni, zone, { stableHex }));
    added.push(id);
  }
  return said(added, (ids) => `instances that only interfaces name: ${ids}`, 'they are taken to run');
}

/** A NAT gateway works through its interface, which only DescribeNetworkInterfaces shows whole. */
function natInterfaces(draft: Draft): readonly Unknown[] {
  const lost = draft
    .all('natGateway')
    .flatMap(({ entity }) =>
      entity.availability !== 'regional' && entity.state === 'available' && !draft.find('eni', entity.eniId)
        ? [entity.id]
        : [],
    );
  return said(
    lost,
    (ids) => `NAT gateways whose interface nothing describes: ${ids}`,
    'routes to them lead nowhere that is known',
  );
}

type SubnetInUse = { readonly scope: Scope; readonly id: SubnetId; readonly vpcId: VpcId };

/** The subnets that are described, and those that only interfaces name. */
function subnetsInUse(draft: Draft): readonly SubnetInUse[] {
  const all = [
    ...draft.all('subnet').map(({ scope, entity: { id, vpcId } }) => ({ scope, id, vpcId })),
    ...draft.all('eni').map(({ scope, entity }) => ({ scope, id: entity.subnetId, vpcId: entity.vpcId })),
  ];
  return [...new Map(all.map((each) => [each.id, each])).values()];
}

/** Every subnet has an ACL; where it is not known, nothing may be concluded from it, so it stops nothing. */
function acls(draft: Draft, stableHex: StableHex): readonly Unknown[] {
  const known = new Set(
    draft.all('networkAcl').flatMap(({ entity }) => entity.associations.map(({ subnetId }) => subnetId)),
  );
  const bare = subnetsInUse(draft).filter(({ id }) => !known.has(id));
  for (const together of Map.groupBy(bare, ({ vpcId }) => vpcId).values()) {
    const [first] = together;
    if (!first) continue;
    const { scope, vpcId } = first;
    draft.add(scope, 'networkAcl', {
      id: `acl-${stableHex(`${vpcId} acl`)}` as Id<'networkAcl'>,
      vpcId,
      isDefault: false,
      entries: openEntries(),
      associations: together.map((each) => ({
        id: `aclassoc-${stableHex(`${each.id} acl`)}` as Id<'networkAclAssociation'>,
        subnetId: each.id,
      })),
      tags: noTags,
    });
  }
  return said(
    bare.map(({ id }) => id),
    (ids) => `the network ACLs of the subnets ${ids}`,
    'they are taken to allow everything',
  );
}

function openEntries(): readonly AclEntry[] {
  return directions.flatMap((direction) =>
    Object.values(everybody).map((cidr, index): AclEntry => {
      return { direction, number: 100 + index, action: 'allow', service: { kind: 'all' }, cidr };
    }),
  );
}

/** Every table has the local routes, so a VPC without a main table has at least those. */
function routeTables(draft: Draft, stableHex: StableHex): readonly Unknown[] {
  const tables = draft.all('routeTable').map(({ entity }) => entity);
  const subjects = tables.flatMap(({ vpcId, associations }) =>
    associations.map(({ subject }) =>
      subject.kind === 'subnet' ? subject.subnetId : `${subject.kind} ${vpcId}`,
    ),
  );
  const known = new Set<string>(subjects);
  const lost = subnetsInUse(draft).filter(({ id, vpcId }) => !known.has(id) && !known.has(`main ${vpcId}`));
  for (const { scope, vpcId } of lost) {
    const vpc = draft.find('vpc', vpcId)?.entity;
    if (!vpc || known.has(`main ${vpc.id}`)) continue;
    known.add(`main ${vpc.id}`);
    draft.add(scope, 'routeTable', mainTable(vpc, stableHex));
  }
  return said(
    lost.map(({ id }) => id),
    (ids) => `the route tables of the subnets ${ids}`,
    'only their routes inside the VPC are known',
  );
}

function mainTable(vpc: Vpc, stableHex: StableHex): RouteTable {
  const routes = [...vpc.cidrBlocks, ...vpc.ipv6Blocks].map(
    ({ cidr }): Route => ({
      destination: { kind: 'cidr', cidr },
      target: { kind: 'local' },
      origin: 'CreateRouteTable',
    }),
  );
  const id = `rtbassoc-${stableHex(`${vpc.id} main`)}` as Id<'routeTableAssociation'>;
  return {
    id: `rtb-${stableHex(`${vpc.id} main`)}` as Id<'routeTable'>,
    vpcId: vpc.id,
    routes,
    associations: [{ id, subject: { kind: 'main' } }],
    tags: noTags,
  };
}

/** A peering stands in the networks of both its sides. */
function peerings(draft: Draft): readonly Unknown[] {
  const away: string[] = [];
  for (const { entity } of draft.all('peering')) {
    for (const side of [entity.requester, entity.accepter]) {
      const vpc = draft.find('vpc', side.vpcId);
      if (vpc) draft.add(vpc.scope, 'peering', entity);
      else if (entity.status === 'active') away.push(side.vpcId);
    }
  }
  return said(
    away,
    (ids) => `peered VPCs that nothing describes: ${ids}`,
    'what is in them, and whether they let it in, is unknown',
  );
}
