/** Load balancers: who gets through to a target is what `decide` does with the packets of both connections. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isConditional, relaysOf } from '#policy/balancer.ts';
import { throughRelay } from '#policy/relay.ts';
import { after, before, ipAt, type Point } from '#proof/address-line.ts';
import { exposures } from '#proof/exposure.ts';
import { OutsideAnswers } from '#proof/outside.ts';
import { indexWorld } from '#proof/reach-index.ts';
import { type Region, spansAt } from '#proof/region.ts';
import { RelayReach } from '#proof/relay-reach.ts';
import { type Relayed, relayedFrom } from '#proof/relays.ts';
import { holds } from '#proof/spans.ts';
import { seeded } from '../../support/random.ts';
import { randomProofWorld } from '../../support/random-proof-world.ts';
import { seeds } from '../../support/seeds.ts';

const worlds = 300;
/** Every interface is asked one by one, which takes longer. */
const clientWorlds = 40;

/** Addresses around the edges of the regions, inside the space that they speak of. */
function pointsAround(regions: readonly Region[], space: Region): readonly Point[] {
  const edges = regions.flatMap(({ boxes }) =>
    boxes.flatMap(({ first, last }) => [first, last, before(first), after(last)]),
  );
  const corners = space.family === 'ipv4' ? [0xcb007100, 0xcb007180, 0xcb0071ff, 0x08080808] : [];
  return [...new Set([...edges, ...corners])].filter((at) => spansAt(space, at).length > 0);
}

test(`relays: the clients of every target of ${worlds} random worlds agree with decide, at every edge`, () => {
  let [asked, yes, shown, behind] = [0, 0, 0, 0];
  const isEnough = () => yes > 100 && shown > 20 && asked - yes > 100 && behind > 5;
  for (const seed of seeds(worlds, isEnough)) {
    const world = randomProofWorld(seeded(seed));
    const index = indexWorld(world);
    const balancers = [...world.values()].flatMap((network) => [...network.loadBalancer.values()]);
    for (const { eni, family, region, space, publicIp } of exposures(index)) {
      const balancer = balancers.find(({ eniIds }) => eniIds.includes(eni.id));
      if (!balancer) continue;
      const found = relayedFrom(index, balancer, eni, region);
      for (const relay of relaysOf(world, balancer, eni)) {
        for (const protocol of relay.listener.protocols) {
          const same: readonly Relayed[] = found.filter(
            (each) =>
              each.protocol === protocol &&
              each.relay.listener === relay.listener &&
              each.relay.group === relay.group &&
              each.relay.eni === relay.eni &&
              each.relay.ip === relay.ip &&
              each.relay.stages?.[1].node === relay.stages?.[1].node &&
              each.relay.stages?.[1].group === relay.stages?.[1].group,
          );
          for (const at of pointsAround([region, ...same.map(({ clients }) => clients)], space)) {
            const from = { kind: 'internet', ip: ipAt(family, at) } as const;
            const kind = protocol === 6 ? 'tcp' : 'udp';
            const expected: boolean = throughRelay(world, from, relay, kind).allowed;
            const number = (protocol << 16) | relay.port;
            const actual = same.some(({ clients }) => holds(spansAt(clients, at), number));
            const what: string = `seed ${seed}: ${from.ip} → ${publicIp} ${kind}/${relay.listener.port} → ${relay.ip}:${relay.port}`;
            assert.equal(actual, expected, what);
            asked++;
            if (expected) yes++;
            if (expected && relay.stages) behind++;
            if (expected && same.some(({ isPreserved }) => isPreserved)) shown++;
          }
        }
      }
    }
  }
  assert.ok(isEnough(), `${asked} asked, ${yes} get through, ${shown} shown, ${behind} behind another`);
});

test(`relays: the interfaces that load balancers of ${clientWorlds} random worlds pass on agree with decide, one by one`, () => {
  const counts = { asked: 0, yes: 0, byPublic: 0, byCondition: 0, ofGroup: 0, behind: 0 };
  // Few get to a node by its public address alone; src/proof/blast.test.ts has rows of them.
  const isEnough = () =>
    counts.yes > 100 && counts.byCondition > 10 && counts.ofGroup > 10 && counts.behind > 3;
  for (const seed of seeds(clientWorlds, isEnough)) {
    const world = randomProofWorld(seeded(seed));
    const index = indexWorld(world);
    const relays = new RelayReach(index, new OutsideAnswers(index));
    for (const way of relays.all) {
      for (const point of index.classes) {
        const carried = new Set(relays.carriedOf(point, way));
        for (const member of point.members) {
          const { relay, protocol } = way;
          const from = { kind: 'eni', eniId: member.eni.id, ip: member.ip } as const;
          const isClient = !point.policy.balancer && member.eni.id !== relay.eni.id;
          const asked = throughRelay(world, from, relay, protocol === 6 ? 'tcp' : 'udp');
          const expected: boolean = isClient && asked.allowed;
          const what: string = `seed ${seed}: ${member.eni.id} ${member.ip} through ${relay.node.id} to ${relay.eni.id}:${relay.port}`;
          assert.equal(relays.carries(point, member, way), expected, what);
          assert.equal(carried.has(member), expected, what);
          counts.asked++;
          if (!expected) continue;
          counts.yes++;
          if (asked.at.kind === 'eni' && asked.at.publicIp !== undefined) counts.byPublic++;
          if (isConditional(relay)) counts.byCondition++;
          if (relay.stages) counts.behind++;
          if (relays.groupOf(point, member).members.length > 1) counts.ofGroup++;
        }
      }
    }
  }
  assert.ok(isEnough(), JSON.stringify(counts));
});
