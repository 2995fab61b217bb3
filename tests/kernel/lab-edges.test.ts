import { describe, test } from 'node:test';
import type { Id } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';
import {
  asMiddlebox,
  asNatGateway,
  egressOnlyId,
  eniOf,
  natId,
  peeringId,
  putIn,
  withEgressOnly,
  withOtherVpc,
  withoutInternet,
  withPeering,
  withRoute,
} from '../support/edges.ts';
import {
  aclEntity,
  buildWorld,
  gatewayId,
  groupId,
  idFor,
  ip,
  type NetworkSpec,
  securityGroup,
  testScope,
  vpcId,
  withEntity,
} from '../support/network.ts';
import { type Addresses, packet, ping, tcp, udp } from '../support/packets.ts';
import { withBlock } from '../support/public-access.ts';
import { agree } from './agree.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';

const outside = '192.0.2.7';
const outside6 = '2001:db8:ffff::7';

const spec: NetworkSpec = {
  subnets: {
    pub: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true },
    priv: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64' },
    nat: {
      cidr: '10.0.4.0/24',
      internet: true,
      acl: {
        ingress: ['100 deny tcp/25 0.0.0.0/0', '200 allow all 0.0.0.0/0'],
        egress: ['90 deny tcp/4025 0.0.0.0/0', '100 allow all 0.0.0.0/0'],
      },
    },
  },
  groups: {
    out: { egress: ['all 0.0.0.0/0', 'all ::/0'] },
    web: { ingress: ['tcp/80 0.0.0.0/0', 'tcp/443 far'], egress: ['all 0.0.0.0/0'] },
    none: {},
  },
  enis: {
    a: { subnet: 'priv', ips: ['10.0.2.20', '2001:db8:100:2::20'], groups: ['out'] },
    b: { subnet: 'priv', ips: ['10.0.2.21'], groups: ['web'] },
    m: { subnet: 'pub', ips: ['10.0.1.99'], groups: ['out', 'web'] },
    w: { subnet: 'pub', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['web'], publicIp: '198.18.0.10' },
    n: { subnet: 'nat', ips: ['10.0.4.5'], groups: [], publicIp: '198.18.0.5' },
    k: { subnet: 'nat', ips: ['10.0.4.6'], groups: [] },
  },
};
const base = buildWorld(spec);
const at: Addresses = {
  a: '10.0.2.20',
  a6: '2001:db8:100:2::20',
  b: '10.0.2.21',
  m: '10.0.1.99',
  w: '10.0.1.10',
  w6: '2001:db8:100:1::10',
  f: '10.9.1.50',
  g: '10.9.1.51',
};
function withPublicIp(world: World, name: string, publicIp: string): World {
  const eni = eniOf(world, name);
  const privateIps = eni.privateIps.map((each) => ({ ...each, launchPublicIp: ip(publicIp) }));
  return withEntity(world, 'eni', { ...eni, privateIps });
}
const withGroup = (world: World, name: string, rules: NetworkSpec['groups'][string]) =>
  withEntity(world, 'securityGroup', securityGroup(name, rules));

