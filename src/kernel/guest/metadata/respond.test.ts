import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Family } from '#net/address.ts';
import { newId } from '#vpc/ids.ts';
import type { MetadataOptions } from '#vpc/instance.ts';
import { networkOf, type World } from '#vpc/network.ts';
import {
  buildWorld,
  eniId,
  groupId,
  idFor,
  type NetworkSpec,
  subnetId,
  testScope,
  vpcId,
  withEntity,
} from '../../../../tests/support/network.ts';
import { guestAt } from './guest.ts';
import { type MetadataResponse, respond } from './respond.ts';
import { versions } from './tree.ts';

const spec: NetworkSpec = {
  subnets: { a: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true } },
  groups: { web: {}, none: {} },
  enis: {
    n: {
      subnet: 'a',
      ips: ['10.0.1.5', '10.0.1.6', '2001:db8:100:1::5'],
      groups: ['web', 'none'],
      publicIp: '198.18.0.5',
    },
    o: { subnet: 'a', ips: ['10.0.1.7'], groups: ['none'] },
  },
};
const bare = buildWorld(spec);
const network = networkOf(bare, testScope);
const vpc = network.vpc.get(vpcId);
const plain = network.instance.get(idFor('i', 'n'));
const eni = network.eni.get(eniId('n'));
if (!vpc || !plain || !eni) throw new Error('the world lacks its VPC, instance or interface');
const userData = Buffer.from([0, 255, 10]);
const instance = { ...plain, userData: userData.toString('base64'), tags: { Name: 'a b', 'x/y': 'z' } };
const world = withEntity(withEntity(bare, 'vpc', { ...vpc, dnsHostnames: true }), 'instance', instance);
const having = (metadata: Partial<MetadataOptions>): World =>
  withEntity(world, 'instance', {
    ...instance,
    options: { ...instance.options, metadata: { ...instance.options.metadata, ...metadata } },
  });

const monitored = withEntity(world, 'instance', {
  ...instance,
  options: { ...instance.options, detailedMonitoring: true },
});

const secret = new Uint8Array(32);
const nowMs = 1_000_000;
type Ask = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly family?: Family;
  readonly at?: number;
  readonly from?: string;
};

function ask(
  here: World,
  target: string,
  { method = 'GET', headers = {}, family = 'ipv4', ...rest }: Ask = {},
) {
  const { at = nowMs, from = '10.0.1.5' } = rest;
  const asked = networkOf(here, testScope).vpc.get(vpcId);
  const guest = asked && guestAt({ world: here, scope: testScope, vpc: asked }, from);
  assert.ok(guest);
  return respond(guest, { method, target, family, header: (name) => headers[name] }, { secret, nowMs: at });
}
const said = ({ status, body }: MetadataResponse) => (status === 200 ? String(body) : status);

const ttl = (seconds: string) => ({ 'x-aws-ec2-metadata-token-ttl-seconds': seconds });
const put = (here: World, headers: Readonly<Record<string, string>>, from?: string) =>
  ask(here, '/latest/api/token', { method: 'PUT', headers, ...(from !== undefined && { from }) });
const tokenFor = (here: World, seconds: string, from?: string) => String(put(here, ttl(seconds), from).body);
const withToken = (token: string) => ({ headers: { 'x-aws-ec2-metadata-token': token } });

