import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Eni } from '#vpc/eni.ts';
import type { Id } from '#vpc/ids.ts';
import { emptyNetwork, networkOf, put, type World } from '#vpc/network.ts';
import type { RouteTarget } from '#vpc/routing.ts';
import { scopeKey } from '#vpc/scope.ts';
import { noTags } from '#vpc/tags.ts';
import { withGatewayTable } from '../../tests/support/edges.ts';
import {
  buildWorld,
  cidr,
  eniId,
  gatewayId,
  idFor,
  ip,
  securityGroup,
  subnetId,
  testScope,
  vpcId,
  withEntity,
} from '../../tests/support/network.ts';
import { ping, runScenario, tcp, udp } from '../../tests/support/packets.ts';
import { ask } from './can.ts';

const base = buildWorld({
  subnets: {
    pub: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true },
    priv: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64' },
    nat: {
      cidr: '10.0.4.0/24',
      internet: true,
      acl: {
        ingress: ['100 deny tcp/25 0.0.0.0/0', '200 allow all 0.0.0.0/0'],
        egress: ['100 allow all 0.0.0.0/0'],
      },
    },
  },
  groups: {
    out: { egress: ['all 0.0.0.0/0', 'all ::/0'] },
    web: { ingress: ['tcp/80 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] },
    none: {},
  },
  enis: {
    a: { subnet: 'priv', ips: ['10.0.2.20', '2001:db8:100:2::20'], groups: ['out'] },
    b: { subnet: 'priv', ips: ['10.0.2.21'], groups: ['web'] },
    m: { subnet: 'pub', ips: ['10.0.1.99'], groups: ['out', 'web'] },
    n: { subnet: 'nat', ips: ['10.0.4.5'], groups: [], publicIp: '198.18.0.5' },
  },
});

const addresses = { a: '10.0.2.20', b: '10.0.2.21', m: '10.0.1.99', n: '10.0.4.5' };

/** The world with one more route in a subnet's table. */
function routing(world: World, subnet: string, block: string, target: RouteTarget): World {
  const table = networkOf(world, testScope).routeTable.get(idFor('rtb', subnet));
  if (!table) throw new Error(`no table for ${subnet}`);
  const route = { destination: { kind: 'cidr', cidr: cidr(block) }, target, origin: 'CreateRoute' } as const;
  return withEntity(world, 'routeTable', { ...table, routes: [...table.routes, route] });
}

function eniOf(world: World, name: string): Eni {
  const eni = networkOf(world, testScope).eni.get(eniId(name));
  if (!eni) throw new Error(`no interface ${name}`);
  return eni;
}

function withPublicIp(world: World, name: string, publicIp: string): World {
  const eni = eniOf(world, name);
  const privateIps = eni.privateIps.map((each) => ({ ...each, launchPublicIp: ip(publicIp) }));
  return withEntity(world, 'eni', { ...eni, privateIps });
}

const natId = idFor('nat', 'n') as Id<'natGateway'>;

/** `n` becomes a NAT gateway, and the private subnet's way out. */
function withNat(): World {
  const { attachment: _, ...eni } = eniOf(base, 'n');
  const world = withEntity(base, 'eni', { ...eni, requesterManaged: true, interfaceType: 'nat_gateway' });
  const gateway = {
    id: natId,
    vpcId,
    subnetId: subnetId('nat'),
    eniId: eni.id,
    connectivity: 'public',
    state: 'available',
    createdAtMs: 0,
    tags: noTags,
  } as const;
  return routing(withEntity(world, 'natGateway', gateway), 'priv', '0.0.0.0/0', {
    kind: 'natGateway',
    id: natId,
  });
}

test('NAT gateway: requests get out, answers come back, nothing else comes in', () => {
  const world = withNat();
  runScenario(addresses, [
    [world, 'a', '203.0.113.9', tcp(4000, 443), 'accept'],
    [world, '203.0.113.9', '198.18.0.5', tcp(443, 4000, 'SA'), 'accept'],
    [world, '203.0.113.9', '198.18.0.5', tcp(443, 4001, 'SA'), 'noTranslation'],
    [world, '203.0.113.8', '198.18.0.5', tcp(443, 4000, 'SA'), 'noTranslation'],
    [world, '203.0.113.9', '198.18.0.5', tcp(443, 80), 'noTranslation'],
    [world, 'a', '203.0.113.9', ping(8, 77), 'accept'],
    [world, '203.0.113.9', '198.18.0.5', ping(0, 77), 'accept'],
    [world, '203.0.113.9', '198.18.0.5', ping(0, 78), 'noTranslation'],
  ]);
});

test('NAT gateway: requests go out from its primary address, and a secondary one takes no answers', () => {
  const world = withNat();
  const eni = eniOf(world, 'n');
  const second = { address: ip('10.0.4.6'), isPrimary: false, launchPublicIp: ip('198.18.0.6') };
  const wide = withEntity(world, 'eni', { ...eni, privateIps: [...eni.privateIps, second] });
  runScenario(addresses, [
    [wide, 'a', '203.0.113.9', tcp(4000, 443), 'accept'],
    [wide, '203.0.113.9', '198.18.0.6', tcp(443, 4000, 'SA'), 'noTranslation'],
    [wide, '203.0.113.9', '198.18.0.5', tcp(443, 4000, 'SA'), 'accept'],
  ]);
});

test('internet gateway: its own table sends what comes in to an interface first', () => {
  const secluded = withEntity(base, 'eni', { ...eniOf(base, 'm'), sourceDestCheck: false });
  const open = withPublicIp(secluded, 'm', '198.18.0.99');
  const toBox = { kind: 'eni', id: eniOf(base, 'm').id } as const;
  const web = withPublicIp(open, 'b', '198.18.0.21');
  const hidden = withEntity(web, 'eni', eniOf(secluded, 'm'));
  const unreached = withGatewayTable(hidden, gatewayId, [['10.0.2.0/24', toBox]]);
  const boxed = withGatewayTable(web, gatewayId, [['10.0.2.0/24', toBox]]);
  const elsewhere = withGatewayTable(web, gatewayId, [['10.0.2.64/26', toBox]]);
  const strict = withEntity(web, 'eni', { ...eniOf(web, 'm'), sourceDestCheck: true });
  const checking = withGatewayTable(strict, gatewayId, [['10.0.2.0/24', toBox]]);
  runScenario(addresses, [
    [web, '203.0.113.9', '198.18.0.21', tcp(4000, 80), 'accept'],
    [web, '203.0.113.9', '198.18.0.21', tcp(4000, 81), 'group ingress'],
    // The box's groups judge what is for others as they judge what is for it.
    [boxed, '203.0.113.9', '198.18.0.21', tcp(4001, 80), 'accept'],
    [boxed, 'm=203.0.113.9', 'b', tcp(4001, 80), 'accept'],
    [checking, '203.0.113.9', '198.18.0.21', tcp(4002, 80), 'sourceDestCheck'],
    [unreached, '203.0.113.9', '198.18.0.21', tcp(4002, 80), 'noPublicTarget'],
    [elsewhere, '203.0.113.9', '198.18.0.21', tcp(4003, 80), 'accept'],
  ]);
  const ends = { from: '203.0.113.9', to: '198.18.0.21', wanted: { kind: 'tcp', port: 80 } } as const;
  const answers = [web, boxed, elsewhere].map((world) => {
    const asked = ask(world, ends);
    const [answer] = asked.kind === 'answered' ? asked.answers : [];
    return answer?.request.kind === 'accept' && answer.request.delivery.kind === 'eni'
      ? answer.request.delivery.eniId
      : undefined;
  });
  assert.deepEqual(answers, ['b', 'm', 'b'].map(eniId));
});

test('internet gateway: an IPv6 address that nobody holds leads to its VPC, and to whom the gateway’s table says', () => {
  const nobody = '2001:db8:100:2::99';
  const forwards = withEntity(base, 'eni', { ...eniOf(base, 'm'), sourceDestCheck: false });
  const open = withPublicIp(forwards, 'm', '198.18.0.99');
  const rules = securityGroup('web', { ingress: ['tcp/80 ::/0'] });
  const boxed = withGatewayTable(withEntity(open, 'securityGroup', rules), gatewayId, [
    ['2001:db8:100:2::/64', { kind: 'eni', id: eniOf(base, 'm').id }],
  ]);
  const detached = withEntity(boxed, 'internetGateway', { id: gatewayId, tags: noTags });
  runScenario(addresses, [
    [base, '2001:db8:9::9', nobody, tcp(4000, 80), 'noInterface'],
    [boxed, '2001:db8:9::9', nobody, tcp(4000, 80), 'accept'],
    [boxed, '2001:db8:9::9', nobody, tcp(4000, 81), 'group ingress'],
    [boxed, '2001:db8:9::9', '2001:db8:100:3::99', tcp(4000, 80), 'noInterface'],
    [boxed, '2001:db8:9::9', '2001:db8:101::99', tcp(4000, 80), 'accept'],
    [boxed, '2001:db8:100:1::1', nobody, tcp(4000, 80), 'spoofed'],
    [detached, '2001:db8:9::9', nobody, tcp(4000, 80), 'notAttached'],
  ]);
});

test('NAT gateway: its subnet’s ACL judges both passes, and the sender’s groups the first', () => {
  const world = withNat();
  runScenario(addresses, [
    [world, 'a', '203.0.113.9', tcp(4000, 25), 'acl ingress'],
    [world, 'a', '203.0.113.9', tcp(4000, 26), 'accept'],
    [
      withEntity(world, 'securityGroup', securityGroup('out', {})),
      'a',
      '203.0.113.9',
      tcp(4001, 26),
      'group egress',
    ],
  ]);
});

test('NAT gateway: a flow through it is tracked even where everybody is admitted on all ports', () => {
  const world = withNat();
  const open = withEntity(
    world,
    'securityGroup',
    securityGroup('out', { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] }),
  );
  const shut = withEntity(world, 'securityGroup', securityGroup('out', {}));
  runScenario(addresses, [
    [open, 'a', '203.0.113.9', udp(4000, 53), 'accept'],
    [shut, 'a', '203.0.113.9', udp(4000, 53), 'accept'],
    [shut, '203.0.113.9', '198.18.0.5', udp(53, 4000), 'accept'],
    [shut, 'a', '203.0.113.9', udp(4001, 53), 'group egress'],
  ]);
});