describe('NAT gateways', { skip }, async () => {
  const nat = asNatGateway(asNatGateway(base, 'n'), 'k');
  const world = withRoute(nat, 'priv', '0.0.0.0/0', { kind: 'natGateway', id: natId('n') });
  const rig = await LabRig.start('nat', world);
  await rig.host(outside);

  test('requests get out with the public address, answers come back, nothing else comes in', () =>
    agree(rig, at, [
      [world, 'a', outside, tcp(4000, 443), 'accept'],
      [world, outside, '198.18.0.5', tcp(443, 4000, 'SA'), 'accept'],
      [world, 'a', outside, tcp(4000, 443, 'A'), 'accept'],
      [world, outside, '198.18.0.5', tcp(443, 4001, 'SA'), 'noTranslation'],
      [world, outside, '198.18.0.5', tcp(443, 80), 'noTranslation'],
      [world, 'a', outside, tcp(4002, 443, 'A'), 'group egress'],
      [world, 'a', outside, udp(4003, 53), 'accept'],
      [world, outside, '198.18.0.5', udp(53, 4003), 'accept'],
      [world, outside, '198.18.0.5', udp(53, 4004), 'noTranslation'],
      [world, 'a', outside, ping(8, 77), 'accept'],
      [world, outside, '198.18.0.5', ping(0, 77), 'accept'],
      [world, outside, '198.18.0.5', ping(0, 78), 'noTranslation'],
      [world, outside, '198.18.0.5', ping(8, 77), 'noTranslation'],
      [world, 'a', outside, { kind: 'other', protocol: 50 }, 'noTranslation'],
    ]));

  test('an ICMP error about a translated packet finds its sender, one about nothing does not', () => {
    const about = (port: number) => packet({ ...at, n: '198.18.0.5' }, 'n', outside, udp(port, 53));
    const error = (port: number) =>
      ({ kind: 'icmp', type: 3, code: 3, identifier: 0, quoted: about(port) }) as const;
    return agree(rig, at, [
      [world, 'a', outside, udp(4100, 53), 'accept'],
      [world, outside, '198.18.0.5', error(4100), 'accept'],
      [world, outside, '198.18.0.5', error(4101), 'noTranslation'],
    ]);
  });

  test('the ACL of its subnet judges both passes', () =>
    agree(rig, at, [
      [world, 'a', outside, tcp(4200, 25), 'acl ingress'],
      [world, 'a', outside, tcp(4201, 4025), 'acl egress'],
      [world, 'a', outside, tcp(4202, 26), 'accept'],
    ]));

  test('what goes through it is always tracked', () => {
    const open = withGroup(world, 'out', { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] });
    const shut = withGroup(world, 'out', {});
    return agree(rig, at, [
      [open, 'a', outside, udp(4300, 53), 'accept'],
      [shut, 'a', outside, udp(4300, 53), 'accept'],
      [shut, outside, '198.18.0.5', udp(53, 4300), 'accept'],
      [shut, 'a', outside, udp(4301, 53), 'group egress'],
    ]);
  });

  test('a public address of the same VPC is reached through it', () =>
    agree(rig, at, [
      [world, 'a', '198.18.0.10', tcp(4400, 80), 'accept'],
      [world, 'w', '198.18.0.5', tcp(80, 4400, 'SA'), 'accept'],
    ]));

  test('a private one translates inside; several stand side by side', () => {
    const inner = withRoute(world, 'priv', '10.0.1.0/24', { kind: 'natGateway', id: natId('k') });
    return agree(rig, at, [
      [inner, 'a', 'w', tcp(4500, 80), 'accept'],
      [inner, 'w', '10.0.4.6', tcp(80, 4500, 'SA'), 'accept'],
      [inner, 'a', outside, tcp(4501, 443), 'accept'],
    ]);
  });

  // Both bring in the same addresses and ports: that one way is open says nothing about the other.
  test('what it brings back and what the internet gateway brings in are judged apart', () => {
    const opened = withGroup(withPublicIp(world, 'a', '198.18.0.20'), 'out', {
      ingress: ['udp/4600 0.0.0.0/0'],
      egress: ['all 0.0.0.0/0'],
    });
    const closed = withBlock(opened, 'block-ingress');
    const acl = {
      ingress: ['1 allow all 0.0.0.0/0'],
      egress: ['1 deny udp/4601 0.0.0.0/0', '2 allow all 0.0.0.0/0'],
    };
    const narrow = withEntity(opened, 'networkAcl', aclEntity('nat', acl));
    return agree(rig, at, [
      [closed, 'a', outside, udp(4600, 53), 'accept'],
      [closed, outside, '198.18.0.5', udp(53, 4600), 'accept'],
      [closed, outside, '198.18.0.20', udp(53, 4600), 'publicAccessBlocked'],
      [closed, outside, '198.18.0.5', udp(53, 4600), 'accept'],
      [narrow, 'a', outside, udp(4601, 53), 'accept'],
      [narrow, outside, '198.18.0.20', udp(53, 4601), 'accept'],
      [narrow, outside, '198.18.0.5', udp(53, 4601), 'acl egress'],
      [narrow, outside, '198.18.0.20', udp(53, 4601), 'accept'],
    ]);
  });

  test('a deleted one is a blackhole', () => {
    const gone = asNatGateway(world, 'n', 'deleted');
    return agree(rig, at, [
      [world, 'a', outside, udp(4600, 53), 'accept'],
      [gone, 'a', outside, udp(4600, 53), 'blackhole'],
      [gone, 'a', outside, tcp(4601, 443), 'blackhole'],
    ]);
  });
});

