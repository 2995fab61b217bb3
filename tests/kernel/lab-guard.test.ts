/** What root changes behind the lab's back is noticed, said, and put right. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { vpcTable } from '#kernel/dataplane/names.ts';
import { inNamespace } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { Transport } from '#policy/packet.ts';
import { buildWorld, eniId, type NetworkSpec, securityGroup, withEntity } from '../support/network.ts';
import { type Addresses, packet, tcp } from '../support/packets.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';
import { tableHandle } from './table-handle.ts';

const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24', internet: true }, t: { cidr: '10.0.2.0/24' } },
  groups: { web: { ingress: ['tcp/80 10.0.0.0/16'], egress: ['all 0.0.0.0/0'] } },
  enis: {
    p: { subnet: 's', ips: ['10.0.1.10'], groups: ['web'], publicIp: '198.18.0.10' },
    q: { subnet: 't', ips: ['10.0.2.11'], groups: ['web'] },
  },
};
const world = buildWorld(spec);
const at: Addresses = { p: '10.0.1.10', q: '10.0.2.11' };

/** Runs a program as root would. */
function run(namespace: string | undefined, ...argv: readonly string[]): void {
  const words = namespace === undefined ? argv : ['ip', 'netns', 'exec', namespace, ...argv];
  const { status, stderr } = spawnSync(words[0] ?? '', words.slice(1), { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

describe('what others change in the kernel', { skip }, async () => {
  let repaired = Promise.withResolvers<void>();
  const rig = await LabRig.start('guard', world, { isGuarded: true, onRepair: () => repaired.resolve() });
  const place = (name: string) => {
    const found = rig.lab.portOf(eniId(name));
    if (!found) throw new Error(`${name} is not attached`);
    return found;
  };
  const { router, port } = place('p');
  /** What the class admits inbound. */
  const [blocks = ''] = inNamespace(router, () => {
    const socket = NftSocket.open();
    const names = socket.sets(vpcTable).filter((name) => /^i\d+m4$/.test(name));
    socket.close();
    return names;
  });
  let sourcePort = 1000;
  /** Packets that groups have refused; a table that is replaced begins at 0. */
  const counted = (): number =>
    inNamespace(router, () => {
      const socket = NftSocket.open();
      const rules = socket.rules(vpcTable, 'rej');
      socket.close();
      return rules.find(({ counter }) => counter)?.counter?.packets ?? 0;
    });

  async function passes(transport: Transport): Promise<boolean> {
    const origin = { kind: 'eni', eniId: eniId('q') } as const;
    const [arrival] = await rig.exchange([{ packet: packet(at, 'q', 'p', transport), origin }]);
    return arrival !== undefined;
  }

  /** By the rules, and only by them. */
  async function isRight(what: string): Promise<void> {
    // Found in one moment, put right in the next.
    for (let wait = 0; wait < 500 && !rig.lab.status().ok; wait++) await pause(10);
    const { ok, error } = rig.lab.status();
    assert.equal(ok, true, `${what}: ${error}`);
    assert.equal(await passes(tcp(++sourcePort, 80)), true, `${what}: what is allowed passes`);
    assert.equal(await passes(tcp(++sourcePort, 81)), false, `${what}: what is not does not`);
  }

  type Row = {
    readonly what: string;
    readonly said: RegExp;
    readonly takesTable?: true;
    readonly harm: () => void;
  };
  const rows: readonly Row[] = [
    {
      what: 'nft flush ruleset',
      said: /rules of table vpc were removed/,
      takesTable: true,
      harm: () => run(router, 'nft', 'flush', 'ruleset'),
    },
    {
      what: 'nft delete table',
      said: /were removed/,
      takesTable: true,
      harm: () => run(router, 'nft', 'delete', 'table', 'inet', 'vpc'),
    },
    {
      what: 'nft flush chain',
      said: /rules of table vpc were changed/,
      harm: () => run(router, 'nft', 'flush', 'chain', 'inet', 'vpc', 'ingress'),
    },
    {
      what: 'an accepting rule in front',
      said: /were changed/,
      harm: () => run(router, 'nft', 'insert', 'rule', 'inet', 'vpc', 'forw', 'accept'),
    },
    {
      what: 'a wide element in a set of blocks',
      said: /were changed/,
      harm: () => run(router, 'nft', 'add', 'element', 'inet', 'vpc', blocks, '{ 81 . tcp . 10.0.0.0/8 }'),
    },
    {
      what: 'an element for everything else in a set of blocks',
      said: /were changed/,
      harm: () => run(router, 'nft', 'add', 'element', 'inet', 'vpc', blocks, '{ * }'),
    },
    {
      what: 'a counter, a set and a chain of somebody else’s in the table',
      said: /were changed/,
      harm: () => {
        run(router, 'nft', 'add', 'counter', 'inet', 'vpc', 'theirs');
        run(router, 'nft', 'add', 'set', 'inet', 'vpc', 'theirs', '{ type ipv4_addr; }');
        run(
          router,
          'nft',
          'add',
          'chain',
          'inet',
          'vpc',
          'theirs',
          '{ type filter hook output priority 0; }',
        );
        run(router, 'nft', 'add', 'rule', 'inet', 'vpc', 'theirs', 'counter', 'name', 'theirs');
      },
    },
    {
      what: 'a base chain in another place',
      said: /were changed/,
      harm: () => {
        run(router, 'nft', 'flush', 'chain', 'inet', 'vpc', 'forw');
        run(router, 'nft', 'delete', 'chain', 'inet', 'vpc', 'forw');
        run(router, 'nft', 'add', 'chain', 'inet', 'vpc', 'forw', '{ type filter hook forward priority 7; }');
      },
    },
    {
      what: 'ip link del in an instance',
      said: /no device/,
      harm: () => run(place('p').instance, 'ip', 'link', 'del', 'eth0'),
    },
    {
      what: 'ip link del in the router',
      said: /no device/,
      harm: () => run(router, 'ip', 'link', 'del', port),
    },
    {
      what: 'ip link set down',
      said: /no device/,
      harm: () => run(router, 'ip', 'link', 'set', port, 'down'),
    },
    {
      what: 'a route deleted',
      said: /no route to 10.0.1.10\/32/,
      harm: () => run(router, 'ip', 'route', 'del', '10.0.1.10/32', 'table', '100'),
    },
    {
      what: 'a route changed',
      said: /no route to 10.0.1.10\/32 in table 100 by the link/,
      harm: () => run(router, 'ip', 'route', 'replace', 'blackhole', '10.0.1.10/32', 'table', '100'),
    },
    {
      what: 'a routing rule in front',
      said: /unknown ipv4 rule 5/,
      harm: () => run(router, 'ip', 'rule', 'add', 'priority', '5', 'table', '77'),
    },
    {
      what: 'a neighbour changed',
      said: /no neighbour 10.0.1.10 on/,
      harm: () =>
        run(
          router,
          'ip',
          'neigh',
          'replace',
          '10.0.1.10',
          'lladdr',
          '02:00:00:00:00:99',
          'dev',
          port,
          'nud',
          'permanent',
        ),
    },
    {
      what: 'forwarding switched off',
      said: /somebody has set net\/ipv4\/conf\/all\/forwarding = 0/,
      harm: () => run(router, 'sysctl', '-qw', 'net.ipv4.ip_forward=0'),
    },
    {
      what: 'connections taken up in the middle',
      said: /nf_conntrack_tcp_loose = 1/,
      harm: () => run(router, 'sysctl', '-qw', 'net.netfilter.nf_conntrack_tcp_loose=1'),
    },
    {
      what: 'ip netns del of an instance',
      said: /the namespace was removed/,
      harm: () => run(undefined, 'ip', 'netns', 'del', place('p').instance),
    },
    {
      what: 'ip netns del of the router',
      takesTable: true,
      said: /the namespace was removed/,
      harm: () => run(undefined, 'ip', 'netns', 'del', router),
    },
    {
      what: 'an instance’s namespace put in the place of another',
      said: /the namespace was removed/,
      harm: () => {
        run(undefined, 'ip', 'netns', 'del', place('p').instance);
        run(undefined, 'ip', 'netns', 'add', place('p').instance);
      },
    },
  ];

  for (const { what, said, harm, takesTable = false } of rows) {
    test(`${what}: found by itself and put right`, { timeout: 60_000 }, async () => {
      const { repairs } = rig.lab.status();
      const handle = tableHandle(router);
      repaired = Promise.withResolvers();
      harm();
      // Asked for the status, the lab would look at once; here it has to find by itself, parameters of one place a look.
      await repaired.promise;
      while (!rig.lab.status().ok) await pause(10);
      const { repairs: after, lastRepair = '' } = rig.lab.status();
      assert.equal(after, repairs + 1);
      assert.match(lastRepair, said);
      for (const name of ['p', 'q']) rig.reopen(eniId(name));
      await isRight(what);
      if (!takesTable) assert.equal(tableHandle(router), handle, 'the table is replaced in its place');
    });
  }

  test('what was changed while no server ran is not adopted: a restart puts it right', async () => {
    const handle = tableHandle(router);
    await rig.restart(world, () => run(router, 'nft', 'insert', 'rule', 'inet', 'vpc', 'forw', 'accept'));
    await isRight('after a restart');
    assert.equal(tableHandle(router), handle, 'in its place');
    const refused = counted();
    assert.notEqual(refused, 0);
    await rig.restart(world);
    assert.equal(counted(), refused, 'what nobody has changed is adopted: its counters go on');
  });

  test('whoever asks for the status learns of it at once', async () => {
    await pause(60);
    const { repairs } = rig.lab.status();
    await pause(60);
    run(router, 'nft', 'flush', 'ruleset');
    const { ok, repairs: after } = rig.lab.status();
    assert.deepEqual([ok, after], [false, repairs + 1]);
    await isRight('asked');
  });

  test('a change after a foreign one replaces the table, whoever comes first', async () => {
    run(router, 'nft', 'insert', 'rule', 'inet', 'vpc', 'forw', 'accept');
    const narrower = securityGroup('web', { ingress: ['tcp/90 10.0.0.0/16'], egress: ['all 0.0.0.0/0'] });
    await rig.to(withEntity(world, 'securityGroup', narrower));
    assert.equal(await passes(tcp(++sourcePort, 80)), false);
    assert.equal(await passes(tcp(++sourcePort, 90)), true);
    await rig.to(world);
    await isRight('afterwards');
  });

  test('the lab’s own changes are nobody else’s', async () => {
    await pause(300);
    const { repairs } = rig.lab.status();
    for (let round = 0; round < 3; round++) {
      await rig.to(
        buildWorld({ ...spec, enis: { q: { subnet: 't', ips: ['10.0.2.11'], groups: ['web'] } } }),
      );
      await pause(300);
      await rig.to(world);
      await pause(300);
    }
    assert.equal(rig.lab.status().repairs, repairs, rig.lab.status().lastRepair);
    await isRight('at the end');
  });
});
