import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, type Wanted } from '#policy/can.ts';
import { networkOf } from '#vpc/network.ts';
import { allOf, fixture, rulesOf, withFiles } from '../../../tests/support/import.ts';
import { type Imported, UnreadableSource } from '../imported.ts';
import { readDump } from './read-dump.ts';

const every = readDump(fixture('dumps/every-construct'));
const scopes = {
  a: { account: '111122223333', region: 'us-east-1' },
  b: { account: '444455556666', region: 'us-east-1' },
};
const a = networkOf(every.world, scopes.a);
const b = networkOf(every.world, scopes.b);

test('every kind of resource is there, by account', () => {
  const counts = (network: typeof a) =>
    Object.entries(network).flatMap(([kind, { size }]) => (size > 0 ? [`${kind} ${size}`] : []));
  assert.deepEqual(counts(a).sort(), [
    'address 3',
    'dhcpOptions 1',
    'egressOnlyGateway 1',
    'endpoint 1',
    'eni 6',
    'instance 2',
    'internetGateway 2',
    'loadBalancer 3',
    'natGateway 1',
    'networkAcl 1',
    'peering 1',
    'prefixList 2',
    'publicAccessExclusion 2',
    'routeTable 2',
    'securityGroup 3',
    'settings 1',
    'subnet 2',
    'subnetReservation 1',
    'targetGroup 4',
    'transitAttachment 3',
    'transitGateway 1',
    'transitRouteTable 1',
    'vpc 1',
  ]);
  assert.deepEqual(counts(b).sort(), [
    'eni 1',
    'instance 1',
    'networkAcl 1',
    'peering 1',
    'routeTable 1',
    'securityGroup 1',
    'subnet 1',
    'vpc 1',
  ]);
  assert.deepEqual(every.problems, []);
});

test('rules with every protocol and every peer', () => {
  assert.deepEqual(rulesOf(every.world, 'web'), [
    'egress all 0.0.0.0/0',
    'egress all ::/0',
    'ingress 1 3/4 0.0.0.0/0',
    'ingress 1 8/-1 10.0.0.0/8',
    'ingress 17 0-65535 sg-0b000000000000001',
    'ingress 50 192.0.2.0/24',
    'ingress 58 -1/-1 ::/0',
    'ingress 6 22-22 pl-0a000000000000001',
    'ingress 6 443-443 0.0.0.0/0',
    'ingress 6 443-443 ::/0',
  ]);
  const rules = [...a.securityGroup.values()].flatMap((group) => group.rules);
  const ofPeer = rules.find(({ peer }) => peer.kind === 'group' && peer.groupId === 'sg-0b000000000000001');
  assert.deepEqual(ofPeer?.peer, {
    kind: 'group',
    groupId: 'sg-0b000000000000001',
    account: '444455556666',
    vpcId: 'vpc-0b000000000000001',
    peeringId: 'pcx-0a000000000000001',
  });
  // The one rule that DescribeSecurityGroupRules shows has its id and tags; the others have stand-ins.
  const known = rules.filter(({ id }) => id === 'sgr-0a000000000000001');
  assert.deepEqual(
    known.map(({ tags, description }) => [tags, description]),
    [[{ Owner: 'data' }, 'from web']],
  );
  assert.ok(rules.every(({ id }) => /^sgr-[0-9a-f]{17}$/.test(id)));
  assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
});

test('entries of ACLs without the final denies', () => {
  const [acl] = a.networkAcl.values();
  assert.deepEqual(
    acl?.entries.map(({ direction, number, action }) => `${direction} ${number} ${action}`),
    [
      'ingress 90 deny',
      'ingress 95 deny',
      'ingress 100 allow',
      'ingress 101 allow',
      'egress 100 allow',
      'egress 101 allow',
    ],
  );
});