describe('egress-only gateways', { skip }, async () => {
  const both = withRoute(withEgressOnly(base), 'priv', '::/0', {
    kind: 'egressOnlyGateway',
    id: egressOnlyId,
  });
  const alone = withoutInternet(both);
  const rig = await LabRig.start('eigw', alone);
  await rig.host(outside6);

  test('IPv6 goes out and only its answers come in', () =>
    agree(rig, at, [
      [alone, outside6, 'a6', tcp(443, 5000, 'SA'), 'notAttached'],
      [alone, 'a6', outside6, tcp(5000, 443), 'accept'],
      [alone, outside6, 'a6', tcp(443, 5000, 'SA'), 'accept'],
      [alone, 'a6', outside6, tcp(5000, 443, 'A'), 'accept'],
      [alone, outside6, 'a6', tcp(443, 5001, 'SA'), 'notAttached'],
      [alone, 'a6', outside6, udp(5002, 53), 'accept'],
      [alone, outside6, 'a6', udp(53, 5002), 'accept'],
      [alone, outside6, 'a6', udp(53, 5003), 'notAttached'],
      [alone, 'a6', outside6, ping(128, 5), 'accept'],
      [alone, outside6, 'a6', ping(129, 5), 'accept'],
      [alone, outside6, 'a6', ping(128, 5), 'notAttached'],
    ]));

  test('beside an internet gateway it carries no answers to connections from outside', () => {
    const open = withGroup(both, 'out', {
      ingress: ['tcp/80 ::/0', 'tcp/81 2001:db8:ffff::/48', 'udp/80 ::/0'],
      egress: ['all 0.0.0.0/0', 'all ::/0'],
    });
    return agree(rig, at, [
      [open, outside6, 'a6', tcp(5100, 80), 'accept'],
      [open, 'a6', outside6, tcp(80, 5100, 'SA'), 'group egress'],
      [open, outside6, 'a6', tcp(5104, 81), 'accept'],
      [open, 'a6', outside6, tcp(81, 5104, 'SA'), 'noTranslation'],
      [open, 'a6', outside6, tcp(5101, 443), 'accept'],
      [open, outside6, 'a6', tcp(443, 5101, 'SA'), 'accept'],
      [open, 'a6', outside6, tcp(5101, 443, 'A'), 'accept'],
      [open, outside6, 'a6', udp(5102, 80), 'accept'],
      [open, 'a6', outside6, udp(80, 5102), 'accept'],
      [open, outside6, 'w6', tcp(5103, 80), 'group ingress'],
    ]);
  });

  test('beside an internet gateway it brings in answers to its own questions alone', () => {
    const protocol = { kind: 'other', protocol: 50 } as const;
    const direct = withRoute(both, 'priv', '::/0', { kind: 'internetGateway', id: gatewayId });
    const rules = { ingress: ['proto/50 ::/0', 'udp/80 ::/0'], egress: ['all ::/0'] };
    const [open, before] = [withGroup(both, 'out', rules), withGroup(direct, 'out', rules)];
    const closed = withBlock(open, 'block-ingress');
    return agree(rig, at, [
      [open, outside6, 'a6', protocol, 'accept'],
      [open, 'a6', outside6, protocol, 'accept'],
      [open, outside6, 'a6', udp(5200, 80), 'accept'],
      [open, 'a6', outside6, udp(80, 5200), 'accept'],
      [before, 'a6', outside6, ping(128, 5), 'accept'],
      [before, outside6, 'a6', ping(129, 5), 'accept'],
      [closed, outside6, 'a6', protocol, 'publicAccessBlocked'],
      [closed, outside6, 'a6', udp(5200, 80), 'publicAccessBlocked'],
      [closed, outside6, 'a6', ping(129, 5), 'publicAccessBlocked'],
      [closed, 'a6', outside6, ping(128, 5), 'accept'],
      [closed, outside6, 'a6', ping(129, 5), 'accept'],
    ]);
  });
});