test('a target that is not followed is no blackhole: what it carries nobody knows', () => {
  const vgw = routing(base, 'priv', '192.168.0.0/16', { kind: 'other', id: 'vgw-0123456789abcdef0' });
  runScenario(addresses, [
    [vgw, 'a', '192.168.9.9', tcp(4000, 443), 'notFollowed'],
    [vgw, 'a', '192.167.9.9', tcp(4000, 443), 'noRoute'],
  ]);
});

test('NAT gateway: a deleted one is a blackhole', () => {
  const world = withNat();
  const gateway = networkOf(world, testScope).natGateway.get(natId);
  const gone = gateway ? withEntity(world, 'natGateway', { ...gateway, state: 'deleted' }) : world;
  runScenario(addresses, [[gone, 'a', '203.0.113.9', tcp(4000, 443), 'blackhole']]);
});

test('egress-only gateway: IPv6 out and its answers in, nothing else', () => {
  const id = idFor('eigw', 'e') as Id<'egressOnlyGateway'>;
  const gateway = withEntity(base, 'egressOnlyGateway', { id, vpcId, tags: noTags });
  const detached = withEntity(gateway, 'internetGateway', { id: gatewayId, tags: noTags });
  const world = routing(detached, 'priv', '::/0', { kind: 'egressOnlyGateway', id });
  const own = 'a=2001:db8:100:2::20';
  runScenario(addresses, [
    [world, '2001:db8:9::9', '2001:db8:100:2::20', tcp(443, 4000, 'SA'), 'notAttached'],
    [world, own, '2001:db8:9::9', tcp(4000, 443), 'accept'],
    [world, '2001:db8:9::9', '2001:db8:100:2::20', tcp(443, 4000, 'SA'), 'accept'],
    [world, '2001:db8:9::9', '2001:db8:100:2::20', tcp(443, 4001, 'SA'), 'notAttached'],
  ]);
});

