import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateVpcPeeringConnectionResult,
  DescribeRouteTablesResult,
  DescribeVpcPeeringConnectionsResult,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';
import type { Outcome } from '../../dispatch.ts';

/** Two accounts, perhaps of two regions, in one world. */
class Pair {
  readonly ours = new Account();
  readonly theirs: Account;
  readonly vpc: string;
  readonly peerVpc: string;

  constructor(region = 'us-east-1') {
    this.theirs = new Account({ account: '210987654321', region });
    let world = this.ours.world;
    for (const [key, network] of this.theirs.world.entries()) world = world.set(key, network);
    this.ours.world = world;
    this.vpc = this.#vpc(this.ours, '10.0.0.0/16');
    this.peerVpc = this.#vpc(this.theirs, '10.1.0.0/16');
  }

  attempt(who: Account, action: string, input: object = {}): Outcome {
    const other = who === this.ours ? this.theirs : this.ours;
    who.world = this.#world;
    who.nowMs = Math.max(who.nowMs, other.nowMs);
    const outcome = who.attempt(action, input);
    this.#world = who.world;
    return outcome;
  }

  call<Output>(who: Account, action: string, input: object = {}): Output {
    const outcome = this.attempt(who, action, input);
    return outcome.kind === 'ok'
      ? (outcome.output as Output)
      : assert.fail(`${action}: ${outcome.code} ${outcome.message}`);
  }

  code(who: Account, action: string, input: object = {}): string {
    const outcome = this.attempt(who, action, input);
    return outcome.kind === 'ok' ? 'ok' : outcome.code;
  }

  create(input: object = {}): string {
    const { account, region } = this.theirs.scope;
    const request = {
      VpcId: this.vpc,
      PeerVpcId: this.peerVpc,
      PeerOwnerId: account,
      PeerRegion: region,
      ...input,
    };
    const made = this.call<CreateVpcPeeringConnectionResult>(
      this.ours,
      'CreateVpcPeeringConnection',
      request,
    );
    return made.VpcPeeringConnection?.VpcPeeringConnectionId ?? '';
  }

  shown(who: Account, id: string) {
    return this.call<DescribeVpcPeeringConnectionsResult>(who, 'DescribeVpcPeeringConnections', {
      VpcPeeringConnectionIds: [id],
    }).VpcPeeringConnections?.[0];
  }

  status(who: Account, id: string): string {
    const input = { VpcPeeringConnectionIds: [id] };
    const outcome = this.attempt(who, 'DescribeVpcPeeringConnections', input);
    if (outcome.kind === 'refused') return outcome.code;
    return (
      (outcome.output as DescribeVpcPeeringConnectionsResult).VpcPeeringConnections?.[0]?.Status?.Code ?? ''
    );
  }

  get #world() {
    return this.ours.world;
  }

  set #world(world) {
    this.ours.world = world;
    this.theirs.world = world;
  }

  #vpc(who: Account, CidrBlock: string): string {
    return this.call<{ Vpc: { VpcId: string } }>(who, 'CreateVpc', { CidrBlock }).Vpc.VpcId;
  }
}

const id = (VpcPeeringConnectionId: string) => ({ VpcPeeringConnectionId });
const gone = 'InvalidVpcPeeringConnectionID.NotFound';

test('a request is accepted by the other account in its own region', () => {
  for (const region of ['us-east-1', 'eu-west-1']) {
    const pair = new Pair(region);
    const pcx = pair.create();
    assert.equal(pair.status(pair.ours, pcx), 'pending-acceptance');
    assert.equal(pair.status(pair.theirs, pcx), 'pending-acceptance');
    assert.equal(pair.code(pair.ours, 'AcceptVpcPeeringConnection', id(pcx)), 'OperationNotPermitted');
    pair.call(pair.theirs, 'AcceptVpcPeeringConnection', id(pcx));
    const shown = pair.shown(pair.ours, pcx);
    assert.equal(shown?.Status?.Code, 'active');
    assert.deepEqual(
      [shown?.RequesterVpcInfo?.CidrBlock, shown?.AccepterVpcInfo?.CidrBlock, shown?.AccepterVpcInfo?.Region],
      ['10.0.0.0/16', '10.1.0.0/16', region],
    );
    assert.equal(pair.code(pair.theirs, 'AcceptVpcPeeringConnection', id(pcx)), 'InvalidStateTransition');
    assert.equal(pair.code(pair.theirs, 'RejectVpcPeeringConnection', id(pcx)), 'InvalidStateTransition');
    assert.equal(pair.code(pair.theirs, 'DeleteVpc', { VpcId: pair.peerVpc }), 'DependencyViolation');
  }
});