describe('VPC peering', { skip }, async () => {
  const otherScope = { account: '210987654321', region: 'us-east-1' };
  const otherVpc = idFor('vpc', 'o') as Id<'vpc'>;
  const near = { ...testScope, vpcId };
  const far = { ...otherScope, vpcId: otherVpc };
  const two = withOtherVpc(
    base,
    otherVpc,
    {
      cidrs: ['10.9.0.0/16'],
      subnets: { far: { cidr: '10.9.1.0/24' } },
      groups: {
        far: { ingress: ['tcp/80 out', 'icmp/8 0.0.0.0/0'], egress: ['tcp/443 web', 'tcp/80 10.0.0.0/16'] },
        off: { egress: ['all 0.0.0.0/0'] },
      },
      enis: {
        f: { subnet: 'far', ips: ['10.9.1.50'], groups: ['far'] },
        g: { subnet: 'far', ips: ['10.9.1.51'], groups: ['off'] },
      },
    },
    otherScope,
  );
  const target = { kind: 'peering', id: peeringId('p') } as const;
  const peered = withPeering(two, 'p', [near, far]);
  const oneWay = withRoute(peered, 'priv', '10.9.0.0/16', target);
  const world = withRoute(oneWay, 'far', '10.0.0.0/16', target, otherScope);
  const rig = await LabRig.start('peer', world);
  await rig.host(outside);

  test('by routes of both sides, with group references both ways', () =>
    agree(rig, at, [
      [oneWay, 'a', 'f', tcp(6000, 80), 'accept'],
      [oneWay, 'f', 'a', tcp(80, 6000, 'SA'), 'noRoute'],
      [world, 'f', 'a', tcp(80, 6000, 'SA'), 'accept'],
      [world, 'b', 'f', tcp(6001, 80), 'group ingress'],
      [world, 'a', 'f', tcp(6001, 81), 'group ingress'],
      [world, 'a', 'f', ping(8), 'accept'],
      [world, 'f', 'b', tcp(6002, 443), 'accept'],
      [world, 'g', 'b', tcp(6002, 443), 'group ingress'],
      [world, 'f', 'a', tcp(6002, 443), 'group egress'],
      [world, 'g', 'b', tcp(6003, 80), 'accept'],
      [world, 'a', '10.9.1.52', tcp(6004, 80), 'noInterface'],
      [world, 'm', 'f', tcp(6005, 80), 'noPublicAddress'],
    ]));

  test('a source is known by its port at both ends, and nothing passes through', () => {
    const box = asMiddlebox(world, 'm');
    const onward = withRoute(box, 'pub', '10.9.0.0/16', target);
    const through = withRoute(onward, 'far', '0.0.0.0/0', target, otherScope);
    return agree(rig, at, [
      [through, 'g=f', 'b', tcp(6100, 443), 'spoofed'],
      [through, 'm=192.0.2.9', 'f', ping(8, 61), 'spoofed'],
      [through, 'm=f', 'f', ping(8, 62), 'spoofed'],
      [through, 'm', 'f', ping(8, 63), 'accept'],
      [through, 'g', outside, tcp(6101, 443), 'noInterface'],
    ]);
  });

  test('membership and rules count at once on the other side', () => {
    const other = eniOf(world, 'g', otherScope);
    const member = putIn(world, otherScope, 'eni', { ...other, groupIds: [groupId('far')] });
    const named = withGroup(world, 'web', { ingress: ['tcp/443 off'] });
    return agree(rig, at, [
      [world, 'g', 'b', tcp(6200, 443), 'group ingress'],
      [member, 'g', 'b', tcp(6200, 443), 'accept'],
      [world, 'g', 'b', tcp(6201, 443), 'group ingress'],
      [named, 'g', 'b', tcp(6202, 443), 'accept'],
      [named, 'f', 'b', tcp(6202, 443), 'group ingress'],
    ]);
  });

  test('a deleted peering is a blackhole both ways', () => {
    const gone = withPeering(world, 'p', [near, far], 'deleted');
    return agree(rig, at, [
      [world, 'a', 'f', tcp(6300, 80), 'accept'],
      [gone, 'a', 'f', tcp(6300, 80, 'A'), 'blackhole'],
      [gone, 'f', 'a', tcp(80, 6300, 'SA'), 'blackhole'],
      [world, 'a', 'f', tcp(6301, 80), 'accept'],
    ]);
  });

  test('groups are not named across regions', async () => {
    const away = { account: otherScope.account, region: 'eu-west-1' };
    const moved = world.set('210987654321/eu-west-1', farNetwork(world)).delete('210987654321/us-east-1');
    const across = withPeering(moved, 'p', [near, { ...away, vpcId: otherVpc }]);
    await rig.to(base);
    await agree(rig, at, [
      [across, 'a', 'f', tcp(6400, 80), 'group ingress'],
      [across, 'a', 'f', ping(8, 64), 'accept'],
      [across, 'g', 'b', tcp(6401, 80), 'accept'],
    ]);
  });

  test('a restart adopts what is there', async () => {
    await rig.to(world);
    await rig.restart();
    await agree(rig, at, [
      [world, 'a', 'f', tcp(6500, 80), 'accept'],
      [world, 'f', 'b', tcp(6501, 443), 'accept'],
    ]);
  });

  function farNetwork(of: World) {
    const network = of.get('210987654321/us-east-1');
    if (!network) throw new Error('no far network');
    return network;
  }
});

