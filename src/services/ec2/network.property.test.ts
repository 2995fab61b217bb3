/** Whatever users do to VPCs, subnets, tables, ACLs and blocks, and in whatever order, what AWS promises holds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { overlaps } from '#net/cidr.ts';
import type { Network } from '#vpc/network.ts';
import { allBlocksOfSubnet } from '#vpc/subnet-space.ts';
import { blocksOfVpc } from '#vpc/vpc-space.ts';
import { Account } from '../../../tests/support/account.ts';

/** Picks that stand for ids, blocks and tables; they are taken modulo what there is. */
type Picks = { readonly action: number; readonly a: number; readonly b: number; readonly c: number };

const picks = fc.record({
  action: fc.nat(13),
  a: fc.nat(20),
  b: fc.nat(20),
  c: fc.nat(20),
});

const blocks = [
  '10.0.0.0/16',
  '10.2.0.0/20',
  '10.2.0.0/16',
  '172.16.0.0/16',
  '192.168.0.0/24',
  '100.64.0.0/16',
];
const subnetBlocks = [
  '10.0.0.0/24',
  '10.0.0.0/25',
  '10.0.1.0/24',
  '10.2.0.0/24',
  '172.16.0.0/20',
  '192.168.0.0/28',
];

const pick = <T>(all: Iterable<T>, index: number): T | undefined => {
  const list = [...all];
  return list[index % Math.max(1, list.length)];
};

/** The request that the picks stand for. */
function requestOf({ network }: Account, { action, a, b, c }: Picks): readonly [string, object] {
  const VpcId = pick(network.vpc.values(), a)?.id;
  const subnet = pick(network.subnet.values(), a);
  const table = pick(network.routeTable.values(), b);
  const acl = pick(network.networkAcl.values(), b);
  const vpc = pick(network.vpc.values(), a);
  const requests: readonly (readonly [string, object])[] = [
    ['CreateVpc', { CidrBlock: pick(blocks, b), AmazonProvidedIpv6CidrBlock: c % 2 === 0 }],
    ['DeleteVpc', { VpcId }],
    ['CreateSubnet', { VpcId, CidrBlock: pick(subnetBlocks, b) }],
    ['DeleteSubnet', { SubnetId: subnet?.id }],
    ['CreateRouteTable', { VpcId }],
    ['DeleteRouteTable', { RouteTableId: table?.id }],
    ['AssociateRouteTable', { RouteTableId: table?.id, SubnetId: subnet?.id }],
    [
      'ReplaceRouteTableAssociation',
      {
        RouteTableId: table?.id,
        AssociationId: pick(pick(network.routeTable.values(), c)?.associations ?? [], a)?.id,
      },
    ],
    ['CreateNetworkAcl', { VpcId }],
    ['DeleteNetworkAcl', { NetworkAclId: acl?.id }],
    [
      'ReplaceNetworkAclAssociation',
      {
        NetworkAclId: acl?.id,
        AssociationId: pick(pick(network.networkAcl.values(), c)?.associations ?? [], a)?.id,
      },
    ],
    [
      'AssociateVpcCidrBlock',
      { VpcId, ...(c % 3 === 0 ? { AmazonProvidedIpv6CidrBlock: true } : { CidrBlock: pick(blocks, b) }) },
    ],
    [
      'DisassociateVpcCidrBlock',
      { AssociationId: pick([...(vpc?.cidrBlocks ?? []), ...(vpc?.ipv6Blocks ?? [])], c)?.associationId },
    ],
    ['CreateNetworkInterface', { SubnetId: subnet?.id }],
  ];
  return requests[action] ?? assert.fail(String(action));
}

function checkVpcs(network: Network): void {
  for (const vpc of network.vpc.values()) {
    assert.equal([...network.routeTable.by('mainOf', vpc.id)].length, 1, `main table of ${vpc.id}`);
    const acls = [...network.networkAcl.by('vpc', vpc.id)];
    assert.equal(acls.filter(({ isDefault }) => isDefault).length, 1, `default ACL of ${vpc.id}`);
    const mine = blocksOfVpc(vpc);
    for (const [index, block] of mine.entries())
      assert.ok(!mine.slice(index + 1).some((other) => overlaps(block, other)), `blocks of ${vpc.id}`);
    for (const table of network.routeTable.by('vpc', vpc.id)) {
      const local = table.routes.flatMap(({ destination, origin }) =>
        origin === 'CreateRouteTable' && destination.kind === 'cidr' ? [destination.cidr] : [],
      );
      assert.deepEqual(local.toSorted(), mine.toSorted(), `local routes of ${table.id}`);
    }
  }
}

function checkSubnets(network: Network): void {
  const subnets = [...network.subnet.values()];
  for (const [index, subnet] of subnets.entries()) {
    assert.ok(network.vpc.has(subnet.vpcId), `${subnet.id} has its VPC`);
    assert.equal(network.networkAcl.countBy('subnet', subnet.id), 1, `ACL of ${subnet.id}`);
    assert.ok(network.routeTable.countBy('subnet', subnet.id) <= 1, `tables of ${subnet.id}`);
    const twin = subnets
      .slice(index + 1)
      .filter(({ vpcId }) => vpcId === subnet.vpcId)
      .find((other) =>
        allBlocksOfSubnet(other).some((a) => allBlocksOfSubnet(subnet).some((b) => overlaps(a, b))),
      );
    assert.equal(twin, undefined, `${subnet.id} is apart`);
  }
  for (const { id, vpcId, associations } of [
    ...network.networkAcl.values(),
    ...network.routeTable.values(),
  ]) {
    assert.ok(network.vpc.has(vpcId), `${id} has its VPC`);
    for (const association of associations) {
      const subnetId = 'subnetId' in association ? association.subnetId : undefined;
      if (subnetId) assert.equal(network.subnet.get(subnetId)?.vpcId, vpcId, `${id} and ${subnetId}`);
    }
  }
  for (const eni of network.eni.values())
    assert.ok(network.subnet.has(eni.subnetId), `${eni.id} has its subnet`);
}

test('the promises hold after any requests', () => {
  let succeeded = 0;
  fc.assert(
    fc.property(fc.array(picks, { minLength: 10, maxLength: 60 }), (steps) => {
      const account = new Account();
      for (const step of steps) {
        const [action, input] = requestOf(account, step);
        if (account.attempt(action, input).kind === 'ok') succeeded++;
        checkVpcs(account.network);
        checkSubnets(account.network);
      }
    }),
    { numRuns: 60, seed: 20260101 },
  );
  // Guards the test itself: most sequences must get somewhere.
  assert.ok(succeeded > 300, `${succeeded} requests succeeded`);
});
