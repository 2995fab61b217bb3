/** What the DHCPv6 server answers to whom, in the octets of RFC 8415. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Eni } from '#vpc/eni.ts';
import { networkOf } from '#vpc/network.ts';
import type { DhcpOptions } from '#vpc/vpc.ts';
import { buildWorld, eniId, subnetId, testScope, withEntity } from '../../../../tests/support/network.ts';
import { type Asker, answerTo6 } from './lease.ts';
import { nameOctets, readQuestion6 } from './message.ts';

const world = buildWorld({
  subnets: { s: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64' } },
  groups: { g: {} },
  enis: {
    a: {
      subnet: 's',
      ips: ['10.0.1.10', '2001:db8:100:1::10', '2001:db8:100:1::11', '2001:db8:100:1:aaaa::/80'],
      groups: ['g'],
    },
    b: { subnet: 's', ips: ['10.0.1.20'], groups: ['g'] },
  },
});

function askerOf(name: string): Asker {
  const network = networkOf(world, testScope);
  return { network, eni: network.eni.get(eniId(name)) as Eni };
}

/** An interface of a subnet that has IPv6 alone. */
function alone(): Asker {
  const subnet = networkOf(world, testScope).subnet.get(subnetId('s'));
  assert.ok(subnet);
  const { cidr: _, ...rest } = subnet;
  const configurations = [{ key: 'domain-name-servers', values: ['AmazonProvidedDNS', '10.0.0.2'] }];
  const options = { id: 'default' as DhcpOptions['id'], configurations, tags: {} };
  const built = withEntity(withEntity(world, 'subnet', rest), 'dhcpOptions', options);
  return { ...askerOf('a'), network: networkOf(built, testScope) };
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const server = hex('0003 0001 02ff00000001');
/** The client and the server by their identifiers. */
const [me, you] = ['0001 0004 00030001', '0002 000a 00030001 02ff00000001'];
const stranger = '0002 000a 00030001 02ff00000002';
const wantsAddresses = '0003 000c 00000007 00000000 00000000';
const wantsPrefixes = '0019 000c 00000008 00000000 00000000';
const wantsNames = '0006 0004 0017 0018';
const holds = (address: string) =>
  `0003 0028 00000007 00000000 00000000 0005 0018 ${address} 00000000 00000000`;

/** T1 70 s, T2 112 s; 140 s preferred and 450 s valid. */
const times = '00000046 00000070';
const life = '0000008c 000001c2';
const own = ['20010db8010000010000000000000010', '20010db8010000010000000000000011'];
const addresses = `0003 0044 00000007 ${times} ${own.map((each) => `0005 0018 ${each} ${life}`).join('')}`;
const prefixes = `0019 0029 00000008 ${times} 001a 0019 ${life} 50 20010db801000001aaaa000000000000`;
const success = '000d 0002 0000';

const answer = (asker: Asker, question: string): string | undefined => {
  const read = readQuestion6(hex(question));
  return read && answerTo6(asker, read, server)?.toString('hex');
};

describe('DHCPv6', () => {
  const rows: readonly (readonly [string, string, string | undefined])[] = [
    ['a solicitation', `01 abcdef ${me} ${wantsAddresses}`, `02 abcdef ${me} ${you} ${addresses}`],
    [
      'one that takes a reply at once',
      `01 abcdef ${me} 000e 0000 ${wantsAddresses}`,
      `07 abcdef ${me} ${you} 000e 0000 ${addresses}`,
    ],
    ['a request', `03 abcdef ${me} ${you} ${wantsAddresses}`, `07 abcdef ${me} ${you} ${addresses}`],
    [
      'a request for both',
      `03 abcdef ${me} ${you} ${wantsAddresses} ${wantsPrefixes}`,
      `07 abcdef ${me} ${you} ${addresses} ${prefixes}`,
    ],
    ['a renewal', `05 abcdef ${me} ${you} ${holds(own[0] ?? '')}`, `07 abcdef ${me} ${you} ${addresses}`],
    [
      'a renewal of what is somebody else’s, which ends',
      `05 abcdef ${me} ${you} ${holds('20010db8010000010000000000000099')}`,
      `07 abcdef ${me} ${you} 0003 0060 00000007 ${times} ${own.map((each) => `0005 0018 ${each} ${life}`).join('')}
        0005 0018 20010db8010000010000000000000099 00000000 00000000`.replaceAll('\n', ''),
    ],
    ['a rebinding', `06 abcdef ${me} ${holds(own[0] ?? '')}`, `07 abcdef ${me} ${you} ${addresses}`],
    ['a confirmation', `04 abcdef ${me} ${holds(own[1] ?? '')}`, `07 abcdef ${me} ${you} ${success}`],
    [
      'one of an address of another link',
      `04 abcdef ${me} ${holds('20010db8010000020000000000000011')}`,
      `07 abcdef ${me} ${you} 000d 0002 0004`,
    ],
    ['a release', `08 abcdef ${me} ${you} ${holds(own[0] ?? '')}`, `07 abcdef ${me} ${you} ${success}`],
    ['a refusal', `09 abcdef ${me} ${you} ${holds(own[0] ?? '')}`, `07 abcdef ${me} ${you} ${success}`],
    ['a question for names beside IPv4', `0b abcdef ${me} ${wantsNames}`, `07 abcdef ${me} ${you}`],
    ['one without a name', `0b abcdef ${wantsNames}`, `07 abcdef ${you}`],
    [
      'a second wish for addresses',
      `01 abcdef ${me} ${wantsAddresses} 0003 000c 00000009 00000000 00000000`,
      `02 abcdef ${me} ${you} ${addresses} 0003 0012 00000009 00000000 00000000 000d 0002 0002`,
    ],
    ['a solicitation by nobody', `01 abcdef ${wantsAddresses}`, undefined],
    ['a solicitation of one server', `01 abcdef ${me} ${you} ${wantsAddresses}`, undefined],
    ['a request of nobody', `03 abcdef ${me} ${wantsAddresses}`, undefined],
    ['a request of another server', `03 abcdef ${me} ${stranger} ${wantsAddresses}`, undefined],
    ['a rebinding at one server', `06 abcdef ${me} ${you} ${wantsAddresses}`, undefined],
    ['a question for names with a wish for addresses', `0b abcdef ${wantsAddresses}`, undefined],
    ['an answer', `07 abcdef ${me} ${you} ${addresses}`, undefined],
    ['a message that was relayed', `0c abcdef ${me}`, undefined],
    ['a message that is cut off', `01 abcdef ${me} 0003 000d 00000007 00000000 00000000`, undefined],
    ['nothing', '', undefined],
  ];
  for (const [what, question, expected] of rows)
    test(what, () => assert.equal(answer(askerOf('a'), question), expected?.replaceAll(' ', '')));

  test('names for a subnet of IPv6 alone, as far as they are wanted', () => {
    const dns = '0017 0010 fd000ec2000000000000000000000253';
    assert.equal(answer(alone(), `0b abcdef ${wantsNames}`), `07abcdef${you}${dns}`.replaceAll(' ', ''));
    assert.equal(answer(alone(), `0b abcdef ${me}`), `07abcdef${me}${you}`.replaceAll(' ', ''));
  });

  test('an interface without IPv6 is told that there is none', () => {
    const none = (code: string, id: string) => `${code} 0012 ${id} 00000000 00000000 000d 0002`;
    const expected = `02 abcdef ${me} ${you} ${none('0003', '00000007')} 0002 ${none('0019', '00000008')} 0006`;
    const question = `01 abcdef ${me} ${wantsAddresses} ${wantsPrefixes}`;
    assert.equal(answer(askerOf('b'), question), expected.replaceAll(' ', ''));
  });

  test('domain names', () => {
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['lab.internal', '036c616208696e7465726e616c00'],
      ['lab.internal.', '036c616208696e7465726e616c00'],
      ['a'.repeat(63), `3f${'61'.repeat(63)}00`],
      ['a'.repeat(64), undefined],
      ['a..b', undefined],
      ['', undefined],
    ];
    for (const [name, expected] of rows) assert.equal(nameOctets(name)?.toString('hex'), expected);
  });
});
