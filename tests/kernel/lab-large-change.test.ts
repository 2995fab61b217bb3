/** Changes of a group that many combinations hold: others go on meanwhile, and sets that lose much are made anew. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { vpcTable } from '#kernel/dataplane/names.ts';
import { inNamespace } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { Command } from '#kernel/nft/statement.ts';
import { buildWorld, eniId, ip } from '../support/network.ts';
import { tcp } from '../support/packets.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';
import { tamperWith } from './tap.ts';

const combinations = 12;
/** Open to a block beside each of the other rules and between them: a hundred elements of a set. */
const widening = 'tcp/0-65535 10.0.2.0/24';

function worldWith(...more: readonly string[]) {
  const own = (at: number) =>
    Array.from({ length: 50 }, (_, rule) => `tcp/${1000 + 2 * rule} 172.16.${at}.0/24`);
  const names = Array.from({ length: combinations }, (_, at) => `g${at}`);
  return buildWorld({
    subnets: { s: { cidr: '10.0.1.0/24' }, t: { cidr: '10.0.2.0/24' } },
    groups: {
      all: { ingress: ['tcp/22 10.0.0.0/16', ...more], egress: ['all 0.0.0.0/0'] },
      ...Object.fromEntries(names.map((name, at) => [name, { ingress: own(at) }])),
    },
    enis: {
      c: { subnet: 't', ips: ['10.0.2.10'], groups: ['all'] },
      ...Object.fromEntries(
        names.map((name, at) => [
          `e${at}`,
          { subnet: 's', ips: [`10.0.1.${10 + at}`], groups: ['all', name] },
        ]),
      ),
    },
  });
}

describe('a large change', { skip }, async () => {
  const rig = await LabRig.start('large', worldWith());
  const { router } = rig.lab.portOf(eniId('c')) ?? assert.fail();
  let sourcePort = 1000;
  /** Whether each combination lets in what only the rule of all of them allows, and what another rule allows. */
  const picture = async () => {
    const origin = { kind: 'eni', eniId: eniId('c') } as const;
    const asked = Array.from({ length: combinations }, (_, at) => [
      [at, 5000] as const,
      [at, 22] as const,
    ]).flat();
    const sent = asked.map(([at, port]) => ({
      packet: {
        source: ip('10.0.2.10'),
        destination: ip(`10.0.1.${10 + at}`),
        transport: tcp(++sourcePort, port),
      },
      origin,
    }));
    const passed = (await rig.exchange(sent)).map((arrival) => arrival !== undefined);
    return [0, 1].map((kind) => passed.filter((each, at) => each && at % 2 === kind).length);
  };
  const withTable = <T>(work: (socket: NftSocket) => T): T => {
    const socket = inNamespace(router, () => NftSocket.open());
    try {
      return work(socket);
    } finally {
      socket.close();
    }
  };
  /** Sets that have the other one of their two names. */
  const others = () => withTable((socket) => socket.sets(vpcTable)).filter((name) => name.endsWith('.b'));
  const refusals = () =>
    withTable((socket) => socket.rules(vpcTable, 'rej').find(({ counter }) => counter)?.counter?.packets);

  test('others have the word while the kernel is at work', async () => {
    let isDone = false;
    const done = rig.to(worldWith(widening)).finally(() => {
      isDone = true;
    });
    let turns = 0;
    for (; !isDone; turns++) await turn();
    await done;
    // At least: before it begins, and while another thread waits for the kernel.
    assert.ok(turns >= 2, `the loop turned ${turns} times`);
    assert.deepEqual(await picture(), [combinations, combinations]);
    assert.deepEqual(others(), []);
  });

  test('sets that lose much are made anew, and a restart knows them', async () => {
    await rig.to(worldWith());
    assert.equal(others().length, combinations);
    assert.deepEqual(await picture(), [0, combinations]);
    const before = refusals();
    assert.ok(before);
    await rig.restart();
    assert.equal(refusals(), before, 'the table is the same one');
    await rig.to(worldWith(widening));
    assert.deepEqual(await picture(), [combinations, combinations]);
  });

  test('the next time they have their first names again', async () => {
    await rig.to(worldWith());
    assert.deepEqual(others(), []);
    assert.deepEqual(await picture(), [0, combinations]);
  });

  test('who dies between making a set and asking it leaves a table that is replaced', async () => {
    await rig.to(worldWith(widening));
    const batches: (readonly Command[])[] = [];
    tamperWith((commands) => {
      batches.push(commands);
      return commands;
    });
    await rig.to(worldWith());
    tamperWith();
    const [made = [], asked = []] = batches;
    const noteOf = (batch: readonly Command[]) =>
      batch.flatMap((each) => (each.kind === 'addRule' ? (each.comment ?? []) : [])).at(-1) ?? '';
    assert.equal(made.filter(({ kind }) => kind === 'addSet').length, combinations);
    assert.match(noteOf(made), /^rampart \d+ none /);
    assert.match(noteOf(asked), /^rampart \d+ [0-9a-f]{16} /);
    // As far as the first batch, once more.
    await rig.to(worldWith(widening));
    await rig.lab.close();
    withTable((socket) => socket.apply(made.map((each) => renamed(each))));
    assert.equal(others().length, combinations);
    await rig.restart(worldWith());
    assert.deepEqual(others(), []);
    assert.deepEqual(await picture(), [0, combinations]);
  });
});

/** The same for a set that has its first name by now. */
function renamed(command: Command): Command {
  if (command.kind !== 'addSet' && command.kind !== 'addElements') return command;
  const name = command.set.name.replace(/(\.b)?$/, '.b');
  return { ...command, set: { ...command.set, name } };
}
