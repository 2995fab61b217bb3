/** Namespaces come, are entered and left, and go. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, readlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { bindUdp, listenTcp } from '#kernel/netns/listen.ts';
import {
  createNamespace,
  deleteNamespace,
  inNamespace,
  listNamespaces,
  namespaceExists,
} from '#kernel/netns/namespace.ts';
import { namespacePath } from '#kernel/netns/path.ts';
import { readSysctl, writeSysctl } from '#kernel/netns/sysctl.ts';
import { RouteSocket } from '#kernel/rtnl/socket.ts';
import { kernelSupport } from '#kernel/support.ts';
import { ip } from '../support/network.ts';
import { skip, sweepLeftovers, testNamespace } from './namespaces.ts';

/** A process that is certainly gone: the largest number a process can have is smaller. */
const nobody = 2 ** 22 + 1;

suite('namespaces', { skip }, () => {
  const own = () => readlinkSync('/proc/thread-self/ns/net');
  const before = own();

  test('made, listed, entered, removed', () => {
    const name = `rpt-${process.pid}-made`;
    assert.equal(namespaceExists(name), false);
    createNamespace(name);
    try {
      assert.equal(own(), before);
      assert.equal(namespaceExists(name), true);
      assert.ok(listNamespaces(`rpt-${process.pid}-`).includes(name));
      assert.ok(!listNamespaces('rp-').includes(name));
      assert.notEqual(inNamespace(name, own), before);
      assert.equal(own(), before);
      assert.throws(() => createNamespace(name), /EEXIST/);
    } finally {
      assert.equal(deleteNamespace(name), true);
    }
    assert.equal(deleteNamespace(name), false);
    assert.equal(namespaceExists(name), false);
    assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(`/${name} `));
  });

  test('a plain file of its name is no namespace, and makes room for one', () => {
    const name = testNamespace('plain');
    deleteNamespace(name);
    writeFileSync(namespacePath(name), '');
    assert.equal(namespaceExists(name), false);
    createNamespace(name);
    assert.equal(namespaceExists(name), true);
  });

  test('loopback is up, and nothing else is there', () => {
    const name = testNamespace('empty');
    const routes = inNamespace(name, () => RouteSocket.open());
    const links = routes.links();
    routes.close();
    assert.deepEqual(
      links.map((link) => [link.name, link.up]),
      [['lo', true]],
    );
  });

  test('left again whatever the work does', () => {
    const name = testNamespace('left');
    const failing = () =>
      inNamespace(name, () => {
        throw new Error('work failed');
      });
    assert.throws(failing, /work failed/);
    assert.equal(own(), before);
    assert.throws(() => inNamespace(name, () => Promise.resolve()), /synchronous/);
    assert.equal(own(), before);
    assert.throws(() => inNamespace(`${name}-none`, own), /ENOENT/);
    assert.equal(own(), before);
    const inner = testNamespace('inner');
    inNamespace(name, () => {
      const outer = own();
      assert.notEqual(inNamespace(inner, own), outer);
      assert.equal(own(), outer);
    });
    assert.equal(own(), before);
  });

  test('a name is a name', () => {
    for (const name of ['', '.', '../x', 'a/b', '-x', 'a b', 'x'.repeat(300)]) {
      assert.throws(() => createNamespace(name), /no namespace name/, name);
    }
  });

  test('a file left by a crash before the mount is removed like a namespace', () => {
    const name = `rpt-${process.pid}-torn`;
    writeFileSync(namespacePath(name), '');
    assert.equal(deleteNamespace(name), true);
    assert.equal(namespaceExists(name), false);
  });

  test('the sweep removes what dead processes left, and nothing of the living', () => {
    const dead = `rpt-${nobody}-left`;
    const alive = testNamespace('alive');
    writeFileSync(namespacePath(dead), '');
    sweepLeftovers();
    assert.equal(namespaceExists(alive), true);
    if (namespaceExists(dead)) {
      unlinkSync(namespacePath(dead));
      assert.fail('the sweep left it');
    }
  });

  test('parameters are set inside alone', () => {
    const name = testNamespace('sysctl');
    const keys = [
      ['net/ipv4/ip_forward', 1],
      ['net/ipv6/conf/all/forwarding', 1],
      ['net/ipv6/conf/default/accept_dad', 0],
      ['net/ipv6/conf/default/accept_ra', 0],
      ['net/ipv4/conf/all/rp_filter', 0],
      ['net/netfilter/nf_conntrack_tcp_loose', 0],
      ['net/netfilter/nf_conntrack_tcp_be_liberal', 1],
      ['net/netfilter/nf_conntrack_generic_timeout', 601],
      ['net/netfilter/nf_conntrack_gre_timeout', 602],
      ['net/netfilter/nf_conntrack_acct', 1],
    ] as const;
    const outside = keys.map(([key]) => readSysctl(key));
    inNamespace(name, () => {
      for (const [key, value] of keys) writeSysctl(key, value);
      for (const [key, value] of keys) assert.equal(readSysctl(key), String(value), key);
    });
    assert.deepEqual(
      keys.map(([key]) => readSysctl(key)),
      outside,
    );
    assert.throws(() => writeSysctl('kernel/hostname', 'x'), /no network parameter/);
    assert.throws(() => writeSysctl('net/../kernel/hostname', 'x'), /no network parameter/);
  });

  test('sockets opened inside serve inside, read by Node outside', async (context) => {
    const name = testNamespace('serve');
    const [tcp, udp] = inNamespace(name, () => [listenTcp(ip('127.0.0.1'), 8080), bindUdp(ip('::1'), 5353)]);
    const server = createServer((socket) => socket.end('from inside'));
    const datagrams = createSocket('udp6');
    // A socket bound by descriptor says so before `bind` returns.
    const listening = Promise.all([once(server, 'listening'), once(datagrams, 'listening')]);
    server.listen({ fd: tcp });
    datagrams.bind({ fd: udp });
    // The root's own hooks wait until nothing is open.
    context.after(() => {
      server.close();
      datagrams.close();
    });
    await listening;
    assert.deepEqual(datagrams.address().address, '::1');
    assert.throws(() => inNamespace(name, () => listenTcp(ip('127.0.0.1'), 8080)), /EADDRINUSE/);

    const script = 'exec 3<>/dev/tcp/127.0.0.1/8080 && cat <&3';
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    const inside = spawn('nsenter', [`--net=${namespacePath(name)}`, 'bash', '-c', script], { stdio });
    assert.equal(await text(inside.stdout), 'from inside');
    const outside = spawn('bash', ['-c', script], { stdio });
    assert.notEqual(await text(outside.stdout), 'from inside');
  });

  test('this machine can enforce, as far as the check can tell', () => {
    assert.deepEqual(kernelSupport(), { possible: true });
  });
});
