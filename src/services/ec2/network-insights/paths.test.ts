import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  DescribeNetworkInsightsAnalysesResult,
  NatGateway,
  NetworkInsightsAnalysis,
  NetworkInsightsPath,
  PathComponent,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

type Ids = Readonly<Record<string, string>>;

/** Two instances in two subnets of the default VPC, each with a group of its own that admits nothing. */
function twoInstances(account: Account): Ids {
  const subnets = [...account.network.subnet.values()].map(({ id }) => id);
  const ids: Record<string, string> = { vpc: account.defaultVpcId };
  for (const [at, name] of ['a', 'b'].entries()) {
    const group = account.call<{ GroupId: string }>('CreateSecurityGroup', {
      GroupName: name,
      Description: name,
      VpcId: account.defaultVpcId,
    }).GroupId;
    const { Instances } = account.call<{
      Instances: { InstanceId: string; NetworkInterfaces: { NetworkInterfaceId: string }[] }[];
    }>('RunInstances', {
      ImageId: 'ami-0abcdef1234567890',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnets[at],
      SecurityGroupIds: [group],
    });
    const [instance] = Instances;
    ids[`group-${name}`] = group;
    ids[name] = instance?.InstanceId ?? assert.fail();
    ids[`eni-${name}`] = instance?.NetworkInterfaces[0]?.NetworkInterfaceId ?? assert.fail();
  }
  const [gateway] = account.network.internetGateway.values();
  ids['igw'] = gateway?.id ?? assert.fail();
  account.nowMs += 60_000;
  return ids;
}

const admit = (account: Account, GroupId: string | undefined, FromPort: number, peer: object) =>
  account.call('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort, ToPort: FromPort, ...peer }],
  });
const anyone = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

function analyze(account: Account, path: object, start: object = {}): NetworkInsightsAnalysis {
  const made = account.call<{ NetworkInsightsPath: NetworkInsightsPath }>('CreateNetworkInsightsPath', {
    Protocol: 'tcp',
    ...path,
  });
  return reanalyze(account, made.NetworkInsightsPath.NetworkInsightsPathId, start);
}

function reanalyze(
  account: Account,
  NetworkInsightsPathId: string | undefined,
  start: object = {},
): NetworkInsightsAnalysis {
  const { NetworkInsightsAnalysis: started } = account.call<{
    NetworkInsightsAnalysis: NetworkInsightsAnalysis;
  }>('StartNetworkInsightsAnalysis', { NetworkInsightsPathId, ...start });
  assert.deepEqual([started.Status, started.NetworkPathFound], ['running', undefined]);
  account.nowMs += 1000;
  return shown(account, started.NetworkInsightsAnalysisId);
}

const shown = (account: Account, id: string | undefined): NetworkInsightsAnalysis =>
  account.call<DescribeNetworkInsightsAnalysesResult>('DescribeNetworkInsightsAnalyses', {
    NetworkInsightsAnalysisIds: [id],
  }).NetworkInsightsAnalyses?.[0] ?? assert.fail(id);

const kindsOf = (components: readonly PathComponent[] | undefined) =>
  components?.map(({ Component }) => Component?.Id?.replace(/-[0-9a-f]+$/, ''));
const codesOf = ({ Explanations }: NetworkInsightsAnalysis) =>
  Explanations?.map(({ ExplanationCode }) => ExplanationCode);

