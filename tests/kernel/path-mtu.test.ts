/**
 * Path MTU discovery of the kernels at both ends: packets of 9,001 bytes pass inside a VPC, gateways take 1,500 and say so,
 * and what they say reaches the sender through NAT, groups and ACLs, or not.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { createLab } from '#kernel/lab/lab.ts';
import { listNamespaces } from '#kernel/netns/namespace.ts';
import { asNatGateway, egressOnlyId, natId, withEgressOnly, withRoute } from '../support/edges.ts';
import { buildWorld, eniId, ip } from '../support/network.ts';
import { skip, sweepLeftovers } from './namespaces.ts';

const run = promisify(execFile);
const outside = { ipv4: '192.0.2.7', ipv6: '2001:db8:ffff::7', other: '192.0.2.8' } as const;

const base = buildWorld({
  subnets: {
    pub: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true },
    priv: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64' },
    nat: { cidr: '10.0.4.0/24', internet: true },
    deaf: {
      cidr: '10.0.5.0/24',
      cidr6: '2001:db8:100:5::/64',
      internet: true,
      acl: {
        ingress: ['100 allow udp 0.0.0.0/0', '101 allow udp ::/0'],
        egress: ['100 allow all 0.0.0.0/0', '101 allow all ::/0'],
      },
    },
  },
  groups: {
    tracked: { egress: ['udp/7 0.0.0.0/0', 'udp/7 ::/0'] },
    open: { ingress: ['udp/7 0.0.0.0/0', 'udp/7 ::/0'], egress: ['all 0.0.0.0/0', 'all ::/0'] },
    untracked: { ingress: ['udp 0.0.0.0/0', 'udp ::/0'], egress: ['udp 0.0.0.0/0', 'udp ::/0'] },
  },
  enis: {
    a: { subnet: 'priv', ips: ['10.0.2.20', '2001:db8:100:2::20'], groups: ['tracked'] },
    w: {
      subnet: 'pub',
      ips: ['10.0.1.10', '2001:db8:100:1::10'],
      groups: ['tracked'],
      publicIp: '198.18.0.10',
    },
    u: {
      subnet: 'pub',
      ips: ['10.0.1.11', '2001:db8:100:1::11'],
      groups: ['untracked'],
      publicIp: '198.18.0.11',
    },
    s: { subnet: 'pub', ips: ['10.0.1.12', '2001:db8:100:1::12'], groups: ['open'] },
    d: {
      subnet: 'deaf',
      ips: ['10.0.5.10', '2001:db8:100:5::10'],
      groups: ['tracked'],
      publicIp: '198.18.0.12',
    },
    n: { subnet: 'nat', ips: ['10.0.4.5'], groups: [], publicIp: '198.18.0.5' },
  },
});
const withNat = withRoute(asNatGateway(base, 'n'), 'priv', '0.0.0.0/0', {
  kind: 'natGateway',
  id: natId('n'),
});
const passage = { kind: 'egressOnlyGateway', id: egressOnlyId } as const;
const world = withRoute(withEgressOnly(withNat), 'priv', '::/0', passage);

/** Says of each datagram how long it was, and which one: its first byte. */
const echo = `
  for (const type of ['udp4', 'udp6']) {
    const socket = require('node:dgram').createSocket({ type, ipv6Only: type === 'udp6' });
    socket.on('message', (message, { port, address }) =>
      socket.send(message.length + ' at ' + (message[0] === 1 ? 'once' : 'last'), port, address));
    socket.bind(7, () => console.log('ready'));
  }`;

/** Sends datagrams of the size until somebody answers, and says what. */
const ask = (address: string, bytes: number, most: number) => `
  const socket = require('node:dgram').createSocket('${address.includes(':') ? 'udp6' : 'udp4'}');
  const end = (what) => { console.log(String(what)); process.exit(); };
  socket.on('message', end);
  socket.on('error', () => {});
  let count = 0;
  const send = () => {
    if (++count > ${most}) end('silence');
    socket.send(Buffer.alloc(${bytes}, count), 7, '${address}');
  };
  send();
  setInterval(send, 250);`;