test('routes to every kind of target, and associations that hold', () => {
  const shown = [...a.routeTable.values()].map(({ routes, associations }) => [
    associations.map(({ subject }) => subject.kind).join(),
    routes.map(({ target }) => target.kind).join(),
  ]);
  assert.deepEqual(shown.sort(), [
    ['main', 'local,local,local,natGateway,egressOnlyGateway,endpoint,eni'],
    ['subnet,gateway', 'local,local,local,internetGateway,internetGateway,peering,transitGateway,other'],
  ]);
});

test('transit gateways from all their outputs together', () => {
  const [gateway] = a.transitGateway.values();
  assert.equal(gateway?.groupReferencing, true);
  const attachments = [...a.transitAttachment.values()].map(({ id, gatewayIds, resource }) => [
    id.at(-1),
    gatewayIds.join(),
    resource.kind === 'vpc' ? resource.subnetIds?.join() : resource.kind,
  ]);
  assert.deepEqual(attachments.sort(), [
    ['1', 'tgw-0a000000000000001', 'subnet-0a000000000000001'],
    ['2', 'tgw-0a000000000000001', 'other'],
    ['3', 'tgw-0a000000000000001,tgw-0b000000000000001', 'peering'],
  ]);
  const [table] = a.transitRouteTable.values();
  assert.deepEqual(
    table?.attachmentIds.map((id) => id.at(-1)),
    ['1', '2', '3'],
  );
  const routes = table?.routes?.map(({ destination, origin, target }) => [
    destination.kind === 'cidr' ? destination.cidr : destination.prefixListId,
    origin,
    target.kind === 'attachment' ? target.id.at(-1) : '-',
  ]);
  assert.deepEqual(routes, [
    ['10.1.0.0/16', 'propagated', '1'],
    ['172.16.0.0/12', 'static', '2'],
    ['10.8.0.0/16', 'static', '3'],
    ['10.7.0.0/16', 'static', '-'],
    ['pl-0a000000000000001', 'static', '1'],
  ]);
});

test('load balancers from all their outputs together', () => {
  const shown = [...a.loadBalancer.values()].map(({ name, kind, crossZone, eniIds, listeners = [] }) => [
    name,
    kind,
    crossZone,
    eniIds.map((id) => id.at(-1)).join(),
    listeners.map(({ protocols, port, forwards }) => [
      `${protocols.join('+')}/${port}`,
      ...forwards.map(({ targetGroupId, sources }) => {
        return `${a.targetGroup.get(targetGroupId)?.name} ${sources?.join() ?? 'all'}`;
      }),
    ]),
  ]);
  assert.deepEqual(shown.sort(), [
    ['front', 'application', true, '4', [['6/443', 'web 192.0.2.0/24', 'function 192.0.2.0/24']]],
    ['old', 'classic', false, '', [['6/80', 'old:80 all']]],
    ['wire', 'network', true, '', [['6+17/53', 'dns all']]],
  ]);
  const groups = [...a.targetGroup.values()].map((group) => [
    group.name,
    group.targetKind,
    group.preservesClientIp,
    group.crossZone,
    group.targets?.map(({ id, port, zone }) => `${id}:${port ?? group.port} ${zone ?? ''}`),
  ]);
  assert.deepEqual(groups.sort(), [
    ['dns', 'ip', true, undefined, ['10.2.1.50:53 us-east-1b']],
    ['function', 'lambda', false, undefined, undefined],
    ['old:80', 'instance', false, undefined, ['i-0a000000000000001:8000 ']],
    ['web', 'instance', true, undefined, ['i-0a000000000000001:8081 ']],
  ]);
});