test('a path between two instances, component by component, there and back', () => {
  const account = new Account();
  const ids = twoInstances(account);
  admit(account, ids['group-b'], 443, { UserIdGroupPairs: [{ GroupId: ids['group-a'] }] });
  const found = analyze(account, { Source: ids['a'], Destination: ids['b'], DestinationPort: 443 });
  assert.deepEqual([found.Status, found.NetworkPathFound], ['succeeded', true], JSON.stringify(found));
  assert.deepEqual(kindsOf(found.ForwardPathComponents), [
    ...['i', 'eni', 'sg', 'acl', 'rtb', 'acl', 'sg', 'eni', 'i'],
  ]);
  assert.deepEqual(kindsOf(found.ReturnPathComponents), ['i', 'eni', 'acl', 'rtb', 'acl', 'eni', 'i']);
  const [, first, rule, entry, route] = found.ForwardPathComponents ?? [];
  assert.deepEqual(first?.OutboundHeader?.DestinationPortRanges, [{ From: 443, To: 443 }]);
  assert.equal(first?.AttachedTo?.Id, ids['a']);
  assert.deepEqual(
    [rule?.SecurityGroupRule?.Direction, rule?.SecurityGroupRule?.Cidr, rule?.SecurityGroupRule?.Protocol],
    ['egress', '0.0.0.0/0', 'all'],
  );
  assert.deepEqual([entry?.AclRule?.RuleNumber, entry?.AclRule?.RuleAction], [100, 'allow']);
  assert.deepEqual(
    [route?.RouteTableRoute?.DestinationCidr, route?.RouteTableRoute?.GatewayId],
    ['172.31.0.0/16', 'local'],
  );
  assert.match(first?.Component?.Arn ?? '', /^arn:aws:ec2:us-east-1:123456789012:network-interface\/eni-/);
});

test('what stops a conversation, and what would stop it next', () => {
  const account = new Account();
  const ids = twoInstances(account);
  const question = { Source: ids['eni-a'], Destination: ids['eni-b'], DestinationPort: 22 };
  const empty = analyze(account, question);
  assert.deepEqual([empty.NetworkPathFound, codesOf(empty)], [false, ['SG_HAS_NO_RULES']]);
  const [explanation] = empty.Explanations ?? [];
  assert.deepEqual(
    [explanation?.Direction, explanation?.NetworkInterface?.Id, explanation?.SecurityGroups?.[0]?.Id],
    ['ingress', ids['eni-b'], ids['group-b']],
  );
  admit(account, ids['group-b'], 80, anyone);
  const [acl] = account.network.networkAcl.values();
  account.call('CreateNetworkAclEntry', {
    NetworkAclId: acl?.id,
    RuleNumber: 90,
    Protocol: '6',
    PortRange: { From: 22, To: 22 },
    CidrBlock: '0.0.0.0/0',
    RuleAction: 'deny',
    Egress: false,
  });
  const both = analyze(account, question);
  assert.deepEqual(codesOf(both), ['SUBNET_ACL_RESTRICTION', 'ENI_SG_RULES_MISMATCH']);
  assert.equal(both.Explanations?.[0]?.AclRule?.RuleNumber, 90);
});

test('a finished analysis does not change with the network', () => {
  const account = new Account();
  const ids = twoInstances(account);
  const before = analyze(account, { Source: ids['a'], Destination: ids['b'], DestinationPort: 22 });
  admit(account, ids['group-b'], 22, anyone);
  assert.equal(shown(account, before.NetworkInsightsAnalysisId).NetworkPathFound, false);
  const after = reanalyze(account, before.NetworkInsightsPathId);
  assert.equal(after.NetworkPathFound, true);
  account.call('TerminateInstances', { InstanceIds: [ids['b']] });
  assert.deepEqual(shown(account, after.NetworkInsightsAnalysisId), after);
  const gone = reanalyze(account, before.NetworkInsightsPathId);
  assert.deepEqual([gone.Status, gone.StatusMessage?.includes(`${ids['b']}`)], ['failed', true]);
});