describe('middleboxes', { skip }, async () => {
  const box = asMiddlebox(base, 'm');
  const id = eniOf(base, 'm').id;
  // Between the private and the NAT subnet everything goes through m, both ways.
  const there = withRoute(box, 'priv', '10.0.1.0/24', { kind: 'eni', id });
  const world = withRoute(there, 'pub', '10.0.2.0/24', { kind: 'local' });
  const rig = await LabRig.start('box', world);
  await rig.host(outside);
  const through = withRoute(
    withRoute(box, 'priv', '10.0.4.0/24', { kind: 'eni', id }),
    'nat',
    '10.0.2.0/24',
    {
      kind: 'eni',
      id,
    },
  );
  const served = withEntity(through, 'eni', { ...eniOf(through, 'k'), groupIds: [groupId('web')] });
  const k = { ...at, k: '10.0.4.6' };

  test('it forwards for others only without its source/destination check', () => {
    const checked = withEntity(world, 'eni', eniOf(base, 'm'));
    const inner = withGroup(checked, 'web', { ingress: ['tcp/80 0.0.0.0/0'] });
    return agree(rig, at, [
      [inner, 'a', 'w', tcp(7000, 80), 'sourceDestCheck'],
      [inner, 'a', 'm', tcp(7000, 80), 'accept'],
      [inner, 'm=a', 'b', tcp(7000, 80), 'spoofed'],
      [world, 'a', 'w', tcp(7001, 80), 'accept'],
      [world, 'a', 'w', tcp(7001, 81), 'group ingress'],
      [world, 'm=a', 'w', tcp(7002, 80), 'accept'],
    ]);
  });

  test('both passes of a flow are judged, and both of its answer', () =>
    agree(rig, k, [
      [served, 'a', 'k', tcp(7100, 80), 'accept'],
      [served, 'm=a', 'k', tcp(7100, 80), 'accept'],
      [served, 'k', 'a', tcp(80, 7100, 'SA'), 'accept'],
      [served, 'm=k', 'a', tcp(80, 7100, 'SA'), 'accept'],
      [served, 'a', 'k', tcp(7100, 80, 'A'), 'accept'],
      [served, 'm=a', 'k', tcp(7100, 80, 'A'), 'accept'],
    ]));

  test('that the first pass was let in does not let the second one in', () => {
    const closed = withGroup(served, 'web', { ingress: ['tcp/80 10.0.1.99/32'], egress: ['all 0.0.0.0/0'] });
    const boxOpen = withEntity(closed, 'eni', {
      ...eniOf(closed, 'm'),
      groupIds: [groupId('out'), groupId('far')],
    });
    const open = withGroup(boxOpen, 'far', { ingress: ['all 0.0.0.0/0'] });
    return agree(rig, k, [
      [open, 'a', 'k', udp(7200, 80), 'accept'],
      [open, 'm=a', 'k', udp(7200, 80), 'group ingress'],
      [open, 'a', 'k', tcp(7200, 80), 'accept'],
      [open, 'm=a', 'k', tcp(7200, 80), 'group ingress'],
      [open, 'm', 'k', tcp(7201, 80), 'accept'],
    ]);
  });

  test('its groups count for its own addresses alone', () => {
    const byGroup = withGroup(served, 'web', { ingress: ['tcp/80 out'], egress: ['all 0.0.0.0/0'] });
    return agree(rig, k, [
      [byGroup, 'm=a', 'k', tcp(7300, 80), 'group ingress'],
      [byGroup, 'm', 'k', tcp(7300, 80), 'accept'],
    ]);
  });

  test('an ICMP error passes in the zone of the flow it is about, and nowhere else', () => {
    const open = withGroup(served, 'web', { ingress: ['udp/53 0.0.0.0/0'], egress: [] });
    const shut = withGroup(open, 'out', { egress: ['udp/53 0.0.0.0/0'] });
    const quoted = packet(k, 'a', 'k', udp(7400, 53));
    const error = { kind: 'icmp', type: 3, code: 3, identifier: 0, quoted } as const;
    return agree(rig, k, [
      [shut, 'k', 'a', error, 'group egress'],
      [shut, 'a', 'k', udp(7400, 53), 'accept'],
      [shut, 'k', 'a', error, 'group egress'],
      [shut, 'm=a', 'k', udp(7400, 53), 'accept'],
      [shut, 'k', 'a', error, 'accept'],
      [shut, 'm=k', 'a', error, 'accept'],
      [shut, 'b=b', 'a', error, 'group egress'],
    ]);
  });

  test('routes narrower than the VPC lead to it, and away from it when they go', () =>
    agree(rig, k, [
      [served, 'a', 'k', tcp(7500, 80), 'accept'],
      [
        withEntity(base, 'eni', { ...eniOf(base, 'k'), groupIds: [groupId('web')] }),
        'a',
        'k',
        tcp(7501, 80),
        'accept',
      ],
      [served, 'a', 'k', tcp(7502, 81), 'group ingress'],
    ]));

  test('zones outlast a restart', async () => {
    await rig.to(served);
    await agree(rig, k, [[served, 'a', 'k', udp(7600, 80), 'group ingress']]);
    await rig.restart();
    await agree(rig, k, [
      [served, 'a', 'k', tcp(7601, 80), 'accept'],
      [served, 'm=a', 'k', tcp(7601, 80), 'accept'],
    ]);
  });
});