test('what nothing tells of load balancers is said', async () => {
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/front/0a0000000000000a';
  const group = arn.replace('loadbalancer/app/front', 'targetgroup/web');
  const front = { LoadBalancerArn: arn, LoadBalancerName: 'front', VpcId: 'vpc-1', Type: 'application' };
  const web = { TargetGroupArn: group, TargetGroupName: 'web', Port: 80, LoadBalancerArns: [arn] };
  const there = { 'x.json': { Vpcs: [vpc('vpc-1')], LoadBalancers: [front], TargetGroups: [web] } };
  const rows: readonly (readonly [files: Record<string, object>, said: RegExp, isSaid: boolean])[] = [
    [{}, /no elbv2 describe-listeners of front/, true],
    [{ 'listeners-front.json': { Listeners: [] } }, /no elbv2 describe-listeners of front/, true],
    [{ 'listeners.front.json': { Listeners: [] } }, /no elbv2 describe-listeners of front/, false],
    [{ 'listeners.app_front_0a0000000000000a.json': { Listeners: [] } }, /describe-listeners/, false],
    [{}, /no elbv2 describe-target-health of web/, true],
    [{ 'health.web.json': { TargetHealthDescriptions: [] } }, /describe-target-health/, false],
    [{ 'health.web2.json': { TargetHealthDescriptions: [] } }, /describe-target-health/, true],
    [{}, /no listener forwards to the target groups web/, true],
    [{}, /the interfaces of the load balancers front/, true],
  ];
  for (const [files, said, isSaid] of rows) {
    await withFiles({ ...there, ...files }, (folder) => {
      const text = texts(readDump(folder)).join();
      assert.equal(said.test(text), isSaid, `${Object.keys(files).join()} ${said}`);
    });
  }
});

test('a load balancer with a listener of an unknown protocol is left out, and said', async () => {
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/front/0a0000000000000a';
  const front = { LoadBalancerArn: arn, LoadBalancerName: 'front', VpcId: 'vpc-1', Type: 'network' };
  const listener = {
    LoadBalancerArn: arn,
    ListenerArn: arn.replace('load', 'l'),
    Port: 80,
    Protocol: 'SCTP',
  };
  const files = { 'x.json': { Vpcs: [vpc('vpc-1')], LoadBalancers: [front], Listeners: [listener] } };
  await withFiles(files, (folder) => {
    const reasons = readDump(folder).problems.map(({ reason }) => reason);
    assert.deepEqual(reasons, ['front is left out: SCTP is no protocol of listeners']);
  });
});

test('routes and attachments of transit gateways that are not there are said', async () => {
  const hub = { TransitGatewayId: 'tgw-1', OwnerId: '111122223333' };
  const table = { TransitGatewayRouteTableId: 'tgw-rtb-00000001', TransitGatewayId: 'tgw-1' };
  const tables = { TransitGateways: [hub], TransitGatewayRouteTables: [table] };
  const rows: readonly (readonly [file: string, body: object, said: RegExp | undefined])[] = [
    ['x.json', {}, /no search-transit-gateway-routes of tgw-rtb-00000001/],
    ['routes.tgw-rtb-00000001.json', { Routes: [] }, undefined],
    ['x.json', { Routes: [], TransitGatewayRouteTableId: 'tgw-rtb-00000001' }, undefined],
    ['routes.tgw-rtb-00000001.json', { Routes: [], AdditionalRoutesAvailable: true }, /more routes than/],
  ];
  for (const [file, body, said] of rows) {
    await withFiles({ 'hub.json': tables, [file]: body }, (folder) => {
      const all = texts(readDump(folder)).join();
      if (said) assert.match(all, said);
      else assert.doesNotMatch(all, /search-transit-gateway-routes|more routes/);
    });
  }
});

test('interfaces of instances, services and nobody', () => {
  const rows = [...a.eni.values()].map(({ id, attachment, requesterManaged, privateIps }) => [
    id.at(-1),
    attachment?.instanceId.at(-1) ?? '',
    requesterManaged,
    privateIps
      .map(({ address, launchPublicIp }) => `${address}${launchPublicIp ? `=${launchPublicIp}` : ''}`)
      .join(),
  ]);
  assert.deepEqual(rows.sort(), [
    ['1', '1', false, '10.1.1.10,10.1.1.11'],
    ['2', '2', false, '10.2.1.10'],
    ['3', '', true, '10.1.1.30'],
    ['4', '', true, '10.1.1.40=198.18.0.40'],
    ['5', '', false, '10.2.1.50'],
    ['6', '', true, '10.2.1.60'],
  ]);
});

