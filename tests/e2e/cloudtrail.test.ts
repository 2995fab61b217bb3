/** LookupEvents through the real SDK and Debian's aws CLI: what the journal says of who changed what. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  CloudTrailClient,
  type Event,
  LookupEventsCommand,
  type LookupEventsCommandInput,
  paginateLookupEvents,
} from '@aws-sdk/client-cloudtrail';
import {
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { down } from '#server/down.ts';
import { upOptions } from '#server/options.ts';
import { upDetached } from '#server/up.ts';
import { prepareDataDirectory } from '#state/data-directory.ts';
import { KeyStore } from '#state/keys/key-store.ts';
import { aws, awsProgram } from '../support/cli.ts';

const data = mkdtempSync(join(tmpdir(), 'rpt-trail-'));
let endpoint = '';
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const alice = 'AKIAAAAAAAAAAAAAAAAA';
const bob = 'AKIABBBBBBBBBBBBBBBB';
const stranger = 'AKIACCCCCCCCCCCCCCCC';

const options = (id: string, region = 'us-east-1') => ({
  endpoint,
  region,
  credentials: { accessKeyId: id, secretAccessKey: secret },
  maxAttempts: 1,
});
const trail = (id = alice, region?: string) => new CloudTrailClient(options(id, region));
const lookUp = async (input: LookupEventsCommandInput, id?: string, region?: string) =>
  (await trail(id, region).send(new LookupEventsCommand(input))).Events ?? [];
const by = (AttributeKey: string, AttributeValue: string) =>
  ({ LookupAttributes: [{ AttributeKey, AttributeValue }] }) as LookupEventsCommandInput;
const names = (events: readonly Event[]) => events.map(({ EventName }) => EventName);
const groups: string[] = [];
let vpc = '';

before(async () => {
  prepareDataDirectory(data);
  const keys = KeyStore.open(data);
  const common = { createdAtMs: 0, policy: undefined, secretAccessKey: secret };
  keys.add({ ...common, id: alice, account: '123456789012', user: 'team/alice' });
  keys.add({ ...common, id: bob, account: '123456789012', user: 'bob' });
  keys.add({ ...common, id: stranger, account: '999999999999', user: 'alice' });
  keys.close();
  ({ endpoint } = await upDetached(upOptions.parse({ port: 0, data, enforce: 'off', auth: 'on' })));
  const [asAlice, asBob] = [new EC2Client(options(alice)), new EC2Client(options(bob))];
  for (const GroupName of ['one', 'two']) {
    const made = await asAlice.send(new CreateSecurityGroupCommand({ GroupName, Description: 'd' }));
    groups.push(made.GroupId ?? assert.fail());
  }
  const made = await asBob.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }));
  vpc = made.Vpc?.VpcId ?? assert.fail();
  await asBob.send(new DeleteSecurityGroupCommand({ GroupId: groups[0] }));
  await assert.rejects(asBob.send(new DeleteSecurityGroupCommand({ GroupId: groups[0] })));
});
after(async () => {
  await down({ data });
  rmSync(data, { recursive: true });
});

const all = [
  'DeleteSecurityGroup',
  'CreateVpc',
  'CreateSecurityGroup',
  'CreateSecurityGroup',
  'CreateDefaultVpc',
];

test('every change is an event, newest first, with all that the journal knows', async () => {
  const events = await lookUp({});
  assert.deepEqual(names(events), all);
  const [deleted] = events;
  const [resource] = deleted?.Resources ?? [];
  assert.deepEqual(deleted?.Resources?.length, 1);
  assert.deepEqual(resource, { ResourceType: 'AWS::EC2::SecurityGroup', ResourceName: groups[0] });
  assert.deepEqual(
    [deleted?.Username, deleted?.EventSource, deleted?.ReadOnly],
    ['bob', 'ec2.amazonaws.com', 'false'],
  );
  assert.ok(Math.abs(Date.now() - (deleted?.EventTime?.getTime() ?? 0)) < 3_600_000);
  const {
    eventTime,
    requestID,
    eventID,
    userIdentity,
    userAgent,
    resources: _,
    ...record
  } = JSON.parse(deleted?.CloudTrailEvent ?? '');
  assert.match(eventTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.match(requestID, /^[0-9a-f-]{36}$/);
  assert.equal(eventID, deleted?.EventId);
  assert.match(userIdentity.principalId, /^AIDA[A-Z2-7]{17}$/);
  assert.deepEqual(userIdentity, {
    type: 'IAMUser',
    principalId: userIdentity.principalId,
    arn: 'arn:aws:iam::123456789012:user/bob',
    accountId: '123456789012',
    accessKeyId: bob,
    userName: 'bob',
  });
  assert.equal(deleted?.AccessKeyId, bob);
  assert.match(userAgent, /^aws-sdk-js\/3/);
  assert.deepEqual(record, {
    eventVersion: '1.11',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'DeleteSecurityGroup',
    awsRegion: 'us-east-1',
    sourceIPAddress: '127.0.0.1',
    requestParameters: { groupId: groups[0] },
    responseElements: { requestId: requestID, _return: true, groupId: groups[0] },
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '123456789012',
    eventCategory: 'Management',
  });
});

test('what a request asked for and what the server did by itself', async () => {
  const [vpcMade, , , defaults] = (await lookUp({}))
    .slice(1)
    .map(({ CloudTrailEvent = '' }) => JSON.parse(CloudTrailEvent));
  assert.deepEqual(vpcMade.requestParameters, { cidrBlock: '10.7.0.0/16' });
  assert.equal(vpcMade.responseElements.vpc.vpcId, vpc);
  assert.deepEqual([defaults.requestParameters, defaults.responseElements], [null, null]);
  assert.equal(defaults.userIdentity.accessKeyId, alice);
});

describe('lookup attributes', () => {
  const rows: readonly (readonly [key: string, value: () => string, expected: readonly string[]])[] = [
    ['EventName', () => 'CreateVpc', ['CreateVpc']],
    ['EventName', () => 'createvpc', []],
    ['Username', () => 'bob', ['DeleteSecurityGroup', 'CreateVpc']],
    ['Username', () => 'alice', ['CreateSecurityGroup', 'CreateSecurityGroup', 'CreateDefaultVpc']],
    ['Username', () => 'team/alice', []],
    ['ResourceName', () => groups[0] ?? '', ['DeleteSecurityGroup', 'CreateSecurityGroup']],
    ['ResourceName', () => vpc, ['CreateVpc']],
    ['ResourceName', () => 'sg-00000000', []],
    ['ResourceType', () => 'AWS::EC2::VPC', ['CreateVpc', 'CreateDefaultVpc']],
    ['ResourceType', () => 'AWS::EC2::Instance', []],
    ['AccessKeyId', () => bob, ['DeleteSecurityGroup', 'CreateVpc']],
    ['AccessKeyId', () => stranger, []],
    ['EventSource', () => 'ec2.amazonaws.com', all],
    ['EventSource', () => 's3.amazonaws.com', []],
    ['ReadOnly', () => 'false', all],
    ['ReadOnly', () => 'true', []],
    ['EventId', () => 'nothing', []],
    ['EventId', () => '00000000-0001-8000-8000-000000000000', []],
  ];
  for (const [key, value, expected] of rows) {
    test(`${key} ${value().slice(0, 40)} gives ${expected.length}`, async () =>
      assert.deepEqual(names(await lookUp(by(key, value()))), expected));
  }

  test('EventId gives its one event', async () => {
    for (const { EventId = '' } of await lookUp({})) {
      assert.deepEqual(
        (await lookUp(by('EventId', EventId))).map((event) => event.EventId),
        [EventId],
      );
    }
  });
});

test('times bound from both ends, inclusive', async () => {
  const events = await lookUp({});
  const [newest, oldest] = [events[0]?.EventTime, events.at(-1)?.EventTime];
  assert.ok(newest && oldest);
  const later = new Date(newest.getTime() + 1000);
  const earlier = new Date(oldest.getTime() - 1000);
  assert.equal((await lookUp({ StartTime: earlier, EndTime: later })).length, events.length);
  assert.equal((await lookUp({ StartTime: later })).length, 0);
  assert.equal((await lookUp({ EndTime: earlier })).length, 0);
  assert.ok(names(await lookUp({ StartTime: newest })).includes('DeleteSecurityGroup'));
  assert.ok(names(await lookUp({ EndTime: oldest })).includes('CreateDefaultVpc'));
});

test('pages of every size give each event once', async () => {
  for (const attributes of [{}, by('ReadOnly', 'false'), by('ResourceType', 'AWS::EC2::SecurityGroup')]) {
    const whole = await lookUp(attributes);
    for (const MaxResults of [1, 2, 5, 50]) {
      const found: Event[] = [];
      for await (const { Events = [] } of paginateLookupEvents(
        { client: trail() },
        { ...attributes, MaxResults },
      )) {
        assert.ok(Events.length <= MaxResults);
        found.push(...Events);
      }
      assert.deepEqual(
        found.map(({ EventId }) => EventId),
        whole.map(({ EventId }) => EventId),
      );
    }
  }
});

test('another account and another region see nothing of it', async () => {
  assert.deepEqual(await lookUp({}, stranger), []);
  assert.deepEqual(await lookUp({}, alice, 'eu-west-1'), []);
});

describe('refusals', () => {
  const one = { AttributeKey: 'EventName', AttributeValue: 'CreateVpc' } as const;
  const rows: readonly (readonly [input: LookupEventsCommandInput, code: string])[] = [
    [{ MaxResults: 0 }, 'InvalidMaxResultsException'],
    [{ MaxResults: 51 }, 'InvalidMaxResultsException'],
    [{ StartTime: new Date(2000), EndTime: new Date(1000) }, 'InvalidTimeRangeException'],
    [{ NextToken: 'x' }, 'InvalidNextTokenException'],
    [{ LookupAttributes: [one, one] }, 'InvalidLookupAttributesException'],
    [by('Colour', 'red'), 'InvalidLookupAttributesException'],
    [{ EventCategory: 'insight' }, 'InvalidEventCategoryException'],
  ];
  for (const [input, name] of rows) {
    test(`${JSON.stringify(input)} is ${name}`, () => assert.rejects(lookUp(input), { name }));
  }

  test('a token of another lookup is refused', async () => {
    const { NextToken } = await trail().send(new LookupEventsCommand({ MaxResults: 1 }));
    assert.ok(NextToken);
    const other = { ...by('EventName', 'CreateVpc'), NextToken };
    await assert.rejects(lookUp(other), { name: 'InvalidNextTokenException' });
  });
});

test('aws cloudtrail lookup-events', {
  skip: !existsSync(awsProgram) && 'needs the Debian package awscli',
}, () => {
  const attribute = 'AttributeKey=EventName,AttributeValue=CreateVpc';
  const key = { id: alice, secret };
  const { status, stdout, stderr } = aws(endpoint, key, [
    ...['cloudtrail', 'lookup-events', '--lookup-attributes', attribute],
  ]);
  assert.equal(status, 0, stderr);
  const { Events } = JSON.parse(stdout);
  assert.deepEqual([Events.length, Events[0].Username], [1, 'bob']);
  const paged = aws(endpoint, key, ['cloudtrail', 'lookup-events', '--page-size', '2']);
  assert.equal(JSON.parse(paged.stdout).Events.length, all.length, paged.stderr);
});