test('rejected, deleted and expired peerings are visible for AWS’s times', () => {
  const hour = 3_600_000;
  type Step = readonly [who: 'ours' | 'theirs', action: string];
  const rows: readonly (readonly [name: string, steps: readonly Step[], ours: number, theirs: number])[] = [
    ['rejected', [['theirs', 'Reject']], 48, 2],
    ['deleted', [['ours', 'Delete']], 2, 48],
    [
      'deleted',
      [
        ['theirs', 'Accept'],
        ['theirs', 'Delete'],
      ],
      48,
      2,
    ],
  ];
  for (const [name, steps, ourHours, theirHours] of rows) {
    for (const [who, hours] of [
      ['ours', ourHours],
      ['theirs', theirHours],
    ] as const) {
      const pair = new Pair();
      const pcx = pair.create();
      for (const [actor, action] of steps) pair.call(pair[actor], `${action}VpcPeeringConnection`, id(pcx));
      pair.ours.nowMs += hours * hour - 1;
      assert.equal(pair.status(pair[who], pcx), name);
      pair.ours.nowMs += 1;
      assert.equal(pair.status(pair[who], pcx), gone, `${name} to ${who}`);
    }
  }
});

test('a request expires after seven days', () => {
  const pair = new Pair();
  const pcx = pair.create();
  pair.ours.nowMs += 7 * 86_400_000 - 1;
  assert.equal(pair.status(pair.theirs, pcx), 'pending-acceptance');
  pair.ours.nowMs += 1;
  assert.equal(pair.status(pair.theirs, pcx), 'expired');
  assert.equal(pair.code(pair.theirs, 'AcceptVpcPeeringConnection', id(pcx)), 'InvalidStateTransition');
  pair.ours.nowMs += 2 * 86_400_000;
  assert.equal(pair.status(pair.theirs, pcx), gone);
});

test('what is refused, and what fails afterwards', () => {
  const pair = new Pair();
  const owner = { PeerOwnerId: pair.theirs.scope.account };
  const base = { VpcId: pair.vpc, PeerVpcId: pair.peerVpc, ...owner };
  const rows: readonly (readonly [object, string])[] = [
    [{ PeerVpcId: pair.peerVpc }, 'MissingParameter'],
    [{ VpcId: pair.vpc }, 'MissingParameter'],
    [{ ...base, PeerOwnerId: 'me' }, 'InvalidParameterValue'],
    [{ ...base, PeerRegion: 'mars-1' }, 'InvalidParameterValue'],
    [{ VpcId: pair.vpc, PeerVpcId: pair.vpc }, 'InvalidParameterValue'],
    [{ VpcId: pair.vpc, PeerVpcId: pair.peerVpc }, 'InvalidVpcID.NotFound'],
    [{ ...base, VpcId: 'vpc-00000000' }, 'InvalidVpcID.NotFound'],
    [{ ...base, PeerVpcId: 'x' }, 'InvalidVpcID.Malformed'],
  ];
  for (const [input, code] of rows)
    assert.equal(pair.code(pair.ours, 'CreateVpcPeeringConnection', input), code, JSON.stringify(input));
  const lost = pair.create({ PeerVpcId: 'vpc-00000000' });
  assert.equal(pair.status(pair.ours, lost), 'failed');
  assert.equal(pair.status(pair.theirs, lost), gone);
  assert.equal(pair.code(pair.ours, 'DeleteVpcPeeringConnection', id(lost)), 'InvalidStateTransition');
  const overlapping = pair.create({ VpcId: pair.ours.defaultVpcId, PeerVpcId: pair.theirs.defaultVpcId });
  assert.equal(pair.status(pair.ours, overlapping), 'failed');
  pair.create();
  assert.equal(pair.code(pair.ours, 'CreateVpcPeeringConnection', base), 'VpcPeeringConnectionAlreadyExists');
});

test('limits of waiting and of active peerings', () => {
  const pair = new Pair();
  pair.ours.quotas = { pendingPeeringsPerAccount: 1 };
  const pcx = pair.create();
  const other = {
    VpcId: pair.ours.defaultVpcId,
    PeerVpcId: pair.peerVpc,
    PeerOwnerId: pair.theirs.scope.account,
  };
  assert.equal(
    pair.code(pair.ours, 'CreateVpcPeeringConnection', other),
    'OutstandingVpcPeeringConnectionLimitExceeded',
  );
  pair.call(pair.theirs, 'AcceptVpcPeeringConnection', id(pcx));
  pair.ours.quotas = { peeringsPerVpc: 1 };
  const third = { ...other, VpcId: pair.vpc, PeerVpcId: pair.theirs.defaultVpcId };
  assert.equal(
    pair.code(pair.ours, 'CreateVpcPeeringConnection', third),
    'VpcPeeringConnectionsPerVpcLimitExceeded',
  );
});

