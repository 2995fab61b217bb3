/**
 * IPv6 as an instance configures it that knows nothing: the kernel learns of its router, ISC's client of its addresses, and
 * packets get through by what they have learnt. Past groups and ACLs that admit nothing.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createLab } from '#kernel/lab/lab.ts';
import { networkOf, type World } from '#vpc/network.ts';
import type { DhcpOptions } from '#vpc/vpc.ts';
import { asMiddlebox } from '../support/edges.ts';
import { buildWorld, eniId, idFor, subnetId, testScope, vpcId, withEntity } from '../support/network.ts';
import { skip, sweepLeftovers } from './namespaces.ts';

const run = promisify(execFile);
const client = '/sbin/dhclient';
const without = existsSync(client) ? skip : 'needs dhclient (Debian: isc-dhcp-client)';

const plain = buildWorld({
  subnets: {
    dual: {
      cidr: '10.0.1.0/24',
      cidr6: '2001:db8:100:1::/64',
      acl: { ingress: ['100 allow tcp 2001:db8:100::/56'], egress: ['100 allow tcp 2001:db8:100::/56'] },
    },
    alone: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64' },
  },
  groups: { web: { ingress: ['tcp/80 2001:db8:100::/56'], egress: ['tcp/80 ::/0'] }, none: {} },
  enis: {
    a: {
      subnet: 'dual',
      ips: ['10.0.1.10', '2001:db8:100:1::10', '2001:db8:100:1::11', '2001:db8:100:1:aaaa::/80'],
      groups: ['web'],
    },
    b: { subnet: 'alone', ips: ['2001:db8:100:2::20'], groups: ['web'] },
    f: { subnet: 'dual', ips: ['10.0.1.30'], groups: ['none'] },
  },
});

/** The subnet has IPv6 alone, and the VPC says more than AWS does by itself. */
function withNames(world: World): World {
  const network = networkOf(world, testScope);
  const [vpc, subnet] = [network.vpc.get(vpcId), network.subnet.get(subnetId('alone'))];
  if (!vpc || !subnet) throw new Error('the world lacks something');
  const { cidr: _, ...alone } = subnet;
  const dhcpOptionsId = idFor('dopt', 'd') as DhcpOptions['id'];
  const configurations = [
    { key: 'domain-name', values: ['lab.internal'] },
    { key: 'domain-name-servers', values: ['AmazonProvidedDNS', '10.0.3.9', '2001:db8::53'] },
    { key: 'ipv6-address-preferred-lease-time', values: ['1000'] },
  ];
  let built = withEntity(world, 'subnet', alone);
  built = withEntity(built, 'vpc', { ...vpc, dhcpOptionsId });
  return withEntity(built, 'dhcpOptions', { id: dhcpOptionsId, configurations, tags: {} });
}

/** What the kernel makes of the MAC address that routers have on every link. */
const router = 'fe80::ff:ff:fe00:1';

