import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { networkOf, type World } from '#vpc/network.ts';
import type { Peering } from '#vpc/routing.ts';
import {
  buildWorld,
  idFor,
  type NetworkSpec,
  testScope,
  vpcId,
  withEntity,
} from '../../../../tests/support/network.ts';
import { lookUp } from './names.ts';

const spec: NetworkSpec = {
  subnets: { a: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true } },
  groups: { none: {} },
  enis: {
    n: {
      subnet: 'a',
      ips: ['10.0.1.5', '10.0.1.6', '2001:db8:100:1::5'],
      groups: ['none'],
      publicIp: '198.18.0.5',
    },
    o: { subnet: 'a', ips: ['10.0.1.7'], groups: ['none'] },
  },
};
const bare = buildWorld(spec);
const network = networkOf(bare, testScope);
const vpc = network.vpc.get(vpcId);
const instance = network.instance.get(idFor('i', 'n'));
if (!vpc || !instance) throw new Error('the world lacks its VPC or instance');
const id = instance.id;

const named = withEntity(bare, 'vpc', { ...vpc, dnsHostnames: true });
const withDns = (dns: NonNullable<typeof instance.options.dns>): World =>
  withEntity(named, 'instance', { ...instance, options: { ...instance.options, dns } });
const resource = withDns({ hostnameType: 'resource-name', aRecord: true, aaaaRecord: true });
const onlyA = withDns({ hostnameType: 'ip-name', aRecord: true, aaaaRecord: false });

/** Another VPC, peered with the first, without interfaces of its own. */
const otherId = idFor('vpc', 'w') as typeof vpcId;
const other = { ...vpc, id: otherId, cidrBlocks: [], ipv6Blocks: [], dnsHostnames: true };
const peered = (allowsDns: boolean, status: Peering['status'] = 'active'): World =>
  withEntity(named, 'peering', {
    id: idFor('pcx', 'p') as Peering['id'],
    requester: { ...testScope, vpcId: otherId },
    accepter: { ...testScope, vpcId, allowsDns },
    status,
    createdAtMs: 0,
    statusAtMs: 0,
    tags: {},
  });

/** `TYPE data, …`, or the kind of answer. */
function answer(world: World, name: string, from = 'own'): string {
  const asking = from === 'own' ? networkOf(world, testScope).vpc.get(vpcId) : other;
  assert.ok(asking);
  const lookup = lookUp({ world, scope: testScope, vpc: asking }, name);
  if (lookup.kind !== 'name') return lookup.kind;
  return lookup.records.map(({ type, data }) => `${type} ${data}`).join(', ');
}

const publicName = 'ec2-198-18-0-5.compute-1.amazonaws.com';
const reverse6 = `5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa`;

const rows: readonly (readonly [string, World, string, string, string?])[] = [
  ['a private name', named, 'ip-10-0-1-5.ec2.internal', 'A 10.0.1.5'],
  ['in capitals, with its dot', named, 'IP-10-0-1-5.EC2.Internal.', 'A 10.0.1.5'],
  ['of a second address', named, 'ip-10-0-1-6.ec2.internal', 'A 10.0.1.6'],
  ['of an address that nobody has', named, 'ip-10-0-1-8.ec2.internal', 'noName'],
  ['with a zero too much', named, 'ip-10-0-1-05.ec2.internal', 'noName'],
  ['without its ip-', named, '10-0-1-5.ec2.internal', 'noName'],
  ['of another region', named, 'ip-10-0-1-5.eu-west-1.compute.internal', 'noName'],
  ['where the VPC gives no names', bare, 'ip-10-0-1-5.ec2.internal', 'noName'],
  ['seen from another VPC', named, 'ip-10-0-1-5.ec2.internal', 'noName', 'other'],
  ['the domain itself', named, 'ec2.internal', ''],
  ['a resource without records', named, `${id}.ec2.internal`, 'noName'],
  ['a resource with both records', resource, `${id}.ec2.internal`, 'A 10.0.1.5, AAAA 2001:db8:100:1::5'],
  ['a resource with one record', onlyA, `${id}.ec2.internal`, 'A 10.0.1.5'],
  ['by address, beside the resource', resource, 'ip-10-0-1-5.ec2.internal', 'A 10.0.1.5'],
  ['a public name, inside', named, publicName, 'A 10.0.1.5'],
  ['a public name, outside', named, publicName, 'A 198.18.0.5', 'other'],
  ['a public name through a peering that allows it', peered(true), publicName, 'A 10.0.1.5', 'other'],
  ['a public name through one that does not', peered(false), publicName, 'A 198.18.0.5', 'other'],
  ['a public name through one that is gone', peered(true, 'deleted'), publicName, 'A 198.18.0.5', 'other'],
  ['a public name where the VPC gives none', bare, publicName, 'noName'],
  ['a public name of another region', named, 'ec2-198-18-0-5.eu-west-1.compute.amazonaws.com', 'noName'],
  ['a public name of nobody', named, 'ec2-198-18-0-6.compute-1.amazonaws.com', 'noName'],
  ['an address back', named, '5.1.0.10.in-addr.arpa', 'PTR ip-10-0-1-5.ec2.internal'],
  ['an address back to a resource', resource, '5.1.0.10.in-addr.arpa', `PTR ${id}.ec2.internal`],
  ['a second address back', resource, '6.1.0.10.in-addr.arpa', 'PTR ip-10-0-1-6.ec2.internal'],
  ['an address of nobody back', named, '8.1.0.10.in-addr.arpa', 'noName'],
  ['a private address of elsewhere back', named, '8.1.1.172.in-addr.arpa', 'foreign'],
  ['a private address of elsewhere back', named, '8.1.16.172.in-addr.arpa', 'noName'],
  ['half an address back', named, '0.10.in-addr.arpa', 'noName'],
  ['a public address back', named, '5.0.18.198.in-addr.arpa', `PTR ${publicName}`],
  ['an IPv6 address back', resource, reverse6, `PTR ${id}.ec2.internal`],
  ['an IPv6 address without a record back', onlyA, reverse6, 'noName'],
  ['the host itself', bare, 'localhost', 'A 127.0.0.1, AAAA ::1'],
  ['the host itself back', bare, '1.0.0.127.in-addr.arpa', 'PTR localhost'],
  ['a single label', named, 'printer', 'noName'],
  ['a domain that is nowhere', named, 'a.test', 'noName'],
  ['the root', named, '.', 'foreign'],
  ['somebody else’s', named, 'example.com', 'foreign'],
  ['somebody else’s that looks like ours', named, 'ip-10-0-1-5.ec2.internal.example.com', 'foreign'],
];

describe('names as a VPC’s resolver knows them', () => {
  for (const [what, world, name, expected, from] of rows) {
    test(`${what}: ${name}`, () => assert.equal(answer(world, name, from), expected));
  }
  test('a stopped instance keeps its names, a terminated one loses them', () => {
    const at = (state: 'stopped' | 'terminated') =>
      withEntity(resource, 'instance', {
        ...instance,
        state,
        options: {
          ...instance.options,
          dns: { hostnameType: 'resource-name', aRecord: true, aaaaRecord: false },
        },
      });
    assert.equal(answer(at('stopped'), `${id}.ec2.internal`), 'A 10.0.1.5');
    assert.equal(answer(at('terminated'), `${id}.ec2.internal`), 'noName');
  });
});