test('routes to a peering work while it is active', () => {
  const pair = new Pair();
  const pcx = pair.create();
  const [table] = pair.ours.network.routeTable.by('mainOf', pair.vpc);
  const route = { RouteTableId: table?.id, DestinationCidrBlock: '10.1.0.0/16', ...id(pcx) };
  pair.call(pair.ours, 'CreateRoute', route);
  const state = () =>
    pair
      .call<DescribeRouteTablesResult>(pair.ours, 'DescribeRouteTables', { RouteTableIds: [table?.id] })
      .RouteTables?.[0]?.Routes?.at(-1)?.State;
  assert.equal(state(), 'blackhole');
  pair.call(pair.theirs, 'AcceptVpcPeeringConnection', id(pcx));
  assert.equal(state(), 'active');
  const overlapping = { VpcId: pair.vpc, CidrBlock: '10.1.0.0/24' };
  assert.equal(pair.code(pair.ours, 'AssociateVpcCidrBlock', overlapping), 'InvalidVpc.Range');
  pair.call(pair.ours, 'DeleteVpcPeeringConnection', id(pcx));
  assert.equal(state(), 'blackhole');
});

test('each side has its own options and tags', () => {
  const pair = new Pair();
  const pcx = pair.create({
    TagSpecifications: [{ ResourceType: 'vpc-peering-connection', Tags: [{ Key: 'Name', Value: 'ours' }] }],
  });
  const dns = { AllowDnsResolutionFromRemoteVpc: true };
  const set = { ...id(pcx), RequesterPeeringConnectionOptions: dns };
  assert.equal(pair.code(pair.ours, 'ModifyVpcPeeringConnectionOptions', set), 'OperationNotPermitted');
  pair.call(pair.theirs, 'AcceptVpcPeeringConnection', id(pcx));
  assert.equal(pair.code(pair.theirs, 'ModifyVpcPeeringConnectionOptions', set), 'OperationNotPermitted');
  assert.equal(pair.code(pair.ours, 'ModifyVpcPeeringConnectionOptions', id(pcx)), 'MissingParameter');
  for (const [who, VpcId] of [
    [pair.ours, pair.vpc],
    [pair.theirs, pair.peerVpc],
  ] as const) {
    const code = pair.code(pair.ours, 'ModifyVpcPeeringConnectionOptions', set);
    assert.equal(code, 'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled');
    pair.call(who, 'ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true } });
  }
  pair.call(pair.ours, 'ModifyVpcPeeringConnectionOptions', set);
  const options = pair.shown(pair.theirs, pcx);
  assert.equal(options?.RequesterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc, true);
  assert.equal(options?.AccepterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc, false);
  assert.deepEqual([pair.shown(pair.ours, pcx)?.Tags?.length, options?.Tags?.length], [1, 0]);
});

test('filters of peerings, both sides', () => {
  const pair = new Pair();
  const pcx = pair.create();
  pair.call(pair.theirs, 'AcceptVpcPeeringConnection', id(pcx));
  const has = (Name: string, value: string) =>
    pair
      .call<DescribeVpcPeeringConnectionsResult>(pair.ours, 'DescribeVpcPeeringConnections', {
        Filters: [{ Name, Values: [value] }],
      })
      .VpcPeeringConnections?.some(({ VpcPeeringConnectionId }) => VpcPeeringConnectionId === pcx);
  const rows: readonly (readonly [name: string, yes: string | undefined, no: string])[] = [
    ['accepter-vpc-info.cidr-block', '10.1.0.0/16', '10.0.0.0/16'],
    ['accepter-vpc-info.owner-id', '210987654321', '123456789012'],
    ['accepter-vpc-info.vpc-id', pair.peerVpc, pair.vpc],
    ['expiration-time', undefined, '*'],
    ['requester-vpc-info.cidr-block', '10.0.0.0/16', '10.1.0.0/16'],
    ['requester-vpc-info.owner-id', '123456789012', '210987654321'],
    ['requester-vpc-info.vpc-id', pair.vpc, pair.peerVpc],
    ['status-code', 'active', 'deleted'],
    ['status-message', 'Active', 'Deleted*'],
    ['vpc-peering-connection-id', pcx, 'pcx-0'],
  ];
  for (const [name, yes, no] of rows) {
    if (yes !== undefined) assert.equal(has(name, yes), true, `${name}=${yes}`);
    assert.equal(has(name, no), false, `${name}=${no}`);
  }
});