test('egress-only gateway: what answers by it a request that came by the internet gateway opens nothing', () => {
  const id = idFor('eigw', 'e') as Id<'egressOnlyGateway'>;
  const rules = securityGroup('out', { ingress: ['udp/53 ::/0', 'proto/50 ::/0'], egress: ['all ::/0'] });
  const gateway = withEntity(base, 'egressOnlyGateway', { id, vpcId, tags: noTags });
  const both = routing(withEntity(gateway, 'securityGroup', rules), 'priv', '::/0', {
    kind: 'egressOnlyGateway',
    id,
  });
  // Without the internet gateway only what the egress-only one takes for an answer comes in.
  const alone = withEntity(both, 'internetGateway', { id: gatewayId, tags: noTags });
  const [own, outside] = ['2001:db8:100:2::20', '2001:db8:9::9'];
  const protocol = { kind: 'other', protocol: 50 } as const;
  runScenario(addresses, [
    [both, outside, own, udp(4000, 53), 'accept'],
    [both, `a=${own}`, outside, udp(53, 4000), 'accept'],
    [both, outside, own, protocol, 'accept'],
    [both, `a=${own}`, outside, protocol, 'accept'],
    [alone, outside, own, udp(4000, 53), 'notAttached'],
    [alone, outside, own, protocol, 'notAttached'],
    [alone, `a=${own}`, outside, udp(53, 4001), 'accept'],
    [alone, outside, own, udp(4001, 53), 'accept'],
  ]);
});

