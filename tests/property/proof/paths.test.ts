/** Paths of Reachability Analyzer in random worlds: found just where `decide` lets packets through, load balancers too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameWay, type Relay, relaysOf } from '#policy/balancer.ts';
import { throughRelay } from '#policy/relay.ts';
import { outsideOf } from '#proof/outside.ts';
import type { PathQuestion } from '#proof/path-question.ts';
import { searchPath } from '#proof/path-search.ts';
import { indexWorld } from '#proof/reach-index.ts';
import { relayedFrom } from '#proof/relays.ts';
import { holds } from '#proof/spans.ts';
import type { HeaderFilter, PathHop } from '#vpc/insights.ts';
import { locate, networkOf, type World } from '#vpc/network.ts';
import { works } from '../../support/conversations.ts';
import { eniId, gatewayId, testScope } from '../../support/network.ts';
import { type Random, seeded } from '../../support/random.ts';
import { randomProofWorld } from '../../support/random-proof-world.ts';
import { seeds } from '../../support/seeds.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const ports = [22, 80, 443, 5432, 8080] as const;

type Asked = Pick<PathQuestion, 'protocol' | 'atSource' | 'atDestination'> & {
  readonly port: number;
  readonly end: 'source' | 'destination';
  readonly through: readonly string[];
};

const allRelays = (world: World): readonly Relay[] =>
  [...world.values()].flatMap((network) =>
    [...network.loadBalancer.values()].flatMap((balancer) => {
      const nodes = balancer.eniIds.flatMap((id) => network.eni.get(id) ?? []);
      return nodes.flatMap((node) => [...relaysOf(world, balancer, node)]);
    }),
  );

/** A question about some interface, mostly about what a load balancer passes on if there is one. */
function randomAsked(random: Random, world: World): Asked & { readonly to: string } {
  const balancers = [...networkOf(world, testScope).loadBalancer.values()];
  const balancer = balancers.length > 0 ? random.pick(balancers) : undefined;
  const end = random.pick(['source', 'destination'] as const);
  const relays = allRelays(world);
  const relay = relays.length > 0 && random.chance(0.6) ? random.pick(relays) : undefined;
  const meant = end === 'source' ? relay?.listener.port : relay?.port;
  const port = meant ?? random.pick(ports);
  const filter: HeaderFilter = { destinationPorts: { from: port, to: port } };
  const isTcp = relay ? relay.listener.protocols.includes(6) : random.chance(0.75);
  return {
    protocol: isTcp ? 'tcp' : 'udp',
    to: relay?.eni.id ?? eniId(random.pick(names)),
    atSource: end === 'source' ? filter : {},
    atDestination: end === 'destination' ? filter : {},
    port,
    end,
    through: balancer && random.chance(0.5) ? [balancer.id] : [],
  };
}

/** Whether an interface is a node of one of these load balancers. */
const isNodeOf = (world: World, id: string, balancers: readonly string[]): boolean =>
  [...networkOf(world, testScope).loadBalancer.by('eni', id)].some((each) => balancers.includes(each.id));

/** Whether a way leads through what is asked for: past its nodes, or to one of them. */
const passes = (world: World, { stages, ...relay }: Relay, through: readonly string[]): boolean =>
  through.length === 0 ||
  isNodeOf(world, relay.eni.id, through) ||
  (stages ?? [relay]).some(({ balancer }) => through.includes(balancer.id));

/** Ways through the load balancer by the asked port, at whichever end it is asked for. */
function relaysFor(world: World, to: string, { protocol, port, end, through }: Asked) {
  const all = allRelays(world).filter((relay) => passes(world, relay, through));
  return all.filter(
    ({ eni, listener, port: own }) =>
      eni.id === to &&
      listener.protocols.includes(protocol === 'tcp' ? 6 : 17) &&
      (end === 'source' ? listener.port : own) === port,
  );
}

type Known = { readonly direct: boolean; readonly relayed: boolean };

function betweenInterfaces(world: World, from: string, to: string, asked: Asked): Known {
  const clients = addressesOf(world, from).map(
    ({ address }) => ({ kind: 'eni', eniId: from, ip: address }) as const,
  );
  const targets = addressesOf(world, to).map(
    ({ address }) => ({ kind: 'eni', eniId: to, ip: address }) as const,
  );
  const number = ((asked.protocol === 'tcp' ? 6 : 17) << 16) | asked.port;
  const direct = clients.some((client) =>
    targets.some((target) => works(world, client, target, number, 'ipv4')),
  );
  const relays = relaysFor(world, to, asked);
  const relayed = clients.some((client) =>
    relays.some((relay) => throughRelay(world, client, relay, asked.protocol).allowed),
  );
  return { direct, relayed };
}

const addressesOf = (world: World, id: string) => locate(world, 'eni', id)?.entity.privateIps ?? [];

