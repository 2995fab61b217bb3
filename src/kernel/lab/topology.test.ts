import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Item, slotOf } from './item.ts';
import { Topology } from './topology.ts';

const place = (name: string): Item => ({ kind: 'namespace', name, role: 'instance' });
const pair = (namespace: string, mac = '02:00:00:00:00:01'): Item => ({
  kind: 'veth',
  mtu: 1500,
  near: { namespace: 'router', name: 'e1', mac },
  far: { namespace, name: 'eth0', mac },
});
const route = (device: string, destination = '10.0.0.1/32'): Item => ({
  kind: 'route',
  namespace: 'router',
  route: { destination, table: 100, target: { kind: 'unicast', device } },
});
const taken = (topology: Topology) => {
  const { added, removed, replaced } = topology.take();
  return { added: added.map(slotOf), removed: removed.map(slotOf), replaced: replaced.map(slotOf) };
};
const device = 'device router e1';
const to = (destination: string) => `route router 100 any ${destination}`;

test('items are made places first and removed places last', () => {
  const topology = new Topology();
  topology.set('port', [route('e1'), pair('i1'), place('i1')]);
  assert.deepEqual(taken(topology).added, ['namespace i1', device, to('10.0.0.1/32')]);
  assert.deepEqual(taken(topology), { added: [], removed: [], replaced: [] });
  topology.set('port', []);
  assert.deepEqual(taken(topology).removed, [to('10.0.0.1/32'), device, 'namespace i1']);
});

test('what is new is told before it is taken, but for what takes the place of something else', () => {
  const topology = new Topology();
  const added = () => topology.added().map(slotOf);
  topology.set('one', [pair('i1'), place('i1')]);
  assert.deepEqual(
    [added(), added()],
    [
      ['namespace i1', device],
      ['namespace i1', device],
    ],
  );
  topology.take();
  assert.deepEqual(added(), []);
  topology.set('one', [pair('i1', '02:00:00:00:00:02'), place('i1'), place('i2')]);
  assert.deepEqual(added(), ['namespace i2']);
  topology.set('one', [pair('i1'), place('i1')]);
  assert.deepEqual(added(), []);
});

test('an item that several pieces need stays until the last one goes', () => {
  const topology = new Topology();
  topology.set('one', [place('i1')]);
  topology.set('two', [place('i1')]);
  topology.take();
  topology.set('one', []);
  assert.deepEqual(taken(topology).removed, []);
  topology.set('two', []);
  assert.deepEqual(taken(topology).removed, ['namespace i1']);
});

test('what is taken back before it was asked for is no change', () => {
  const topology = new Topology();
  topology.set('one', [place('i1')]);
  topology.set('one', []);
  assert.deepEqual(taken(topology), { added: [], removed: [], replaced: [] });
});

test('what takes the place of something else comes last', () => {
  const topology = new Topology();
  topology.set('port', [route('e1'), route('e1', '10.0.0.2/32')]);
  topology.take();
  topology.set('port', [route('e2'), route('e1', '10.0.0.2/32'), route('e2', '10.0.0.3/32')]);
  assert.deepEqual(taken(topology), {
    added: [to('10.0.0.3/32')],
    removed: [to('10.0.0.1/32')],
    replaced: [to('10.0.0.1/32')],
  });
});

test('with a new device in the place of an old one comes all that stands on it', () => {
  const topology = new Topology();
  topology.set('port', [place('i1'), place('i2'), pair('i1'), route('e1')]);
  topology.take();
  topology.set('port', [place('i1'), place('i2'), pair('i2'), route('e1')]);
  assert.deepEqual(taken(topology), { added: [], removed: [device], replaced: [device, to('10.0.0.1/32')] });
});
