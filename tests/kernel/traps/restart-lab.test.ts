/** Tables replaced and adopted under traffic: nothing that must be dropped passes, nothing allowed is lost. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { vpcTable } from '#kernel/dataplane/names.ts';
import { nextHop } from '#kernel/lab/links.ts';
import { tagCommands } from '#kernel/nft/tag.ts';
import { eniId, type NetworkSpec, securityGroup, withEntity } from '../../support/network.ts';
import { udp } from '../../support/packets.ts';
import { ArrivalCounter, Flood } from '../flood.ts';
import { skip } from '../namespaces.ts';
import { buildFrame } from '../packets.ts';
import { TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: { a: { cidr: '10.0.1.0/24' }, b: { cidr: '10.0.2.0/24' } },
  groups: {
    client: { egress: ['udp 0.0.0.0/0'] },
    server: { ingress: ['udp/53 client', 'udp/54 client'] },
  },
  enis: {
    c: { subnet: 'a', ips: ['10.0.1.10'], groups: ['client'] },
    s: { subnet: 'b', ips: ['10.0.2.20'], groups: ['server'] },
  },
};
/** By a rule; by an entry whose rule is gone; by nothing. */
const ports = { allowed: 53, tracked: 54, denied: 55 } as const;
type Kind = keyof typeof ports;
const kinds = Object.keys(ports) as Kind[];

describe('restarts of the lab', { skip }, async () => {
  const rig = await TrapRig.start('reload', spec);
  const server = (...ingress: readonly string[]) =>
    withEntity(rig.world, 'securityGroup', securityGroup('server', { ingress }));
  const later = server('udp/53 client');
  const other = server('udp/53 client', 'tcp/80 client');

  /** What arrives, and what was sent, while the work is done. */
  async function underTraffic(work: () => Promise<void>) {
    await rig.to(rig.world);
    for (const port of Object.values(ports)) await rig.passes('c', 's', udp(1001, port));
    assert.equal(await rig.passes('s', 'c', udp(54, 1001)), true, 'a stream, with a long timeout');
    await rig.to(later);
    const [from, to] = ['c', 's'].map((name) => rig.lab.lab.portOf(eniId(name)));
    if (!from || !to) throw new Error('both are attached');
    const arrivals = new ArrivalCounter(to.instance, Object.values(ports));
    const floods = kinds.map((kind) => {
      const frame = buildFrame({
        source: '10.0.1.10',
        destination: '10.0.2.20',
        transport: { kind: 'udp', sourcePort: 1001, destinationPort: ports[kind] },
        sourceMac: '02:00:00:00:00:63',
        destinationMac: nextHop.up.mac,
      });
      const place = { namespace: from.instance, device: from.device };
      return [kind, Flood.start(place, frame, { burst: 5, pauseMs: 1 })] as const;
    });
    while (floods.some(([, flood]) => flood.sent === 0)) await pause(1);
    await work();
    const sent: Partial<Record<Kind, number>> = {};
    for (const [kind, flood] of floods) sent[kind] = await flood.stop();
    await pause(50);
    const found = kinds.map((kind) => ({ kind, sent: sent[kind] ?? 0, arrived: arrivals.of(ports[kind]) }));
    arrivals.close();
    return found;
  }

  function check(found: Awaited<ReturnType<typeof underTraffic>>, lostMost: number): string {
    for (const { kind, sent, arrived } of found) {
      assert.ok(sent > 100, `${kind}: ${sent} sent`);
      if (kind === 'denied') assert.equal(arrived, 0, `${arrived} denied packets arrived`);
      else assert.ok(arrived >= sent - lostMost, `${kind}: ${arrived} of ${sent} arrived`);
    }
    return found.map(({ kind, sent, arrived }) => `${kind} ${arrived} of ${sent}`).join(', ');
  }
  const tag = () => rig.withTables((tables) => tables.tag(vpcTable));
  const fingerprint = () => tag()?.split(' ')[2];

  test('20 adoptions: nothing leaks and nothing is lost', async (context) => {
    const found = await underTraffic(async () => {
      const before = fingerprint();
      for (let round = 0; round < 20; round++) await rig.lab.restart();
      assert.equal(fingerprint(), before);
    });
    context.diagnostic(check(found, 0));
  });

  test('20 replacements of the table: nothing leaks, no flow breaks', async (context) => {
    const found = await underTraffic(async () => {
      for (let round = 0; round < 20; round++) {
        const before = fingerprint();
        // Every other time as an older program would have left the table.
        const foreign = tag()?.replace(/^rampart \d+ /, 'rampart 0 ') ?? '';
        if (round % 4 > 1) rig.withTables((tables) => tables.apply(tagCommands(vpcTable, foreign)));
        await rig.lab.restart(round % 2 ? later : other);
        assert.notEqual(fingerprint(), before);
      }
    });
    // A packet that a processor has half judged when the elements of maps change is refused: at most one a processor.
    context.diagnostic(check(found, 3));
  });

  test('a ruleset that is deleted and then loaded leaks and loses: the remedy is the one batch', async (context) => {
    const found = await underTraffic(async () => {
      for (let round = 0; round < 5; round++) {
        rig.withTables((tables) => tables.apply([{ kind: 'deleteTable', table: vpcTable }]));
        await pause(20);
        await rig.lab.restart();
      }
    });
    const denied = found.find(({ kind }) => kind === 'denied');
    context.diagnostic(`${denied?.arrived} of ${denied?.sent} denied packets arrived`);
    assert.notEqual(denied?.arrived, 0);
  });
});
