import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { networkOf, type World } from '#vpc/network.ts';
import {
  buildWorld,
  eniId,
  type NetworkSpec,
  testScope,
  vpcId,
  withEntity,
} from '../../tests/support/network.ts';
import { origin, packet, ping, summary, tcp, udp } from '../../tests/support/packets.ts';
import { decide } from './decide.ts';
import { noFlows } from './flows.ts';
import type { Transport } from './packet.ts';

/** An interface without any rule in a subnet whose ACL denies everything. */
const spec: NetworkSpec = {
  subnets: { shut: { cidr: '10.0.3.0/24', internet: true, acl: { ingress: [], egress: [] } } },
  groups: { none: {}, all: { egress: ['all 0.0.0.0/0', 'all ::/0'] } },
  enis: {
    n: { subnet: 'shut', ips: ['10.0.3.5', '2001:db8:100:3::5'], groups: ['none'] },
    o: { subnet: 'shut', ips: ['10.0.3.6'], groups: ['all'], publicIp: '198.18.0.6' },
  },
};
const world = buildWorld(spec);
const at = { n: '10.0.3.5', n6: '2001:db8:100:3::5', o: '10.0.3.6' };

const vpc = networkOf(world, testScope).vpc.get(vpcId);
const eni = networkOf(world, testScope).eni.get(eniId('n'));
if (!vpc || !eni) throw new Error('the world lacks its VPC or interface');
const silent = withEntity(world, 'vpc', { ...vpc, dnsSupport: false });
const middlebox = withEntity(world, 'eni', { ...eni, sourceDestCheck: false });

function verdict(here: World, from: string, to: string, transport: Transport): string {
  const [name = '', source = name] = from.split('=');
  const place = { ...origin(at, name), ...(name === 'n6' && { eniId: eniId('n') }) };
  const decided = decide(here, noFlows, { packet: packet(at, source, to, transport), origin: place }, 1000);
  const { verdict: found } = decided;
  assert.equal(decided.flows, noFlows, 'services leave nothing to remember');
  if (found.kind === 'drop') return summary(found);
  return found.delivery.kind === 'service' ? found.delivery.service : found.delivery.kind;
}

const rows: readonly (readonly [string, World, string, string, Transport, string])[] = [
  ['the resolver at base plus one', world, 'n', '10.0.0.1', udp(4000, 53), 'noInterface'],
  ['the resolver at base plus two', world, 'n', '10.0.0.2', udp(4000, 53), 'dns'],
  ['the resolver at base plus three', world, 'n', '10.0.0.3', udp(4000, 53), 'noInterface'],
  ['the resolver by TCP', world, 'n', '10.0.0.2', tcp(4000, 53), 'dns'],
  ['the port below', world, 'n', '10.0.0.2', udp(4000, 52), 'noInterface'],
  ['the port above', world, 'n', '10.0.0.2', udp(4000, 54), 'noInterface'],
  ['a ping to the resolver', world, 'n', '10.0.0.2', ping(8), 'noInterface'],
  ['the link-local resolver', world, 'n', '169.254.169.253', udp(4000, 53), 'dns'],
  ['the IPv6 resolver', world, 'n6', 'fd00:ec2::253', udp(4000, 53), 'dns'],
  ['the resolver without DNS support', silent, 'n', '10.0.0.2', udp(4000, 53), 'noInterface'],
  ['metadata without DNS support', silent, 'n', '169.254.169.254', tcp(4000, 80), 'metadata'],
  ['metadata', world, 'n', '169.254.169.254', tcp(4000, 80), 'metadata'],
  ['metadata, a packet in mid-connection', world, 'n', '169.254.169.254', tcp(4000, 80, 'A'), 'metadata'],
  ['metadata by UDP', world, 'n', '169.254.169.254', udp(4000, 80), 'noInterface'],
  ['metadata by TLS', world, 'n', '169.254.169.254', tcp(4000, 443), 'noInterface'],
  ['metadata by IPv6', world, 'n6', 'fd00:ec2::254', tcp(4000, 80), 'metadata'],
  ['time', world, 'n', '169.254.169.123', udp(123, 123), 'time'],
  ['the address beside metadata', world, 'o', '169.254.169.255', tcp(4000, 80), 'noInterface'],
  ['the last address of the range', world, 'o', '169.254.255.255', tcp(4000, 80), 'noInterface'],
  ['the first address after the range', world, 'o', '169.255.0.0', tcp(4000, 80), 'acl egress'],
  ['under another’s address', world, 'n=10.0.3.6', '169.254.169.254', tcp(4000, 80), 'spoofed'],
  ['a middlebox under its own', middlebox, 'n', '169.254.169.254', tcp(4000, 80), 'metadata'],
  ['a middlebox under another’s', middlebox, 'n=10.0.3.6', '169.254.169.254', tcp(4000, 80), 'spoofed'],
  ['DHCP before there is an address', world, 'n=0.0.0.0', '255.255.255.255', udp(68, 67), 'dhcp'],
  ['DHCP from another port', world, 'n=0.0.0.0', '255.255.255.255', udp(69, 67), 'spoofed'],
  ['DHCP of who has an address, at his router', world, 'n', '10.0.3.1', udp(68, 67), 'dhcp'],
  ['DHCP at the address after it', world, 'n', '10.0.3.2', udp(68, 67), 'noInterface'],
  ['DHCP at the router before there is an address', world, 'n=0.0.0.0', '10.0.3.1', udp(68, 67), 'spoofed'],
  ['anything else at the router', world, 'n', '10.0.3.1', tcp(4000, 53), 'noInterface'],
  ['DHCPv6', world, 'n6=fe80::9', 'ff02::1:2', udp(546, 547), 'dhcp'],
  ['DHCPv6 from another port', world, 'n6=fe80::9', 'ff02::1:2', udp(547, 547), 'spoofed'],
  ['DHCPv6 from beyond the link', world, 'n6=2001:db8::9', 'ff02::1:2', udp(546, 547), 'spoofed'],
  ['from the internet', world, '192.0.2.7', '169.254.169.254', tcp(4000, 80), 'notRouted'],
];

describe('what the router itself answers', () => {
  for (const [name, here, from, to, transport, expected] of rows) {
    test(name, () => assert.equal(verdict(here, from, to, transport), expected));
  }
});