test('states, versions and settings', () => {
  const states = [...a.instance.values()].map(({ id, state, stateChangedAtMs }) => [
    id.at(-1),
    state,
    stateChangedAtMs,
  ]);
  assert.deepEqual(states.sort(), [
    ['1', 'running', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2', 'stopped', Date.UTC(2026, 1, 3, 4, 5, 6)],
  ]);
  const lists = [...a.prefixList.values()].map(({ name, entries, history, ownerId }) => [
    name,
    entries.length,
    history.map((each) => `${each.version}:${each.entries.length}`).join(),
    ownerId,
  ]);
  assert.deepEqual(lists.sort(), [
    ['com.amazonaws.us-east-1.s3', 2, '', 'AWS'],
    ['office', 2, '1:1,2:2', '111122223333'],
  ]);
  assert.equal(a.settings.get('settings')?.publicAccess?.block, 'block-ingress');
  assert.deepEqual(
    [...a.publicAccessExclusion.values()].map(({ subject, mode, deletedAtMs = 0 }) => [
      subject.kind === 'vpc' ? subject.vpcId : subject.subnetId,
      mode,
      deletedAtMs > 0,
    ]),
    [
      ['vpc-0a000000000000001', 'allow-egress', true],
      ['subnet-0a000000000000001', 'allow-bidirectional', false],
    ],
  );
  assert.deepEqual(
    a.vpc.get('vpc-0a000000000000001')?.cidrBlocks.map(({ cidr }) => cidr),
    ['10.1.0.0/16', '10.2.0.0/16'],
  );
});

const can = (from: string, to: string, service: string) => {
  const [kind, port] = service.split('/');
  const wanted: Wanted = { kind: kind === 'udp' ? 'udp' : 'tcp', port: Number(port) };
  const asked = ask(every.world, { from, to, wanted });
  return asked.kind === 'unknown' ? asked.why : asked.answers.some(({ allowed }) => allowed);
};

test('answers over what was read: both sides of each edge', () => {
  const rows: readonly (readonly [from: string, to: string, service: string, allowed: boolean])[] = [
    ['i-0b000000000000001', 'eni-0a000000000000001', 'udp/53', true],
    ['i-0b000000000000001', 'eni-0a000000000000001', 'tcp/81', false],
    ['eni-0a000000000000001', 'i-0b000000000000001', 'tcp/80', true],
    ['eni-0a000000000000001', 'i-0b000000000000001', 'tcp/81', false],
    ['192.0.2.200', '198.18.0.10', 'tcp/22', true],
    ['192.0.3.1', '198.18.0.10', 'tcp/22', false],
    ['203.0.113.5', '198.18.0.10', 'tcp/443', false],
    ['203.0.114.5', '198.18.0.10', 'tcp/443', true],
  ];
  for (const [from, to, service, allowed] of rows)
    assert.equal(can(from, to, service), allowed, `${from} ${to} ${service}`);
});

const texts = ({ unknowns }: Imported) => unknowns.map(({ what }) => what);

test('what is not modelled, missing and skipped is said', () => {
  const said = texts(every).join('\n');
  for (const expected of [
    'there is no describe-network-interfaces of 444455556666/us-east-1',
    'there is no describe-network-acls of 444455556666/us-east-1',
    'the interfaces of the load balancers old, wire',
    'where the route targets vgw-0a000000000000001',
    'the network ACLs of the subnets subnet-0b000000000000001',
  ]) {
    assert.ok(said.includes(expected), expected);
  }
  // What is there is not said to be missing, and pages that go on in another file are whole.
  assert.doesNotMatch(said, /describe-security-groups|describe-\S+ of 111122223333|NextToken/);
  const skipped = Object.fromEntries(every.skipped.map(({ what, count }) => [what, count]));
  assert.deepEqual(skipped, {
    'TransitGateways because it is deleted': 1,
    'SecurityGroups because it is of EC2-Classic': 1,
    'Reservations because it is terminated': 1,
    'Addresses because it is of EC2-Classic': 1,
  });
});

const vpc = (id: string, extra: object = {}) => ({
  VpcId: id,
  CidrBlock: '10.0.0.0/16',
  OwnerId: '111122223333',
  ...extra,
});

test('files as people have them', async () => {
  const bom = Buffer.from([0xef, 0xbb, 0xbf]);
  const text = JSON.stringify({ Vpcs: [vpc('vpc-1')] });
  const rows: readonly (readonly [content: string | Buffer | object, vpcs: number, problem: string])[] = [
    [text, 1, ''],
    [Buffer.concat([bom, Buffer.from(text)]), 1, ''],
    [Buffer.from(`\ufeff${text}`, 'utf16le'), 1, ''],
    [{ Vpcs: [vpc('vpc-1'), vpc('vpc-2')], ResponseMetadata: { RetryAttempts: 0 }, Unknown: 'text' }, 2, ''],
    [{ Vpcs: [vpc('vpc-1', { NewMember: { deep: [1] } }), vpc('vpc-1', { NewMember: 2 })] }, 1, ''],
    [
      { Vpcs: [vpc('vpc-1'), vpc('vpc-1', { IsDefault: true })] },
      1,
      'vpc-1 is described again, and differently',
    ],
    [{ Vpcs: [vpc('vpc-1'), { CidrBlock: '10.0.0.0/8' }] }, 1, 'one of Vpcs is left out: VpcId is missing'],
    [
      { Vpcs: [vpc('vpc-1'), vpc('vpc-2', { CidrBlock: '10.0.0.0/33' })] },
      1,
      'vpc-2 is left out: 10.0.0.0/33 is no CIDR',
    ],
    [{ Vpcs: [vpc('vpc-1'), null, 7] }, 1, 'something in Vpcs is not an object, and is left out'],
  ];
  for (const [content, vpcs, problem] of rows) {
    await withFiles({ 'any name at all.txt': content }, (folder) => {
      const read = readDump(folder);
      assert.equal(allOf(read.world, 'vpc').length, vpcs, problem);
      assert.ok(
        read.problems
          .map(({ reason }) => reason)
          .join()
          .startsWith(problem),
        problem,
      );
      assert.equal(read.problems.length, problem === '' ? 0 : 1);
    });
  }
});

test('broken and empty files are told by name and line; the others are read', async () => {
  const files = {
    'good.json': { Vpcs: [vpc('vpc-1')] },
    'broken.json': '{\n  "Subnets": [\n    {"SubnetId": "subnet-1",}\n  ]\n}',
    'empty.json': '',
    'list.json': '[]',
    'README.md': '# A dump',
  };
  await withFiles(files, (folder) => {
    const read = readDump(folder);
    assert.deepEqual(
      read.problems.map(
        ({ file, line, column, reason }) => `${file}:${line ?? ''}:${column ?? ''} ${reason}`,
      ),
      [
        'broken.json:3:29 a name in quotes is missing',
        'empty.json:: the file is empty; the call may have failed',
        'list.json:1: it is no object, as every output is',
      ],
    );
    assert.deepEqual(read.skipped, [{ what: 'files that are not JSON', count: 1 }]);
    assert.equal(allOf(read.world, 'vpc').length, 1);
  });
});

test('attributes of a VPC from calls of their own', async () => {
  const files = {
    'vpcs.json': { Vpcs: [vpc('vpc-1'), vpc('vpc-2')] },
    'a.json': { VpcId: 'vpc-2', EnableDnsSupport: { Value: false } },
    'b.json': { VpcId: 'vpc-2', EnableDnsHostnames: { Value: true } },
  };
  await withFiles(files, (folder) => {
    const read = allOf(readDump(folder).world, 'vpc');
    const shown = read.map(({ id, dnsSupport, dnsHostnames }) => [id, dnsSupport, dnsHostnames]);
    assert.deepEqual(shown.sort(), [
      ['vpc-1', true, false],
      ['vpc-2', false, true],
    ]);
  });
});

test('a page that is missing is said', async () => {
  const page = (id: string, more: object) => ({ Vpcs: [vpc(id)], ...more });
  const rows: readonly (readonly [files: Record<string, object>, missing: boolean])[] = [
    [{ '1.json': page('vpc-1', { NextToken: 'x' }) }, true],
    [{ '1.json': page('vpc-1', { NextToken: 'x' }), '2.json': page('vpc-2', {}) }, false],
    [{ '1.json': page('vpc-1', { NextToken: 'x' }), '2.json': page('vpc-2', { NextToken: 'y' }) }, true],
    [{ '1.json': page('vpc-1', { NextToken: 'x' }), 'other/2.json': page('vpc-2', {}) }, true],
    [{ '1.json': page('vpc-1', { NextToken: '' }) }, false],
  ];
  for (const [files, missing] of rows) {
    await withFiles(files, (folder) => {
      assert.equal(
        texts(readDump(folder)).some((what) => what.includes('NextToken')),
        missing,
        Object.keys(files).join(),
      );
    });
  }
});

test('regions and accounts: by folder, by zone, by the VPC, or not at all', async () => {
  const subnet = (zone: object) => ({
    SubnetId: 'subnet-1',
    VpcId: 'vpc-1',
    CidrBlock: '10.0.0.0/24',
    ...zone,
  });
  const rows: readonly (readonly [file: string, body: object, scope: string])[] = [
    ['eu-west-1/vpcs.json', { Vpcs: [vpc('vpc-1')] }, '111122223333/eu-west-1'],
    [
      '222233334444/us-gov-west-1/x',
      { Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }] },
      '222233334444/us-gov-west-1',
    ],
    [
      'x',
      { Vpcs: [vpc('vpc-1')], Subnets: [subnet({ AvailabilityZone: 'ap-southeast-2b' })] },
      '111122223333/ap-southeast-2',
    ],
    [
      'x',
      { Vpcs: [vpc('vpc-1')], Subnets: [subnet({ AvailabilityZone: 'us-west-2-lax-1a' })] },
      '111122223333/us-west-2',
    ],
    [
      'x',
      { Subnets: [subnet({ SubnetArn: 'arn:aws-cn:ec2:cn-north-1:333344445555:subnet/subnet-1' })] },
      '333344445555/cn-north-1',
    ],
    ['x', { Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }] }, '123456789012/us-east-1'],
  ];
  for (const [file, body, scope] of rows) {
    await withFiles({ [file]: body }, (folder) => {
      const read = readDump(folder);
      assert.deepEqual([...read.world.keys()], [scope], file);
      const isGuess = texts(read).some((what) => what.startsWith('which account'));
      assert.equal(isGuess, scope.startsWith('123456789012'), file);
    });
  }
});