describe('leaves', () => {
  const mac = `network/interfaces/macs/${eni.macAddress}`;
  const publicName = 'ec2-198-18-0-5.compute-1.amazonaws.com';
  const rows: readonly (readonly [string, string | number])[] = [
    ['instance-id', instance.id],
    ['ami-id', instance.imageId],
    ['instance-type', 't3.micro'],
    ['local-ipv4', '10.0.1.5'],
    ['public-ipv4', '198.18.0.5'],
    ['ipv6', '2001:db8:100:1::5'],
    ['mac', eni.macAddress],
    ['hostname', 'ip-10-0-1-5.ec2.internal'],
    ['local-hostname', 'ip-10-0-1-5.ec2.internal'],
    ['public-hostname', publicName],
    ['placement/availability-zone', instance.zone],
    ['placement/availability-zone-id', 'use1-az1'],
    ['placement/region', 'us-east-1'],
    ['security-groups', 'web\nnone'],
    ['services/partition', 'aws'],
    ['network/interfaces/macs/', `${eni.macAddress}/`],
    [`${mac}/device-number`, '0'],
    [`${mac}/interface-id`, eni.id],
    [`${mac}/owner-id`, testScope.account],
    [`${mac}/subnet-id`, subnetId('a')],
    [`${mac}/vpc-id`, vpcId],
    [`${mac}/security-group-ids`, `${groupId('web')}\n${groupId('none')}`],
    [`${mac}/security-groups`, 'web\nnone'],
    [`${mac}/local-ipv4s`, '10.0.1.5\n10.0.1.6'],
    [`${mac}/ipv6s`, '2001:db8:100:1::5'],
    [`${mac}/public-ipv4s`, '198.18.0.5'],
    [`${mac}/ipv4-associations/198.18.0.5`, '10.0.1.5'],
    [`${mac}/ipv4-associations/198.18.0.6`, 404],
    [`${mac}/subnet-ipv4-cidr-block`, '10.0.1.0/24'],
    [`${mac}/subnet-ipv6-cidr-blocks`, '2001:db8:100:1::/64'],
    [`${mac}/vpc-ipv4-cidr-block`, '10.0.0.0/16'],
    [`${mac}/vpc-ipv4-cidr-blocks`, '10.0.0.0/16'],
    [`${mac}/vpc-ipv6-cidr-blocks`, '2001:db8:100::/56'],
    ['instance-id/', instance.id],
    ['instance-id/more', 404],
    ['nothing', 404],
    ['iam/', 404],
    ['tags/instance/Name', 404],
  ];
  for (const [path, expected] of rows) {
    test(path, () => assert.equal(said(ask(world, `/latest/meta-data/${path}`)), expected));
  }
  test('who is a Spot Instance says so', () => {
    const path = '/latest/meta-data/instance-life-cycle';
    assert.equal(said(ask(world, path)), 'on-demand');
    const spot = withEntity(world, 'instance', {
      ...instance,
      spotRequestId: newId('spotRequest', () => '0'.repeat(17)),
    });
    assert.equal(said(ask(spot, path)), 'spot');
  });
  test('the public key ends with the name of its pair', () => {
    const pair = {
      id: newId('keyPair', () => '0'.repeat(17)),
      name: 'me',
      type: 'ed25519',
      publicKey: 'ssh-ed25519 AAAA',
    } as const;
    const keyed = withEntity(
      withEntity(world, 'keyPair', { ...pair, fingerprint: '', createdAtMs: 0, tags: {} }),
      'instance',
      { ...instance, keyName: 'me' },
    );
    assert.equal(said(ask(keyed, '/latest/meta-data/public-keys/')), '0=me');
    assert.equal(said(ask(keyed, '/latest/meta-data/public-keys/0/openssh-key')), 'ssh-ed25519 AAAA me');
  });
  test('volumes that were there at the last start are mapped', () => {
    const at = instance.launchedAtMs;
    const volumes = [
      ['0', '/dev/sdg', at],
      ['1', instance.options.rootDeviceName, at],
      ['2', '/dev/sdf', at],
      ['3', '/dev/sda', at + 1],
    ] as const;
    const here = volumes.reduce((before, [digit, device, attachedAtMs]) => {
      const attachment = { instanceId: instance.id, device, attachedAtMs, deleteOnTermination: true };
      const id = newId('volume', () => digit.repeat(17));
      const settings = { sizeGib: 1, type: 'gp3', encrypted: false };
      const volume = { id, settings, zone: instance.zone, createdAtMs: at, attachment, tags: {} };
      return withEntity(before, 'volume', volume);
    }, world);
    const mapping = '/latest/meta-data/block-device-mapping';
    assert.equal(said(ask(world, mapping)), 'ami\nroot');
    assert.equal(said(ask(here, mapping)), 'ami\nebs1\nebs2\nroot');
    assert.equal(said(ask(here, `${mapping}/ebs1`)), '/dev/sdf');
    assert.equal(said(ask(here, `${mapping}/ebs2`)), '/dev/sdg');
  });
  test('who has no public address has no such leaf', () => {
    assert.equal(said(ask(world, '/latest/meta-data/local-ipv4', { from: '10.0.1.7' })), '10.0.1.7');
    assert.equal(said(ask(world, '/latest/meta-data/public-ipv4', { from: '10.0.1.7' })), 404);
    assert.equal(said(ask(world, '/latest/user-data', { from: '10.0.1.7' })), 404);
  });
  test('user data are bytes as they were given', () => {
    assert.deepEqual(Buffer.from(ask(world, '/latest/user-data').body), userData);
  });
  test('tags, where the instance shows them', () => {
    const shown = having({ tags: 'enabled' });
    assert.equal(said(ask(shown, '/latest/meta-data/tags/instance')), 'Name\nx/y');
    assert.equal(said(ask(shown, '/latest/meta-data/tags/instance/Name')), 'a b');
  });
  test('the identity document', () => {
    const document = JSON.parse(String(ask(world, '/latest/dynamic/instance-identity/document').body));
    assert.deepEqual(
      [document.instanceId, document.accountId, document.privateIp, document.architecture, document.version],
      [instance.id, testScope.account, '10.0.1.5', 'x86_64', '2017-09-30'],
    );
    const arm = withEntity(world, 'instance', { ...instance, instanceType: 'm7gd.large' });
    assert.equal(
      JSON.parse(String(ask(arm, '/latest/dynamic/instance-identity/document').body)).architecture,
      'arm64',
    );
  });
});