const isNode = (world: World, id: string): boolean =>
  networkOf(world, testScope).loadBalancer.countBy('eni', id) > 0;

const idsOf = (hops: readonly PathHop[]) => hops.map(({ component }) => component.id);

/** A path through the load balancer names it there and back, with its node on both sides, listener and target group. */
function assertRelayed(forward: readonly PathHop[], back: readonly PathHop[], what: string): void {
  const at = forward.findIndex(({ listener }) => listener !== undefined);
  const [before, balancer, group, after] = forward.slice(at - 1, at + 3);
  assert.equal(before?.attachedTo?.id, balancer?.component.id, what);
  assert.deepEqual(
    [after?.component.id, after?.attachedTo?.id],
    [before?.component.id, balancer?.component.id],
  );
  assert.match(group?.component.id ?? '', /:targetgroup\//);
  assert.deepEqual([balancer?.inbound, balancer?.outbound], [before?.inbound, after?.outbound], what);
  assert.ok(idsOf(back).includes(balancer?.component.id ?? ''), what);
}

test('paths: between interfaces, found just where packets get through, directly or by a load balancer', () => {
  const seen = { direct: 0, relayed: 0, none: 0 };
  const isEnough = () => seen.direct > 60 && seen.relayed > 20 && seen.none > 200;
  for (const seed of seeds(100, isEnough)) {
    const random = seeded(seed);
    const world = randomProofWorld(random);
    for (let probe = 0; probe < 12; probe++) {
      const asked = randomAsked(random, world);
      const from = eniId(random.pick(names));
      const { to } = asked;
      const enis = networkOf(world, testScope).eni;
      if (from === to || !enis.has(from)) continue;
      // A path from a node passes its load balancer, wherever it leads.
      const isPassed = isNodeOf(world, from, asked.through);
      const known = betweenInterfaces(world, from, to, isPassed ? { ...asked, through: [] } : asked);
      const result = searchPath(world, {
        ...asked,
        from: { kind: 'eni', eniId: from },
        to: { kind: 'eni', eniId: to },
        avoid: [],
      });
      const what = `seed ${seed} probe ${probe}: ${from} → ${to} ${JSON.stringify(asked)}`;
      const isDirect =
        known.direct && (asked.through.length === 0 || isPassed || isNodeOf(world, to, asked.through));
      const expected = known.relayed || isDirect;
      assert.equal(result.kind, expected ? 'found' : 'notFound', what);
      if (result.kind !== 'found') {
        assert.ok(result.kind === 'notFound' && result.explanations.length > 0, what);
        seen.none++;
        continue;
      }
      if (!isDirect) assertRelayed(result.forward, result.back, what);
      seen[isDirect ? 'direct' : 'relayed']++;
    }
  }
  assert.ok(isEnough(), JSON.stringify(seen));
});

test('paths: from the internet through a load balancer, found just where some host gets through', () => {
  const seen = { found: 0, notFound: 0 };
  const isEnough = () => seen.found > 10 && seen.notFound > 100;
  for (const seed of seeds(150, isEnough)) {
    const random = seeded(seed);
    const world = randomProofWorld(random);
    const network = networkOf(world, testScope);
    const balancers = [...network.loadBalancer.values()];
    if (balancers.length === 0) continue;
    const index = indexWorld(world);
    const reached = index.classes.flatMap((point) =>
      point.members.flatMap((member) => {
        const balancer = balancers.find(({ eniIds }) => eniIds.includes(member.eni.id));
        if (point.family === 'ipv6' || !balancer) return [];
        const { internet } = outsideOf(index, point, member, 'ingress');
        return relayedFrom(index, balancer, member.eni, internet);
      }),
    );
    for (let probe = 0; probe < 10; probe++) {
      const asked: ReturnType<typeof randomAsked> = {
        ...randomAsked(random, world),
        through: [random.pick(balancers).id],
      };
      const { to } = asked;
      if (isNode(world, to)) continue;
      const protocol = asked.protocol === 'tcp' ? 6 : 17;
      const relays = relaysFor(world, to, asked);
      const expected = reached.some(
        (each) =>
          each.protocol === protocol &&
          each.clients.boxes.some(({ spans }) => holds(spans, (protocol << 16) | each.relay.port)) &&
          relays.some((relay) => isSameWay(relay, each.relay)),
      );
      const result = searchPath(world, {
        ...asked,
        from: { kind: 'internetGateway', gatewayId },
        to: { kind: 'eni', eniId: to },
        avoid: [],
      });
      const what = `seed ${seed} probe ${probe}: internet → ${to} ${JSON.stringify(asked)}`;
      assert.equal(result.kind, expected ? 'found' : 'notFound', what);
      if (result.kind === 'found') assertRelayed(result.forward, result.back, what);
      seen[expected ? 'found' : 'notFound']++;
    }
  }
  assert.ok(isEnough(), JSON.stringify(seen));
});
