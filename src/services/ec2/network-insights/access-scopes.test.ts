import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeNetworkInsightsAccessScopeAnalysesResult } from '@aws-sdk/client-ec2';
import { findingsOf, type ScopePaths, startAnalysis } from '../../../../tests/support/access-scopes.ts';
import { Account } from '../../../../tests/support/account.ts';

type Ids = Readonly<Record<'web' | 'db' | 'webEni' | 'dbEni' | 'webGroup' | 'dbGroup', string>>;

/** A web server that everybody reaches on 443 and a database that the web server's group reaches on 5432. */
function shop(account: Account): Ids {
  const subnets = [...account.network.subnet.values()].map(({ id }) => id);
  const made = ['web', 'db'].map((name, at) => {
    const { GroupId } = account.call<{ GroupId: string }>('CreateSecurityGroup', {
      GroupName: name,
      Description: name,
      VpcId: account.defaultVpcId,
    });
    account.call('RevokeSecurityGroupEgress', {
      GroupId,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
    const { Instances } = account.call<{
      Instances: { InstanceId: string; NetworkInterfaces: { NetworkInterfaceId: string }[] }[];
    }>('RunInstances', {
      ImageId: 'ami-0abcdef1234567890',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnets[at],
      SecurityGroupIds: [GroupId],
    });
    const eni = Instances[0]?.NetworkInterfaces[0]?.NetworkInterfaceId ?? assert.fail();
    return { group: GroupId, instance: Instances[0]?.InstanceId ?? assert.fail(), eni };
  });
  const [web, db] = made as [(typeof made)[0], (typeof made)[0]];
  const open = (action: string, GroupId: string, port: number, peer: object) =>
    account.call(action, {
      GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...peer }],
    });
  open('AuthorizeSecurityGroupIngress', web.group, 443, { IpRanges: [{ CidrIp: '0.0.0.0/0' }] });
  open('AuthorizeSecurityGroupEgress', web.group, 5432, { UserIdGroupPairs: [{ GroupId: db.group }] });
  open('AuthorizeSecurityGroupIngress', db.group, 5432, { UserIdGroupPairs: [{ GroupId: web.group }] });
  account.nowMs += 60_000;
  return {
    ...{ web: web.instance, webEni: web.eni, webGroup: web.group },
    ...{ db: db.instance, dbEni: db.eni, dbGroup: db.group },
  };
}

function start(account: Account, matchPaths: ScopePaths, excludePaths: ScopePaths = []): string {
  const started = startAnalysis(account, matchPaths, excludePaths);
  assert.deepEqual([started.Status, started.FindingsFound], ['running', 'unknown']);
  account.nowMs += 1000;
  return started.NetworkInsightsAccessScopeAnalysisId ?? assert.fail();
}

/** The findings as `first component > last component` (interfaces and gateways), sorted. */
function ends(account: Account, matchPaths: ScopePaths, excludePaths: ScopePaths = []): readonly string[] {
  return findingsOf(account, start(account, matchPaths, excludePaths))
    .map(({ FindingComponents = [] }) => {
      const ids = FindingComponents.map(({ Component }) => Component?.Id ?? '');
      const places = ids.filter((id) => /^(eni|igw|pcx)-/.test(id));
      return `${places[0]} > ${places.at(-1)}`;
    })
    .sort();
}

const types = (...ResourceTypes: string[]) => ({ ResourceStatement: { ResourceTypes } });
const things = (...Resources: string[]) => ({ ResourceStatement: { Resources } });
const internet = types('AWS::EC2::InternetGateway');

test('findings by resources, headers and what lies between', () => {
  const account = new Account();
  const ids = shop(account);
  const [gateway] = account.network.internetGateway.values();
  const [inward, inside] = [`${gateway?.id} > ${ids.webEni}`, `${ids.webEni} > ${ids.dbEni}`];
  const tcp = (...DestinationPorts: string[]) => ({
    PacketHeaderStatement: { Protocols: ['tcp' as const], DestinationPorts },
  });
  const from = (...SourceAddresses: string[]) => ({ PacketHeaderStatement: { SourceAddresses } });
  const rows: readonly (readonly [match: ScopePaths, exclude: ScopePaths, found: readonly string[]])[] = [
    [[{ Source: internet }], [], [inward]],
    [[{ Destination: internet }], [], []],
    [[{}], [], [inward, inside].sort()],
    [[{}], [{ Source: internet }], [inside]],
    [[{ Source: things(ids.web) }], [], [inside]],
    [[{ Source: things(ids.webGroup) }], [], [inside]],
    [[{ Source: things(ids.db) }], [], []],
    [[{ Destination: things(account.defaultVpcId) }], [], [inward, inside].sort()],
    [[{ Destination: things(ids.dbEni) }], [], [inside]],
    [[{ Source: { ...internet, ...tcp('443') } }], [], [inward]],
    [[{ Source: { ...internet, ...tcp('444-65535', '0-442') } }], [], []],
    [[{ Source: { ...internet, PacketHeaderStatement: { Protocols: ['udp'] } } }], [], []],
    [[{ Source: { ...internet, ...from('203.0.113.0/24') } }], [], [inward]],
    // An exclusion takes away only what it covers.
    [[{ Source: internet }], [{ Source: from('0.0.0.0/1') }], [inward]],
    [[{ Source: internet }], [{ Source: from('0.0.0.0/1') }, { Source: from('128.0.0.0/1') }], []],
    [[{ Source: internet }], [{ Destination: tcp('443') }], []],
    [[{ Source: internet }], [{ Destination: tcp('442') }], [inward]],
    [[{ Source: internet, ThroughResources: [types('AWS::EC2::NatGateway')] }], [], []],
    [[{ Source: types('AWS::EC2::VPCPeeringConnection') }], [], []],
  ];
  for (const [match, exclude, found] of rows) {
    assert.deepEqual(ends(account, match, exclude), found, JSON.stringify([match, exclude]));
  }
});

test('an analysis keeps its findings, counts interfaces, and gives its scope back', () => {
  const account = new Account();
  const ids = shop(account);
  const id = start(account, [{ Source: internet }]);
  const [analysis] =
    account.call<DescribeNetworkInsightsAccessScopeAnalysesResult>(
      'DescribeNetworkInsightsAccessScopeAnalyses',
    ).NetworkInsightsAccessScopeAnalyses ?? [];
  assert.deepEqual(
    [analysis?.Status, analysis?.FindingsFound, analysis?.AnalyzedEniCount],
    ['succeeded', 'true', 2],
  );
  const before = findingsOf(account, id);
  account.call('TerminateInstances', { InstanceIds: [ids.web] });
  assert.deepEqual(findingsOf(account, id), before);
  const scopeId = { NetworkInsightsAccessScopeId: analysis?.NetworkInsightsAccessScopeId };
  const content = account.call<{ NetworkInsightsAccessScopeContent: { MatchPaths: ScopePaths } }>(
    'GetNetworkInsightsAccessScopeContent',
    scopeId,
  );
  assert.deepEqual(content.NetworkInsightsAccessScopeContent.MatchPaths, [{ Source: internet }]);
  const code = 'AnalysisExistsForNetworkInsightsAccessScope';
  assert.equal(account.refusal('DeleteNetworkInsightsAccessScope', scopeId), code);
  account.call('DeleteNetworkInsightsAccessScopeAnalysis', { NetworkInsightsAccessScopeAnalysisId: id });
  account.call('DeleteNetworkInsightsAccessScope', scopeId);
});