describe('requests', () => {
  const rows: readonly (readonly [string, World, string, Ask, string | number])[] = [
    ['the versions', world, '/', {}, versions.join('\n')],
    ['the oldest version', world, '/1.0/meta-data/mac', {}, eni.macAddress],
    ['the version of small images', world, '/2009-04-04/meta-data/mac', {}, eni.macAddress],
    ['what is dynamic', world, '/latest/dynamic', {}, 'fws/\ninstance-identity/'],
    ['monitoring', world, '/latest/dynamic/fws/instance-monitoring', {}, 'disabled'],
    ['detailed monitoring', monitored, '/latest/dynamic/fws/instance-monitoring', {}, 'enabled'],
    ['a version’s directories', world, '/latest/', {}, 'dynamic/\nmeta-data/\nuser-data'],
    ['without the last slash', world, '/latest', {}, 'dynamic/\nmeta-data/\nuser-data'],
    ['an older version', world, '/2021-03-23/meta-data/mac', {}, eni.macAddress],
    ['a version that was never', world, '/2021-03-24/meta-data/mac', {}, 404],
    ['slashes too many, and a query', world, '//latest///meta-data//mac?a=b', {}, eni.macAddress],
    ['up and down', world, '/latest/meta-data/../meta-data/mac', {}, 404],
    ['a broken escape', world, '/latest/%zz', {}, 400],
    ['no path', world, 'latest', {}, 400],
    ['another method', world, '/latest/meta-data/', { method: 'POST' }, 405],
    ['PUT elsewhere', world, '/latest/meta-data/', { method: 'PUT' }, 405],
    ['GET of a token', world, '/latest/api/token', {}, 405],
    ['a disabled endpoint', having({ endpoint: 'disabled' }), '/latest/', {}, 403],
    ['IPv6 where it is disabled', world, '/latest/meta-data/mac', { family: 'ipv6' }, 403],
    [
      'IPv6 where it is enabled',
      having({ ipv6: 'enabled' }),
      '/latest/meta-data/mac',
      { family: 'ipv6' },
      eni.macAddress,
    ],
    ['no token where one is required', having({ tokens: 'required' }), '/latest/', {}, 401],
    ['a bad token where none is required', world, '/latest/', withToken('x'), 401],
    ['an empty token', world, '/latest/', withToken(''), 401],
  ];
  for (const [what, here, target, options, expected] of rows) {
    test(what, () => assert.equal(said(ask(here, target, options)), expected));
  }
});

describe('tokens', () => {
  const required = having({ tokens: 'required', hopLimit: 3 });
  const lives: readonly (readonly [string, number])[] = [
    ['0', 400],
    ['1', 200],
    ['21600', 200],
    ['21601', 400],
    ['-1', 400],
    ['1.5', 400],
    ['', 400],
    ['1 ', 400],
  ];
  for (const [seconds, status] of lives) {
    test(`a life of "${seconds}" seconds`, () => assert.equal(put(required, ttl(seconds)).status, status));
  }
  test('without a life', () => assert.equal(put(required, {}).status, 400));
  test('a forwarded request gets none', () => {
    assert.equal(put(required, { ...ttl('60'), 'x-forwarded-for': '10.0.0.9' }).status, 403);
  });
  test('the response says its life and goes no further than its hops', () => {
    const { headers, hopLimit } = put(required, ttl('60'));
    assert.deepEqual([headers?.['X-Aws-Ec2-Metadata-Token-Ttl-Seconds'], hopLimit], ['60', 3]);
  });
  test('a token is good until its end', () => {
    const options = withToken(tokenFor(required, '60'));
    assert.equal(ask(required, '/latest/', { ...options, at: nowMs + 59_999 }).status, 200);
    assert.equal(ask(required, '/latest/', { ...options, at: nowMs + 60_000 }).status, 401);
  });
  test('answers say how long the token is still good, and only those that one was shown for', () => {
    const options = withToken(tokenFor(required, '60'));
    const left = (at: number, path = '/latest/') =>
      ask(required, path, { ...options, at }).headers?.['X-Aws-Ec2-Metadata-Token-Ttl-Seconds'];
    assert.deepEqual(
      [left(nowMs), left(nowMs + 1), left(nowMs + 1000), left(nowMs + 59_999)],
      ['60', '60', '59', '1'],
    );
    assert.equal(left(nowMs, '/latest/meta-data/nothing'), undefined);
    assert.equal(ask(world, '/latest/').headers, undefined);
  });
  test('a token is good for one instance', () => {
    assert.equal(ask(required, '/latest/', withToken(tokenFor(required, '60', '10.0.1.7'))).status, 401);
  });
  test('a changed token is none', () => {
    const token = tokenFor(required, '60');
    for (let at = 0; at < token.length; at++) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      const same = Buffer.from(changed, 'base64url').equals(Buffer.from(token, 'base64url'));
      assert.equal(ask(required, '/latest/', withToken(changed)).status, same ? 200 : 401, `digit ${at}`);
    }
  });
});