test('headers at both sides of each edge, to and from the internet', () => {
  const account = new Account();
  const ids = twoInstances(account);
  admit(account, ids['group-b'], 22, { IpRanges: [{ CidrIp: '198.51.100.0/25' }] });
  const inward = { Source: ids['igw'], Destination: ids['b'] };
  const at = (FilterAtSource: object) => ({ ...inward, FilterAtSource });
  const ports = (FromPort: number, ToPort: number) => ({ DestinationPortRange: { FromPort, ToPort } });
  const rows: readonly (readonly [path: object, found: boolean])[] = [
    [inward, true],
    [{ ...inward, DestinationPort: 22 }, true],
    [{ ...inward, DestinationPort: 21 }, false],
    [{ ...inward, DestinationPort: 23 }, false],
    [{ ...inward, Protocol: 'udp' }, false],
    [at({ SourceAddress: '198.51.100.127' }), true],
    [at({ SourceAddress: '198.51.100.128' }), false],
    [at(ports(0, 21)), false],
    [at(ports(0, 22)), true],
    [at(ports(22, 65535)), true],
    [at(ports(23, 65535)), false],
    [{ ...inward, DestinationIp: '172.31.99.99' }, false],
    [{ Source: ids['a'], Destination: ids['igw'], DestinationPort: 443 }, true],
    [{ Source: ids['a'], FilterAtSource: { DestinationAddress: '192.0.2.1' } }, true],
    [{ Source: ids['a'], Destination: ids['igw'], DestinationIp: '8.8.8.8' }, true],
    [{ Source: ids['a'], Destination: ids['igw'], DestinationIp: '10.0.0.1' }, false],
    [{ Source: ids['a'], Destination: ids['igw'], DestinationIp: '100.127.255.255' }, false],
    [{ Source: ids['a'], Destination: ids['igw'], DestinationIp: '100.128.0.0' }, true],
    [{ Source: ids['a'], FilterAtSource: { DestinationAddress: '172.31.255.9' } }, false],
  ];
  for (const [path, isFound] of rows) {
    const answer = analyze(account, path);
    assert.equal(
      answer.NetworkPathFound,
      isFound,
      `${JSON.stringify(path)} ${JSON.stringify(codesOf(answer))}`,
    );
  }
  const found = analyze(account, inward);
  assert.deepEqual(kindsOf(found.ForwardPathComponents), ['igw', 'acl', 'sg', 'eni', 'i']);
  assert.deepEqual(kindsOf(found.ReturnPathComponents), ['i', 'eni', 'acl', 'rtb', 'igw']);
  const [gateway] = found.ForwardPathComponents ?? [];
  const sent = gateway?.OutboundHeader?.DestinationAddresses?.[0];
  assert.notEqual(gateway?.InboundHeader?.DestinationAddresses?.[0], sent);
  assert.match(sent ?? '', /^172\.31\./);
});

test('components that a path must pass or must not', () => {
  const account = new Account();
  const ids = twoInstances(account);
  const path = { Source: ids['a'], Destination: ids['igw'], DestinationPort: 443 };
  const arn = (resource: string) => `arn:aws:ec2:us-east-1:123456789012:${resource}`;
  const gateway = arn(`internet-gateway/${ids['igw']}`);
  const other = arn('natgateway/nat-0123456789abcdef0');
  const rows: readonly (readonly [start: object, codes: string[] | undefined])[] = [
    [{ FilterInArns: [gateway] }, undefined],
    [{ FilterOutArns: [other] }, undefined],
    [{ FilterInArns: [other] }, ['COMPONENT_FILTER_RESTRICTION']],
    [{ FilterOutArns: [gateway] }, ['COMPONENT_FILTER_RESTRICTION']],
  ];
  for (const [start, codes] of rows) {
    assert.deepEqual(codesOf(analyze(account, path, start)), codes, JSON.stringify(start));
  }
});