test('what is no dump is refused in one line', async () => {
  assert.throws(() => readDump('/there/is/nothing'), UnreadableSource);
  const rows: readonly Record<string, string | object>[] = [
    {},
    { 'x.json': {} },
    { 'x.json': { Buckets: [{}] } },
    { 'x.json': '{' },
    { 'README.md': 'text' },
  ];
  for (const files of rows)
    await withFiles(files, (folder) => assert.throws(() => readDump(folder), UnreadableSource));
});

test('what has another form than AWS writes is said, and never taken as nothing', async () => {
  const tcp = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
  const group = (permissions: unknown) => ({
    SecurityGroups: [{ GroupId: 'sg-1', GroupName: 'g', VpcId: 'vpc-1', IpPermissions: permissions }],
  });
  const rows: readonly (readonly [body: object, said: string | undefined])[] = [
    [group([tcp]), undefined],
    [group(null), undefined],
    [group('no'), 'sg-1 is left out: IpPermissions is no list'],
    [group(['no']), 'sg-1 is left out: something in IpPermissions is not an object'],
    [group([{ ...tcp, IpRanges: {} }]), 'sg-1 is left out: IpRanges is no list'],
    [group([{ ...tcp, FromPort: 'ssh' }]), 'sg-1 is left out: FromPort is no number'],
    [group([{ ...tcp, FromPort: '22' }]), undefined],
    [{ SecurityGroups: 3 }, 'SecurityGroups is no list'],
    [{ SecurityGroups: {} }, 'SecurityGroups is no list'],
    [{ SecurityGroups: ['sg-1'] }, 'something in SecurityGroups is not an object, and is left out'],
    [{ NextToken: 3, ResponseMetadata: {}, Others: 3 }, undefined],
    [
      { Reservations: [{ Instances: [{ InstanceId: 'i-1', VpcId: 'vpc-1' }] }] },
      'i-1 is left out: ReservationId is missing',
    ],
    [{ Reservations: [{ ReservationId: 'r-1', Instances: 3 }] }, 'r-1 is left out: Instances is no list'],
    [
      { PrefixLists: [{ PrefixListId: 'pl-1', Cidrs: ['10.0.0.0/33'] }] },
      'pl-1 is left out: 10.0.0.0/33 is no CIDR block',
    ],
  ];
  for (const [body, said] of rows) {
    await withFiles({ x: { Vpcs: [vpc('vpc-1')], ...body } }, (folder) => {
      const reasons = readDump(folder).problems.map(({ reason }) => reason);
      assert.deepEqual(reasons, said === undefined ? [] : [said], JSON.stringify(body));
    });
  }
});