describe('DHCPv6 and router advertisements', { skip: without }, async () => {
  if (without) return;
  sweepLeftovers();
  const lab = createLab({ prefix: `rpt-${process.pid}-dhcp6` });
  await lab.apply(withNames(plain), 1);
  const scratch = mkdtempSync(join(tmpdir(), 'rampart-dhcp6-'));
  after(async () => {
    await lab.purge();
    rmSync(scratch, { recursive: true });
  });

  /** In the instance; what it prints. */
  async function inside(name: string, ...argv: readonly string[]): Promise<string> {
    const place = lab.portOf(eniId(name));
    assert.ok(place);
    return (await run('ip', ['netns', 'exec', place.instance, ...argv], { timeout: 60_000 })).stdout;
  }

  /** Takes away what the lab has configured, and starts as an instance does that is to find out by itself. */
  async function startBlank(name: string): Promise<void> {
    await inside(name, 'sysctl', '-qw', 'net.ipv6.conf.eth0.accept_ra=1');
    await inside(name, 'ip', 'link', 'set', 'eth0', 'down');
    for (const family of ['-4', '-6']) await inside(name, 'ip', family, 'addr', 'flush', 'dev', 'eth0');
    await inside(name, 'ip', '-6', 'route', 'flush', 'table', 'main');
    await inside(name, 'ip', 'neigh', 'flush', 'dev', 'eth0', 'nud', 'all');
    await inside(name, 'ip', 'link', 'set', 'eth0', 'up');
  }

  async function defaultRoute(name: string): Promise<string> {
    for (let tries = 0; tries < 300; tries++) {
      const route = await inside(name, 'ip', '-6', 'route', 'show', 'default');
      if (route !== '') return route;
      await pause(100);
    }
    return '';
  }

  /** The client's process, which writes its number when the one that was started has ended already. */
  async function pidIn(path: string): Promise<number> {
    for (let tries = 0; tries < 300; tries++) {
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      if (text.endsWith('\n')) return Number(text);
      await pause(100);
    }
    throw new Error(`the client has not written ${path}`);
  }

  /** Runs the client once, and returns what it tells its script, by event. */
  async function configured(name: string, ...options: readonly string[]): Promise<Record<string, string>[]> {
    const file = (what: string) => join(scratch, `${name}${options.join('')}.${what}`);
    const script = `#!/bin/sh
{ env | grep -E '^(reason|new_|old_|requested_)'; echo; } >> ${file('log')}
[ -z "$new_ip6_address" ] || ip -6 addr replace "$new_ip6_address/128" dev eth0 nodad
exit 0
`;
    writeFileSync(file('script'), script, { mode: 0o755 });
    writeFileSync(file('conf'), 'request dhcp6.name-servers, dhcp6.domain-search;\n');
    const own = ['-sf', file('script'), '-cf', file('conf'), '-lf', file('leases'), '-pf', file('pid')];
    await inside(name, client, '-6', '-1', '-q', ...options, ...own, 'eth0');
    process.kill(await pidIn(file('pid')));
    return readFileSync(file('log'), 'utf8')
      .split('\n\n')
      .filter((block) => block !== '')
      .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/=(.*)/).slice(0, 2))));
  }

  test('the kernel takes its router from the answer to its solicitation', async () => {
    await startBlank('a');
    const route = await defaultRoute('a');
    assert.match(route, new RegExp(`^default via ${router} dev eth0 proto ra .*expires 1[78]\\d\\dsec`));
  });

  test('a client gets all addresses, for AWS’s time, and no names beside IPv4', async () => {
    const told = await configured('a');
    const bound = told.filter(({ reason }) => reason === 'BOUND6');
    assert.deepEqual(bound.map((each) => each['new_ip6_address']).sort(), [
      '2001:db8:100:1::10',
      '2001:db8:100:1::11',
    ]);
    for (const each of bound) {
      assert.deepEqual(
        [each['new_ip6_prefixlen'], each['new_preferred_life'], each['new_max_life']],
        ['128', '1000', '1310'],
      );
      assert.equal(each['new_dhcp6_name_servers'], undefined);
    }
  });

  test('and a delegated prefix, where it asks for one', async () => {
    const [told] = (await configured('a', '-P')).filter(({ reason }) => reason === 'BOUND6');
    assert.equal(told?.['new_ip6_prefix'], '2001:db8:100:1:aaaa::/80');
  });

  test('names go to subnets of IPv6 alone', async () => {
    await startBlank('b');
    assert.match(await defaultRoute('b'), new RegExp(`via ${router} `));
    const [told] = (await configured('b')).filter(({ reason }) => reason === 'BOUND6');
    assert.equal(told?.['new_ip6_address'], '2001:db8:100:2::20');
    assert.equal(told?.['new_dhcp6_name_servers'], 'fd00:ec2::253 2001:db8::53');
    assert.equal(told?.['new_dhcp6_domain_search'], 'lab.internal.');
  });

  test('what both have learnt takes a connection there and back', async () => {
    const dial = (port: number) => `
      const socket = require('node:net').connect({ host: '2001:db8:100:2::20', port: ${port} });
      socket.setTimeout(1500, () => { console.log('silence'); process.exit(); });
      socket.on('error', ({ code }) => { console.log(code); process.exit(); });`;
    // Nobody listens, which the other instance says.
    assert.equal(await inside('a', process.execPath, '-e', dial(80)), 'ECONNREFUSED\n');
    assert.equal(await inside('a', process.execPath, '-e', dial(81)), 'silence\n');
  });

  test('an interface that forwards is served as well', async () => {
    await lab.apply(asMiddlebox(withNames(plain), 'b'), 2);
    const [told] = (await configured('b', '-N')).filter(({ reason }) => reason === 'BOUND6');
    assert.equal(told?.['new_ip6_address'], '2001:db8:100:2::20');
  });

  test('an interface without IPv6 hears nothing', async () => {
    await startBlank('f');
    await pause(1500);
    assert.equal(await inside('f', 'ip', '-6', 'route', 'show', 'default'), '');
  });
});
