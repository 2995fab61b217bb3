/** A router whose table of tracked flows is full: what is known goes on, nothing that should not passes. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { NetworkSpec } from '../../support/network.ts';
import { udp } from '../../support/packets.ts';
import { inDirectory } from '../../support/server.ts';
import { skip } from '../namespaces.ts';
import { TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24' }, t: { cidr: '10.0.2.0/24' } },
  groups: {
    client: { egress: ['udp/53 10.0.0.0/8', 'udp/54 0.0.0.0/0'] },
    // Port 54 admits everybody, and everybody may be answered: such flows leave no entry of their interface's.
    server: { ingress: ['udp/53 10.0.0.0/8', 'udp/54 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] },
  },
  enis: {
    c: { subnet: 's', ips: ['10.0.1.10'], groups: ['client'] },
    s: { subnet: 't', ips: ['10.0.2.20'], groups: ['server'] },
  },
};

/** The kernel has one limit for every namespace, and each counts its own flows. */
const limit = Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8'));
/** Some 100 MB of the kernel's memory. */
const limitMost = 300_000;
const tooLarge = limit > limitMost && `the machine tracks up to ${limit} flows, too many to fill`;

describe('a full table of flows', { skip: skip || tooLarge }, async () => {
  const rig = await TrapRig.start('full', spec);
  const inRouter = (...argv: string[]) =>
    execFileSync('ip', ['netns', 'exec', rig.router, ...argv], { encoding: 'utf8', stdio: 'pipe' });
  const count = () => Number(inRouter('cat', '/proc/sys/net/netfilter/nf_conntrack_count'));

  /** Entries of strangers until the table is full; those with the status are never dropped to make room. */
  const fill = (status: string) =>
    inDirectory(async (directory) => {
      const flows = Array.from({ length: limit + 100 }, (_, at) => {
        const address = `172.16.${at >> 16}.1`;
        return `-I -s ${address} -d 172.31.0.1 -p udp --sport ${at & 65_535} --dport 9 -t 6000${status}`;
      });
      const file = join(directory, 'flows');
      writeFileSync(file, flows.join('\n'));
      // It ends at the first one that the kernel has no room for, or makes room for them all.
      spawnSync('ip', ['netns', 'exec', rig.router, 'conntrack', '-R', file]);
      assert.ok(count() >= limit);
    });

  test('known flows go on, new ones are dropped, tracked or not', async () => {
    for (const port of [53, 54]) {
      assert.equal(await rig.passes('c', 's', udp(1000, port)), true);
      assert.equal(await rig.passes('s', 'c', udp(port, 1000)), true);
    }
    // However long filling takes, they are neither forgotten nor dropped to make room, as flows of long standing.
    inRouter('conntrack', '-U', '-p', 'udp', '-s', '10.0.1.10', '-t', '6000', '-u', 'ASSURED,SEEN_REPLY');
    await fill(' -u ASSURED,SEEN_REPLY');
    for (const port of [53, 54]) {
      assert.equal(await rig.passes('c', 's', udp(1000, port)), true, `known, ${port}`);
      assert.equal(await rig.passes('s', 'c', udp(port, 1000)), true, `its answer, ${port}`);
      assert.equal(await rig.passes('c', 's', udp(1001, port)), false, `new, ${port}`);
    }
    assert.equal(await rig.passes('c', 's', udp(1000, 55)), false, 'what is not allowed');
    assert.equal(await rig.passes('s', 'c', udp(2000, 55)), false, 'what would be allowed out but not in');
    rig.withFlows((flows) => flows.flush());
    assert.equal(await rig.passes('c', 's', udp(1001, 53)), true, 'there is room again');
  });

  test('flows that were never answered make room for new ones', async () => {
    await fill('');
    const passed: boolean[] = [];
    for (let port = 3000; port < 3020; port++) passed.push(await rig.passes('c', 's', udp(port, 53)));
    assert.ok(passed.filter(Boolean).length > 15, passed.join());
    rig.withFlows((flows) => flows.flush());
  });
});