describe('path MTU discovery', { skip }, async () => {
  if (skip) return;
  sweepLeftovers();
  const prefix = `rpt-${process.pid}-mtu`;
  let lab = createLab({ prefix });
  const servers: ChildProcess[] = [];
  after(async () => {
    for (const server of servers) server.kill('SIGKILL');
    await lab.purge();
  });
  await lab.apply(world, 1);
  const inside = (name: string) => lab.portOf(eniId(name))?.instance ?? assert.fail(`${name} is nowhere`);
  const hosts = await Promise.all(Object.values(outside).map((address) => lab.internetHost(ip(address))));
  for (const namespace of [...hosts, inside('s')]) {
    const server = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', echo]);
    servers.push(server);
    await once(server.stdout, 'data');
  }

  const mtuOf = async (namespace: string, device: string) =>
    Number((await run('ip', ['-n', namespace, 'link', 'show', device])).stdout.match(/mtu (\d+)/)?.[1]);

  test('a server that starts sets both ends of its links, and leaves those of instances alone', async () => {
    const gateway = listNamespaces(`${prefix}-g-`)[0] ?? assert.fail('there is no gateway');
    const ends = [
      [gateway, 'vpc0', 9001],
      [gateway, 'wan0', 1500],
      [inside('w'), 'eth0', 1400],
    ] as const;
    for (const [namespace, device] of ends)
      await run('ip', ['-n', namespace, 'link', 'set', device, 'mtu', '1400']);
    await lab.close();
    lab = createLab({ prefix });
    await lab.apply(world, 2);
    for (const [namespace, device, mtu] of ends) assert.equal(await mtuOf(namespace, device), mtu, device);
    await run('ip', ['-n', inside('w'), 'link', 'set', 'eth0', 'mtu', '9001']);
  });

  type Row = readonly [who: string, to: string, bytes: number, answer: string];
  const rows: readonly Row[] = [
    // Inside the VPC, up to its own limit.
    ['w', '10.0.1.12', 8973, '8973 at once'],
    ['w', '2001:db8:100:1::12', 8953, '8953 at once'],
    // Through gateways all 1,500 bytes, and one more when the sender has learnt of it.
    ['w', outside.ipv4, 1472, '1472 at once'],
    ['w', outside.ipv4, 1473, '1473 at last'],
    ['w', outside.ipv6, 1452, '1452 at once'],
    ['w', outside.ipv6, 1453, '1453 at last'],
    ['a', outside.ipv4, 1472, '1472 at once'],
    ['a', outside.ipv4, 1473, '1473 at last'],
    // Too large for the NAT gateway, and then for the internet gateway.
    ['a', outside.other, 8900, '8900 at last'],
    ['a', outside.ipv6, 1452, '1452 at once'],
    ['a', outside.ipv6, 1453, '1453 at last'],
    // An untracked flow has no entry by which the error would pass, and an ACL asks for a rule of its own.
    ['u', outside.ipv4, 1472, '1472 at once'],
    ['u', outside.ipv4, 1473, 'silence'],
    ['u', outside.ipv6, 1453, 'silence'],
    ['d', outside.ipv4, 1472, '1472 at once'],
    ['d', outside.ipv4, 1473, 'silence'],
    ['d', outside.ipv6, 1453, 'silence'],
  ];
  for (const [who, to, bytes, answer] of rows) {
    const most = answer === 'silence' ? 6 : 100;
    test(`${bytes} bytes from ${who} to ${to}: ${answer}`, async () => {
      const argv = ['netns', 'exec', inside(who), process.execPath, '-e', ask(to, bytes, most)];
      assert.equal((await run('ip', argv, { timeout: 60_000 })).stdout, `${answer}\n`);
    });
  }
});
