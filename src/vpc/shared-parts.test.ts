import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { buildWorld, eniId, testScope } from '../../tests/support/network.ts';
import { seeded } from '../../tests/support/random.ts';
import { randomProofWorld } from '../../tests/support/random-proof-world.ts';
import type { Eni } from './eni.ts';
import { kinds, networkOf, put, remove, type World } from './network.ts';
import { scopeKey } from './scope.ts';
import { sharingWith } from './shared-parts.ts';

const contents = (world: World) =>
  [...world.entries()].map(([key, network]) => [key, kinds.map((kind) => [...network[kind].values()])]);

/** The same world, as another reading of it would be. */
const readAgain = (seed: number): World => randomProofWorld(seeded(seed));

const world = buildWorld({
  groups: { g: { ingress: ['tcp/22 10.0.0.0/8'] } },
  subnets: { s: { cidr: '10.0.0.0/24' } },
  enis: {
    a: { subnet: 's', ips: ['10.0.0.4'], groups: ['g'] },
    b: { subnet: 's', ips: ['10.0.0.5'], groups: ['g'] },
  },
});
const network = networkOf(world, testScope);
const a = network.eni.get(eniId('a')) as Eni;

/** The world with its interfaces changed, none of its objects shared with the first. */
function changed(change: (enis: typeof network) => typeof network): World {
  return world.set(scopeKey(testScope), readApart(change(network)));
}

function readApart(of: typeof network): typeof network {
  let copy = of;
  for (const eni of of.eni.values()) copy = put(copy, 'eni', structuredClone(eni));
  return copy;
}

test('random worlds are what they were, and share all with an equal one', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const [first, again, other] = [readAgain(seed), readAgain(seed), readAgain(seed + 100)];
    const shared = sharingWith(first, again);
    deepEqual(contents(shared), contents(again), `${seed}`);
    for (const [key, each] of shared.entries()) {
      for (const kind of kinds) equal(each[kind], first.get(key)?.[kind], `${seed} ${kind}`);
    }
    deepEqual(contents(sharingWith(first, other)), contents(other), `${seed}`);
  }
});

test('just what says something else is another object', () => {
  const rows: readonly (readonly [string, Partial<Eni> | undefined, boolean])[] = [
    ['nothing', {}, true],
    ['a text', { description: 'other' }, false],
    ['a member more', { hasPrimaryIpv6: true }, false],
    ['another order', { groupIds: [...a.groupIds, ...a.groupIds] }, false],
    ['deep inside', { privateIps: a.privateIps.map((each) => ({ ...each, isPrimary: false })) }, false],
    ['gone', undefined, false],
  ];
  for (const [what, change, isKept] of rows) {
    const later = changed((each) =>
      change ? put(each, 'eni', { ...a, ...change }) : remove(each, 'eni', a.id),
    );
    const shared = networkOf(sharingWith(world, later), testScope);
    equal(shared.eni.get(a.id) === a, isKept, what);
    equal(shared.eni.get(eniId('b')), network.eni.get(eniId('b')), what);
    deepEqual(shared.eni.get(a.id), networkOf(later, testScope).eni.get(a.id), what);
    notEqual(networkOf(later, testScope).eni.get(eniId('b')), network.eni.get(eniId('b')));
  }
});
