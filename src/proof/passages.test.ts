/** A NAT gateway in another VPC: the ways by which answers from the internet come home, asked of `decide` and the prover. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '#policy/endpoint.ts';
import type { Eni } from '#vpc/eni.ts';
import type { Id } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';
import type { RouteTarget } from '#vpc/routing.ts';
import { works } from '../../tests/support/conversations.ts';
import {
  eniOf,
  peeringId,
  withNatGatewayFor,
  withOtherVpc,
  withPeering,
  withRoute,
} from '../../tests/support/edges.ts';
import { buildWorld, idFor, ip, subnetId, testScope, vpcId } from '../../tests/support/network.ts';
import {
  transitId,
  withTransitGateway,
  withTransitTable,
  withVpcAttachment,
} from '../../tests/support/transit.ts';
import { pointOf } from './address-line.ts';
import { outsideOf } from './outside.ts';
import { explanationsOf } from './path-obstacles.ts';
import { tryEndpoints } from './path-trial.ts';
import { indexWorld } from './reach-index.ts';
import { spansAt } from './region.ts';
import { holds } from './spans.ts';

const otherVpc = idFor('vpc', 'o') as Id<'vpc'>;
const toHub = { kind: 'transitGateway', id: transitId('t') } as const;
const toPeer = { kind: 'peering', id: peeringId('p') } as const;
const open = { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] };

/** `a` in s1 goes out by the NAT gateway in `far` of the other VPC, whose routes lead home by this target. */
function centralNat(home: RouteTarget | undefined): World {
  let world = buildWorld({
    subnets: { s1: { cidr: '10.0.1.0/24' } },
    groups: { near: open },
    enis: { a: { subnet: 's1', ips: ['10.0.1.10'], groups: ['near'] } },
  });
  world = withOtherVpc(
    world,
    otherVpc,
    {
      cidrs: ['10.9.0.0/16'],
      subnets: { far: { cidr: '10.9.1.0/24' }, t2: { cidr: '10.9.9.0/24' } },
      groups: { other: open },
      enis: { f: { subnet: 'far', ips: ['10.9.1.10'], groups: ['other'] } },
    },
    testScope,
  );
  world = withPeering(withNatGatewayFor(world, otherVpc), 'p', [
    { ...testScope, vpcId },
    { ...testScope, vpcId: otherVpc },
  ]);
  world = withTransitGateway(withRoute(world, 's1', '0.0.0.0/0', toHub), 't');
  const near = { name: 'x', gateway: 't', vpcId, subnetIds: [subnetId('s1')] };
  const there = { name: 'y', gateway: 't', vpcId: otherVpc, subnetIds: [subnetId('t2')] };
  world = withVpcAttachment(withVpcAttachment(world, near), there);
  world = withTransitTable(world, 'm', {
    gateway: 't',
    attachments: ['x', 'y'],
    routes: ['0.0.0.0/0 y', '10.0.0.0/16 x'],
  });
  return home ? withRoute(world, 'far', '10.0.0.0/16', home) : world;
}

const rows: readonly (readonly [name: string, home: RouteTarget | undefined, isOpen: boolean])[] = [
  ['by the transit gateway', toHub, true],
  // Its packets come from the internet, not from the VPC on this side of the peering.
  ['by a peering, which takes nothing from outside its VPCs', toPeer, false],
  ['by no route', undefined, false],
];

for (const [name, home, isOpen] of rows) {
  test(`answers through a NAT gateway of another VPC come home ${name}: ${isOpen}`, () => {
    const world = centralNat(home);
    const index = indexWorld(world);
    const eni = eniOf(world, 'a');
    const member = { eni, ip: ip('10.0.1.10') };
    const point = index.classes.find(({ members }) => members.some((each) => each.eni.id === eni.id));
    assert.ok(point);
    const host: Endpoint = { kind: 'internet', ip: ip('203.0.113.9') };
    const region = outsideOf(index, point, member, 'egress').internet;
    const https = (6 << 16) | 443;
    assert.equal(holds(spansAt(region, pointOf(host.ip)), https), isOpen);
    const from = { kind: 'eni', eniId: eni.id, ip: member.ip } as const;
    assert.equal(works(world, from, host, https, 'ipv4'), isOpen);
  });
}

test('what a transit gateway does not carry is explained with the component that stops it', () => {
  const world = withTransitTable(centralNat(toHub), 'm', { gateway: 't', attachments: ['x'], routes: [] });
  const [from, to] = ['a', 'f'].map((name) => eniOf(world, name));
  assert.ok(from && to);
  const endpoint = (eni: Eni, own: string): Endpoint => ({ kind: 'eni', eniId: eni.id, ip: ip(own) });
  const ports = { protocol: 'tcp', destination: 80 } as const;
  const trial = tryEndpoints(world, endpoint(from, '10.0.1.10'), endpoint(to, '10.9.1.10'), ports);
  const [explanation] = trial ? explanationsOf(world, trial) : [];
  assert.equal(explanation?.code, 'TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT');
  assert.equal(explanation?.component?.id, idFor('tgw-rtb', 'm'));
});