test('peering connections as ends, NAT gateways on the way, and what has no public address', () => {
  const account = new Account();
  const ids = twoInstances(account);
  const own = account.defaultVpcId;
  const { Vpc } = account.call<{ Vpc: { VpcId: string } }>('CreateVpc', { CidrBlock: '10.0.0.0/16' });
  const { VpcPeeringConnection: made } = account.call<{
    VpcPeeringConnection: { VpcPeeringConnectionId: string };
  }>('CreateVpcPeeringConnection', { VpcId: own, PeerVpcId: Vpc.VpcId });
  const peering = made.VpcPeeringConnectionId;
  account.call('AcceptVpcPeeringConnection', { VpcPeeringConnectionId: peering });
  const [table] = account.network.routeTable.by('mainOf', own);
  const out = { Source: ids['a'], Destination: peering, DestinationPort: 5432 };
  const routeless = analyze(account, out);
  assert.equal(routeless.NetworkPathFound, false);
  account.call('CreateRoute', {
    RouteTableId: table?.id,
    DestinationCidrBlock: '10.0.0.0/16',
    VpcPeeringConnectionId: peering,
  });
  const outward = analyze(account, out);
  assert.deepEqual(kindsOf(outward.ForwardPathComponents), ['i', 'eni', 'sg', 'acl', 'rtb', 'pcx']);
  assert.equal(outward.ForwardPathComponents?.at(-1)?.DestinationVpc?.Id, Vpc.VpcId);
  assert.deepEqual(kindsOf(outward.ReturnPathComponents), ['pcx', 'acl', 'eni', 'i']);
  admit(account, ids['group-b'], 22, { IpRanges: [{ CidrIp: '10.0.128.0/17' }] });
  const inward = (DestinationPort: number) =>
    analyze(account, { Source: peering, Destination: ids['eni-b'], DestinationPort });
  assert.equal(inward(22).NetworkPathFound, true);
  assert.deepEqual(codesOf(inward(23)), ['ENI_SG_RULES_MISMATCH']);

  const { AllocationId } = account.call<{ AllocationId: string }>('AllocateAddress', { Domain: 'vpc' });
  const subnet = account.network.eni.get(ids['eni-a'] ?? '')?.subnetId;
  const publicSubnet = [...account.network.subnet.values()].find(({ id }) => id !== subnet)?.id;
  const { NatGateway } = account.call<{ NatGateway: { NatGatewayId: string } }>('CreateNatGateway', {
    SubnetId: publicSubnet,
    AllocationId,
  });
  account.nowMs += 60_000;
  const { RouteTable } = account.call<{ RouteTable: { RouteTableId: string } }>('CreateRouteTable', {
    VpcId: own,
  });
  const { RouteTableId } = RouteTable;
  account.call('AssociateRouteTable', { RouteTableId, SubnetId: subnet });
  const toInternet = { Source: ids['eni-a'], Destination: ids['igw'], DestinationPort: 443 };
  assert.deepEqual(codesOf(analyze(account, toInternet)), ['NO_ROUTE_TO_DESTINATION']);
  account.call('CreateRoute', {
    RouteTableId,
    DestinationCidrBlock: '0.0.0.0/0',
    NatGatewayId: NatGateway.NatGatewayId,
  });
  const { ForwardPathComponents: components } = analyze(account, toInternet);
  assert.deepEqual(
    kindsOf(components),
    ['i', 'eni', 'sg', 'acl', 'rtb', 'acl', 'nat', 'acl', 'rtb', 'igw'],
    JSON.stringify(components),
  );
  const regional = account.call<{ NatGateway: NatGateway }>('CreateNatGateway', {
    AvailabilityMode: 'regional',
    VpcId: own,
  }).NatGateway;
  account.nowMs += 60_000;
  account.call('ReplaceRoute', {
    RouteTableId,
    DestinationCidrBlock: '0.0.0.0/0',
    NatGatewayId: regional.NatGatewayId,
  });
  // No ACL but the sender's, and the gateway's own route table.
  const atEdge = analyze(account, toInternet);
  assert.deepEqual(
    [kindsOf(atEdge.ForwardPathComponents), kindsOf(atEdge.ReturnPathComponents)],
    [
      ['i', 'eni', 'sg', 'acl', 'rtb', 'nat', 'rtb', 'igw'],
      ['igw', 'nat', 'rtb', 'acl', 'eni', 'i'],
    ],
  );
  const itsTable = atEdge.ForwardPathComponents?.at(-2)?.Component?.Id;
  assert.equal(itsTable, regional.RouteTableId);
});