test('a file that cannot be read is named, and the others are read', async () => {
  await withFiles({ 'v.json': { Vpcs: [vpc('vpc-1')] } }, (folder) => {
    // What a process finds at the start of its memory is an error, for root too.
    symlinkSync('/proc/self/mem', join(folder, 'w.json'));
    const read = readDump(folder);
    assert.deepEqual(read.problems, [{ file: 'w.json', reason: 'EIO' }]);
    assert.equal(allOf(read.world, 'vpc').length, 1);
  });
});

test('why a path is no dump', async () => {
  await withFiles({ 'cut.json': '{"Vpcs": [\n{"VpcId": 1' }, (folder) => {
    const rows: readonly (readonly [path: string, said: RegExp])[] = [
      [join(folder, 'cut.json'), /; cut\.json:2:12: the text ends too early$/],
      [folder, /; cut\.json:2:12: the text ends too early$/],
      [join(folder, 'none'), /none cannot be read: there is no such file or folder$/],
      [join(folder, 'cut.json', 'x'), /there is no such file or folder$/],
      ['', /the path cannot be read: there is/],
    ];
    for (const [path, said] of rows) assert.throws(() => readDump(path), said);
  });
});

test('entries of a prefix list in a file that does not name it', async () => {
  await withFiles(
    { 'v.json': { Vpcs: [vpc('vpc-1')] }, 'entries.json': { Entries: [{ Cidr: '10.0.0.0/8' }] } },
    (folder) => {
      assert.match(readDump(folder).problems[0]?.reason ?? '', /the name of the file holds no list/);
    },
  );
});