test('peering: by routes of both sides, with group references, and no transit', () => {
  const otherScope = { account: '210987654321', region: 'us-east-1' };
  const otherVpc = idFor('vpc', 'o') as Id<'vpc'>;
  const id = idFor('pcx', 'p') as Id<'peering'>;
  const rename = (text: string) => text.replaceAll(vpcId, otherVpc).replaceAll('10.0.', '10.9.');
  // The other side: the same kind of network with its own ids and blocks, a group `web` that admits group `out` here.
  const far = buildWorld({
    cidrs: ['10.0.0.0/16'],
    subnets: { far: { cidr: '10.0.1.0/24' } },
    groups: { farweb: { ingress: ['tcp/80 out', 'icmp/8 0.0.0.0/0'] } },
    enis: { f: { subnet: 'far', ips: ['10.0.1.50'], groups: ['farweb'] } },
  });
  let farNetwork = emptyNetwork;
  const kinds = ['vpc', 'subnet', 'eni', 'instance', 'securityGroup', 'networkAcl', 'routeTable'] as const;
  for (const kind of kinds) {
    for (const entity of networkOf(far, testScope)[kind].values()) {
      farNetwork = put(farNetwork, kind, JSON.parse(rename(JSON.stringify(entity))) as never);
    }
  }
  const peering = (status: 'active' | 'deleted') => ({
    id,
    requester: { ...testScope, vpcId },
    accepter: { ...otherScope, vpcId: otherVpc },
    status,
    createdAtMs: 0,
    tags: noTags,
  });
  const target = { kind: 'peering', id } as const;
  const here = routing(
    withEntity(base, 'peering', peering('active') as never),
    'priv',
    '10.9.0.0/16',
    target,
  );
  const oneWay = here.set(scopeKey(otherScope), farNetwork);
  const farTable = farNetwork.routeTable.get(idFor('rtb', 'far'));
  if (!farTable) throw new Error('no far table');
  const back = {
    destination: { kind: 'cidr', cidr: cidr('10.0.0.0/16') },
    target,
    origin: 'CreateRoute',
  } as const;
  const world = oneWay.set(
    scopeKey(otherScope),
    put(farNetwork, 'routeTable', { ...farTable, routes: [...farTable.routes, back] }),
  );
  const deleted = withEntity(world, 'peering', peering('deleted') as never);
  const all = { ...addresses, f: '10.9.1.50' };
  runScenario(all, [
    [oneWay, 'a', 'f', tcp(4000, 80), 'accept'],
    [oneWay, 'f', 'a', tcp(80, 4000, 'SA'), 'noRoute'],
    [world, 'f', 'a', tcp(80, 4000, 'SA'), 'accept'],
    [world, 'b', 'f', tcp(4000, 80), 'group ingress'],
    [world, 'a', 'f', tcp(4000, 81), 'group ingress'],
    [world, 'a', 'f', ping(8), 'accept'],
    [world, 'm', 'f', tcp(4000, 80), 'noPublicAddress'],
    [world, 'a', '10.9.1.51', tcp(4000, 80), 'noInterface'],
    [deleted, 'a', 'f', tcp(4001, 80), 'blackhole'],
  ]);
});

test('middlebox: forwards for others only without its source/destination check, and as itself has no group', () => {
  const box = (check: boolean) =>
    routing(
      withEntity(base, 'eni', { ...eniOf(base, 'm'), sourceDestCheck: check }),
      'priv',
      '203.0.113.0/24',
      {
        kind: 'eni',
        id: eniOf(base, 'm').id,
      },
    );
  const byGroup = withEntity(
    box(false),
    'securityGroup',
    securityGroup('web', { ingress: ['tcp/80 out'], egress: ['all 0.0.0.0/0'] }),
  );
  runScenario(addresses, [
    [box(true), 'a', '203.0.113.9', tcp(4000, 80), 'sourceDestCheck'],
    [box(false), 'a', '203.0.113.9', tcp(4000, 80), 'accept'],
    [box(false), 'a', '203.0.113.9', tcp(4000, 81), 'group ingress'],
    [box(true), 'm=10.0.2.20', 'b', tcp(4000, 80), 'spoofed'],
    [box(false), 'm=10.0.2.20', 'b', tcp(4000, 80), 'accept'],
    // The groups of an interface count only for its own addresses.
    [byGroup, 'm=10.0.2.20', 'b', tcp(4001, 80), 'group ingress'],
    [byGroup, 'm', 'b', tcp(4001, 80), 'accept'],
  ]);
});

test('routes: what stays in a subnet meets none of them, down to the edges of its block', () => {
  const target = { kind: 'eni', id: eniOf(base, 'm').id } as const;
  const box = withEntity(base, 'eni', { ...eniOf(base, 'm'), sourceDestCheck: false });
  const own = routing(box, 'priv', '10.0.2.0/24', target);
  const nobodys = routing(box, 'priv', '10.0.0.0/16', { kind: 'natGateway', id: natId });
  runScenario(addresses, [
    [own, 'a', 'b', tcp(4000, 80), 'accept'],
    [own, 'a', 'b', tcp(4000, 81), 'group ingress'],
    [own, 'a', '10.0.2.255', tcp(4000, 80), 'noInterface'],
    [nobodys, 'a', 'b', tcp(4001, 80), 'accept'],
  ]);
});
