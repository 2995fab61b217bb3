/**
 * Both directions of a flow on two processors at once, which write one mark: neither may take from it what the other has
 * noted. Half of what is written follows from rules that are gone, so that a lost note shows as a lost packet.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { vpcTable } from '#kernel/dataplane/names.ts';
import { nextHop } from '#kernel/lab/links.ts';
import { eniId, type NetworkSpec, securityGroup, withEntity } from '../../support/network.ts';
import { udp } from '../../support/packets.ts';
import { ArrivalCounter, Flood } from '../flood.ts';
import { skip } from '../namespaces.ts';
import { buildFrame } from '../packets.ts';
import { TrapRig } from './trap-rig.ts';

const epochs = Number(process.env['RAMPART_TRIALS'] ?? 100);
const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24' }, t: { cidr: '10.0.2.0/24' } },
  groups: {
    client: { egress: ['udp/53 10.0.0.0/8'] },
    server: { ingress: ['udp/53 10.0.0.0/8'] },
    // Rules of nobody on the way: their change moves the epoch of everybody.
    other: { ingress: ['udp/99 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] },
  },
  enis: {
    c: { subnet: 's', ips: ['10.0.1.10'], groups: ['client'] },
    s: { subnet: 't', ips: ['10.0.2.20'], groups: ['server'] },
    o: { subnet: 't', ips: ['10.0.2.30'], groups: ['other'] },
  },
};

describe('two processors', { skip }, async () => {
  const rig = await TrapRig.start('two', spec);
  const gone = ['client', 'server'].reduce(
    (world, name) => withEntity(world, 'securityGroup', securityGroup(name, {})),
    rig.world,
  );
  const shut = withEntity(gone, 'securityGroup', securityGroup('other', { egress: ['all 0.0.0.0/0'] }));
  const epoch = (): number => rig.withTables((tables) => Number(tables.tag(vpcTable)?.split(' ').at(-1)));
  const place = (name: string) => {
    const found = rig.lab.lab.portOf(eniId(name));
    assert.ok(found);
    return { namespace: found.instance, device: found.device };
  };

  function flood(from: 'c' | 's'): Flood {
    const [c, s] = [
      { address: '10.0.1.10', port: 1001 },
      { address: '10.0.2.20', port: 53 },
    ];
    const [sender, receiver] = from === 'c' ? [c, s] : [s, c];
    const frame = buildFrame({
      source: sender.address,
      destination: receiver.address,
      transport: { kind: 'udp', sourcePort: sender.port, destinationPort: receiver.port },
      sourceMac: '02:00:00:00:00:63',
      destinationMac: nextHop.up.mac,
    });
    return Flood.start(place(from), frame, { burst: 20, pauseMs: 1 });
  }

  test(`an entry outlasts ${epochs} moves of the epoch while both directions flood`, async (context) => {
    assert.equal(await rig.passes('c', 's', udp(1001, 53)), true);
    assert.equal(await rig.passes('s', 'c', udp(53, 1001)), true);
    await rig.to(gone);
    const arrivals = [
      new ArrivalCounter(place('s').namespace, [53]),
      new ArrivalCounter(place('c').namespace, [1001]),
    ];
    const floods = [flood('c'), flood('s')];
    while (floods.some(({ sent }) => sent === 0)) await pause(1);
    const before = epoch();
    for (let round = 0; round < epochs; round++) {
      await rig.to(shut);
      await pause(3);
      await rig.to(gone);
      await pause(3);
    }
    const moved = epoch() - before;
    const sent = await Promise.all(floods.map((each) => each.stop()));
    await pause(50);
    const arrived = [arrivals[0]?.of(53), arrivals[1]?.of(1001)];
    for (const counter of arrivals) counter.close();
    context.diagnostic(`${arrived} of ${sent} packets arrived; the epoch moved ${moved} times`);
    assert.ok(moved >= epochs, `${moved}`);
    assert.deepEqual(arrived, sent);
    assert.equal(await rig.passes('c', 's', udp(1002, 53)), false, 'the rules are gone');
  });
});
