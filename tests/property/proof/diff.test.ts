/** Differences between random worlds: what is reported gained works after and not before, and nothing is left out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Family } from '#net/address.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { ownerOfPublicIp } from '#policy/internet.ts';
import { after, before, ipAt, pointOf } from '#proof/address-line.ts';
import { type AccessDiff, diffAccess } from '#proof/diff.ts';
import { internetOf } from '#proof/internet.ts';
import type { OutsidePlace } from '#proof/outside.ts';
import { indexWorld, type Member } from '#proof/reach-index.ts';
import { spansAt } from '#proof/region.ts';
import { holds } from '#proof/spans.ts';
import type { World } from '#vpc/network.ts';
import { type Direction, directions } from '#vpc/security-group.ts';
import { isOfSomeVpc, placeReached, randomNumber, worksInside } from '../../support/conversations.ts';
import { type Random, seeded } from '../../support/random.ts';
import { randomChange } from '../../support/random-network.ts';
import { randomProofWorld, randomSurroundings } from '../../support/random-proof-world.ts';
import { seeds } from '../../support/seeds.ts';

const endpoint = ({ eni, ip }: Member): Endpoint => ({ kind: 'eni', eniId: eni.id, ip });
const isIn = (members: readonly Member[], { eni, ip }: Member) =>
  members.some((each) => each.eni.id === eni.id && each.ip === ip);

function changed(random: Random, world: World): World {
  let next = world;
  for (let left = 1 + random.int(3); left > 0; left--) {
    next = random.chance(0.5) ? randomChange(random, next, { acls: true }) : randomSurroundings(random, next);
  }
  return next;
}

/** What the diff says of one conversation between interfaces. */
function insideAnswer(diff: AccessDiff, from: Member, to: Member, family: Family, number: number): string {
  const said = diff.changes.filter(
    (each) =>
      each.kind === 'inside' &&
      each.family === family &&
      isIn(each.from, from) &&
      isIn(each.to, to) &&
      holds(each.spans, number),
  );
  assert.ok(said.length <= 1, 'changes must be disjoint');
  return said[0]?.change ?? 'same';
}

/** What it says of one with an address that nobody holds, in a place. */
function outsideAnswer(
  diff: AccessDiff,
  place: OutsidePlace,
  own: Member,
  ip: string,
  direction: Direction,
  number: number,
): string {
  const said = diff.changes.filter(
    (each) =>
      each.kind === 'outside' &&
      each.place === place &&
      each.direction === direction &&
      isIn(each.interfaces, own) &&
      holds(spansAt(each.region, pointOf(ip as Member['ip'])), number),
  );
  assert.ok(said.length <= 1, 'changes must be disjoint');
  return said[0]?.change ?? 'same';
}

const expectedChange = (was: boolean, is: boolean): string => (was === is ? 'same' : is ? 'gained' : 'lost');

const isEnough = (seen: ReadonlyMap<string, number>): boolean =>
  (seen.get('gained') ?? 0) > 50 && (seen.get('lost') ?? 0) > 50;

test('diff: conversations between interfaces change just where it says', () => {
  const seen = new Map<string, number>();
  for (const seed of seeds(200, () => isEnough(seen))) {
    const random = seeded(seed);
    const world = randomProofWorld(random);
    const next = changed(random, world);
    const [old, now] = [indexWorld(world), indexWorld(next)];
    const diff = diffAccess(old, now);
    for (let probe = 0; probe < 120; probe++) {
      const [source, target] = [random.pick(now.classes), random.pick(now.classes)];
      const [from, to] = [random.pick(source.members), random.pick(target.members)];
      if (source.family !== target.family || from.eni.id === to.eni.id) continue;
      const number = randomNumber(random, source.family);
      const ask = (where: World) => worksInside(where, endpoint(from), endpoint(to), number, source.family);
      const expected = expectedChange(ask(world), ask(next));
      const what = `seed ${seed}: ${from.ip} → ${to.ip} ${number >>> 16}/${number & 0xffff}`;
      assert.equal(insideAnswer(diff, from, to, source.family, number), expected, what);
      seen.set(expected, (seen.get(expected) ?? 0) + 1);
    }
  }
  assert.ok(isEnough(seen), JSON.stringify([...seen]));
});

test('diff: conversations with the internet and with services change just where it says', () => {
  const seen = new Map<string, number>();
  const isServed = () =>
    (seen.get('gained at services') ?? 0) > 10 && (seen.get('lost at services') ?? 0) > 10;
  for (const seed of seeds(200, () => isEnough(seen) && isServed())) {
    const random = seeded(seed);
    const world = randomProofWorld(random);
    const next = changed(random, world);
    const [old, now] = [indexWorld(world), indexWorld(next)];
    const diff = diffAccess(old, now);
    const edges = diff.changes.flatMap((each) =>
      each.kind === 'outside'
        ? each.region.boxes.flatMap(({ first, last }) => [first, last, before(first), after(last)])
        : [],
    );
    for (let probe = 0; probe < 90; probe++) {
      const point = random.pick(now.classes);
      const { family, policy } = point;
      const own = random.pick(point.members);
      const at = random.pick([
        ...edges.filter((edge) => (typeof edge === 'number') === (family === 'ipv4')),
        family === 'ipv4' ? 0xcb007180 : 0x2a00n << 112n,
      ]);
      const ip = ipAt(family, at);
      const isOutside = spansAt(internetOf(policy.network, policy.vpcId, family), at).length > 0;
      const isHeld = [world, next].some(
        (where) => ownerOfPublicIp(where.values(), ip) || isOfSomeVpc(where, ip),
      );
      if (!isOutside || isHeld) continue;
      const number = randomNumber(random, family);
      const host: Endpoint = { kind: 'internet', ip };
      for (const direction of directions) {
        const [from, to] = direction === 'ingress' ? [host, endpoint(own)] : [endpoint(own), host];
        const [was, is] = [world, next].map((where) => placeReached(where, from, to, number, family));
        for (const place of ['internet', 'endpoint'] as const) {
          const isThere = (reached: typeof was) =>
            reached !== undefined && (reached === 'endpoint') === (place === 'endpoint');
          const expected = expectedChange(isThere(was), isThere(is));
          const what = `seed ${seed} ${direction} ${own.ip} ${ip} ${place} ${number >>> 16}/${number & 0xffff}`;
          assert.equal(outsideAnswer(diff, place, own, ip, direction, number), expected, what);
          const key = place === 'internet' ? expected : `${expected} at services`;
          seen.set(key, (seen.get(key) ?? 0) + 1);
        }
      }
    }
  }
  assert.ok(isEnough(seen) && isServed(), JSON.stringify([...seen]));
});