test('an output is missed only where something names what it describes', async () => {
  const route = (target: object) => ({
    RouteTables: [
      { RouteTableId: 'rtb-1', VpcId: 'vpc-1', Routes: [{ DestinationCidrBlock: '0.0.0.0/0', ...target }] },
    ],
  });
  const rows: readonly (readonly [body: object, command: string, missed: boolean])[] = [
    [route({ GatewayId: 'local' }), 'describe-nat-gateways', false],
    [route({ NatGatewayId: 'nat-1' }), 'describe-nat-gateways', true],
    [route({ NatGatewayId: 'nat-1' }), 'describe-internet-gateways', false],
    [route({ GatewayId: 'igw-1' }), 'describe-internet-gateways', true],
    [route({ GatewayId: 'igw-1' }), 'describe-managed-prefix-lists', false],
    [{}, 'describe-nat-gateways', true],
    [{}, 'describe-managed-prefix-lists', false],
    [{}, 'describe-security-groups', true],
  ];
  for (const [body, command, missed] of rows) {
    await withFiles({ x: { Vpcs: [vpc('vpc-1')], ...body } }, (folder) => {
      const said = texts(readDump(folder)).some((what) => what === `there is no ${command}`);
      assert.equal(said, missed, `${command} ${JSON.stringify(body)}`);
    });
  }
});
