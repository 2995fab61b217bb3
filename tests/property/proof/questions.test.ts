/** Blast radius, contracts and unused groups in random worlds, against plain loops over every pair. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameWay, lastNode, type Relay, relaysOf } from '#policy/balancer.ts';
import { can } from '#policy/can.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { publicIpOf } from '#policy/internet.ts';
import { asNode, throughRelay } from '#policy/relay.ts';
import { blastRadius } from '#proof/blast.ts';
import type { Contract } from '#proof/contract.ts';
import { checkContracts } from '#proof/contracts.ts';
import { exposures } from '#proof/exposure.ts';
import { outsideOf } from '#proof/outside.ts';
import { servicesBetween } from '#proof/pairs.ts';
import { indexWorld, type Member, type PointClass, type ReachIndex } from '#proof/reach-index.ts';
import { relayedFrom } from '#proof/relays.ts';
import { holds, intersectSpans, spansOf } from '#proof/spans.ts';
import { unusedGroups } from '#proof/unused.ts';
import { pathHistory } from '#proof/when.ts';
import type { EniId } from '#vpc/ids.ts';
import { networkOf, type World } from '#vpc/network.ts';
import type { Service } from '#vpc/security-group.ts';
import { works } from '../../support/conversations.ts';
import { buildWorld, eniId, groupId, testScope } from '../../support/network.ts';
import { seeded } from '../../support/random.ts';
import { groupNames, randomChange } from '../../support/random-network.ts';
import { randomProofWorld } from '../../support/random-proof-world.ts';
import { seeds } from '../../support/seeds.ts';

const ssh: Service = { kind: 'ports', protocol: 6, from: 22, to: 22 };
const sshNumber = (6 << 16) | 22;

type Pair = readonly [PointClass, Member, PointClass, Member];

function* pairsOf(index: ReachIndex): IterableIterator<Pair> {
  for (const source of index.classes) {
    for (const target of index.classes) {
      if (source.family !== target.family) continue;
      for (const from of source.members) {
        for (const to of target.members) if (from.eni.id !== to.eni.id) yield [source, from, target, to];
      }
    }
  }
}

const endpoint = ({ eni, ip }: Member): Endpoint => ({ kind: 'eni', eniId: eni.id, ip });

/** Targets that the start, or a client that is reached, gets to through load balancers that listen to SSH. */
function relayed(index: ReachIndex, reached: ReadonlySet<string>, start: EniId): readonly string[] {
  const { world } = index;
  const found: string[] = [];
  for (const network of world.values()) {
    for (const balancer of network.loadBalancer.values()) {
      for (const node of balancer.eniIds.flatMap((id) => network.eni.get(id) ?? [])) {
        for (const relay of relaysOf(world, balancer, node)) {
          const isOwn = node.id === start && !relay.fault && asNode(world, relay, 'tcp')?.allowed;
          if (isOwn && relay.listener.protocols.includes(6)) found.push(relay.eni.id);
          if (node.id === start && relay.listener.protocols.includes(17) && !relay.fault) {
            if (asNode(world, relay, 'udp')?.allowed) found.push(relay.eni.id);
          }
          if (relay.listener.port !== 22 || !relay.listener.protocols.includes(6)) continue;
          const clients = index.classes.flatMap(({ members }) => members);
          const passes = clients.some(
            (member) =>
              reached.has(member.eni.id) &&
              member.eni.id !== relay.eni.id &&
              !isNode(index, member) &&
              throughRelay(world, endpoint(member), relay, 'tcp').allowed,
          );
          if (passes) found.push(relay.eni.id);
        }
      }
    }
  }
  return found;
}

const isNode = ({ world }: ReachIndex, { eni }: Member): boolean =>
  [...world.values()].some(({ loadBalancer }) => loadBalancer.countBy('eni', eni.id) > 0);

/** Interfaces with SSH open step by step, over private addresses and, in IPv4, over public ones. */
function spread(index: ReachIndex, start: EniId): ReadonlySet<string> {
  const reached = new Set<string>([start]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [, from, target, to] of pairsOf(index)) {
      if (!reached.has(from.eni.id) || reached.has(to.eni.id) || isNode(index, from)) continue;
      const own = endpoint(to);
      const publicIp = publicIpOf(target.policy.network, to.eni, to.ip);
      const ends = publicIp ? [own, { ...own, publicIp } as Endpoint] : [own];
      if (!ends.some((end) => works(index.world, endpoint(from), end, sshNumber, target.family))) continue;
      reached.add(to.eni.id);
      grew = true;
    }
    for (const id of relayed(index, reached, start)) {
      if (reached.has(id)) continue;
      reached.add(id);
      grew = true;
    }
  }
  return reached;
}

test('reach: spreads over SSH just as far as decide lets it, one hop after the other', () => {
  let far = 0;
  for (const seed of seeds(60, () => far > 30)) {
    const index = indexWorld(randomProofWorld(seeded(seed)));
    const start = eniId('a') as EniId;
    const { interfaces } = blastRadius(index, [start], { services: spansOf(ssh, 'ipv4') });
    const expected = spread(index, start);
    assert.deepEqual(new Set(interfaces.map(({ eni }) => eni.id)), expected, `seed ${seed}`);
    far += expected.size - 1;
  }
  assert.ok(far > 30, `${far} interfaces reached in all`);
});

/** Ways through load balancers to a TCP port of targets. */
function* relaysTo({ world }: ReachIndex, port: number): IterableIterator<Relay> {
  for (const network of world.values()) {
    for (const balancer of network.loadBalancer.values()) {
      for (const node of balancer.eniIds.flatMap((id) => network.eni.get(id) ?? [])) {
        for (const relay of relaysOf(world, balancer, node))
          if (relay.port === port && relay.listener.protocols.includes(6)) yield relay;
      }
    }
  }
}

/** Whether clients on the internet get to a target by a way. */
function isOpenToInternet(index: ReachIndex, way: Relay): boolean {
  const { balancer, node } = way;
  return exposures(index)
    .filter((each) => each.eni.id === node.id)
    .some(({ region }) =>
      relayedFrom(index, balancer, node, region).some(
        ({ relay, protocol }) => protocol === 6 && isSameWay(relay, way),
      ),
    );
}

type Sides = { readonly from: string; readonly to: string; readonly port: number };

/** Whether a service of a public address, or of IPv6 in another VPC, is reached by way of the internet. */
function overInternet(
  { world }: ReachIndex,
  from: Member,
  [{ policy, family }, to]: readonly [PointClass, Member],
  service: number,
): boolean {
  const publicIp = publicIpOf(policy.network, to.eni, to.ip);
  if (family === 'ipv4' && !publicIp) return false;
  if (family === 'ipv6' && from.eni.vpcId === to.eni.vpcId) return false;
  const end = endpoint(to);
  return works(world, endpoint(from), publicIp ? ({ ...end, publicIp } as Endpoint) : end, service, family);
}

/** What `must`, `never` and `only` say of a TCP port from members of a group to those of another, by plain loops. */
function verdictsOf(index: ReachIndex, { from: client, to: server, port }: Sides) {
  const carries = (name: string) => (member: Member) => member.eni.groupIds.includes(groupId(name));
  const [isFrom, isTo] = [carries(client), carries(server)];
  const number = (6 << 16) | port;
  let [must, never, only] = [true, true, true];
  const relays = [...relaysTo(index, port)].filter(isTo);
  const passes = (from: Member, relay: Relay) =>
    !isNode(index, from) &&
    from.eni.id !== relay.eni.id &&
    throughRelay(index.world, endpoint(from), relay, 'tcp').allowed;
  for (const [source, from, target, to] of pairsOf(index)) {
    if (!isTo(to)) continue;
    const direct = holds(index.pool.spansOf(servicesBetween(index, source, target)), number);
    const own = relays.filter(({ eni, ip }) => eni.id === to.eni.id && ip === to.ip);
    if (isFrom(from) && !direct && !own.some((relay) => passes(from, relay))) must = false;
    const open = direct || overInternet(index, from, [target, to], number);
    if (isFrom(from) && open) never = false;
    if (!isFrom(from) && open) only = false;
  }
  for (const relay of relays) {
    const isMeant = lastNode(relay).groupIds.includes(groupId(client));
    for (const member of index.classes.flatMap(({ members }) => members)) {
      if (!passes(member, relay)) continue;
      if (isFrom(member)) never = false;
      else if (!isMeant) only = false;
    }
    if (!isMeant && isOpenToInternet(index, relay)) only = false;
  }
  for (const point of index.classes) {
    const wanted = [{ first: number, last: number }];
    for (const member of point.members.filter(isTo)) {
      const { boxes } = outsideOf(index, point, member, 'ingress').internet;
      if (boxes.some(({ spans }) => intersectSpans(spans, wanted).length > 0)) only = false;
    }
  }
  return [must, never, only];
}

test('check: must, never and only fail just where a pair, a load balancer or the internet breaks them', () => {
  const seen = new Set<string>();
  for (const seed of seeds(80, () => seen.size === 6)) {
    const random = seeded(seed);
    const index = indexWorld(randomProofWorld(random));
    const [from, to] = [random.pick(groupNames), random.pick(groupNames)];
    const port = random.pick([22, 80, 443, 5432]);
    const contract = (kind: Contract['kind']): Contract => ({
      name: kind,
      kind,
      from: { kind: 'group', groupId: groupId(from) },
      to: { kind: 'group', groupId: groupId(to) },
      services: [{ kind: 'ports', protocol: 6, from: port, to: port }],
      mayBeEmpty: true,
    });
    const expected = verdictsOf(index, { from, to, port });
    const answers = checkContracts(index, [contract('must'), contract('never'), contract('only')]);
    assert.deepEqual(
      answers.map((answer) => answer.holds),
      expected,
      `seed ${seed}`,
    );
    for (const answer of answers) seen.add(`${answer.contract.kind} ${answer.holds}`);
  }
  assert.equal(seen.size, 6, [...seen].join());
});

test('check: what load balancers alone pass on breaks never and is enough for must', () => {
  let alone = 0;
  for (const seed of seeds(150, () => alone > 25)) {
    const index = indexWorld(randomProofWorld(seeded(seed)));
    for (const port of [22, 80, 443, 5432]) {
      for (const [target, relays] of Map.groupBy(relaysTo(index, port), ({ eni }) => eni.id)) {
        for (const client of index.byEni().keys()) {
          if (client === target) continue;
          const ways = waysBetween(index, client, { target, relays, port });
          const contract = (kind: Contract['kind']): Contract => ({
            name: kind,
            kind,
            from: { kind: 'interface', eniId: client },
            to: { kind: 'interface', eniId: target },
            services: [{ kind: 'ports', protocol: 6, from: port, to: port }],
            mayBeEmpty: true,
          });
          const answers = checkContracts(index, [contract('must'), contract('never')]);
          const expected = [
            ways.same.every((each) => each !== 'none'),
            ways.all.every((each) => each === 'none') && !ways.isOverInternet,
          ];
          const what = `seed ${seed}: ${client} → ${target} ${port}`;
          assert.deepEqual(
            answers.map((answer) => answer.holds),
            expected,
            what,
          );
          const named = answers[1]?.violations.some(({ through }) => through !== undefined);
          assert.equal(
            named,
            ways.all.some((each) => each === 'relay' || each === 'both'),
            what,
          );
          if (ways.all.includes('relay')) alone++;
        }
      }
    }
  }
  assert.ok(alone > 25, `${alone} pairs by a load balancer alone`);
});

type Served = { readonly target: string; readonly relays: readonly Relay[]; readonly port: number };

/** How the addresses of two interfaces get to each other: all pairs, and those of one family. */
function waysBetween(index: ReachIndex, client: EniId, { target, relays, port }: Served) {
  const ends = (id: string) =>
    (index.byEni().get(id as EniId) ?? []).flatMap((point) =>
      point.members.filter(({ eni }) => eni.id === id).map((member) => ({ point, member })),
    );
  const pairs = ends(client).flatMap((from) => ends(target).map((to) => ({ from, to })));
  const all = pairs.map(({ from, to }) => {
    const spans = index.pool.spansOf(servicesBetween(index, from.point, to.point));
    const relayed =
      !isNode(index, from.member) &&
      relays
        .filter(({ ip }) => ip === to.member.ip)
        .some((relay) => throughRelay(index.world, endpoint(from.member), relay, 'tcp').allowed);
    const direct = holds(spans, (6 << 16) | port);
    return direct ? (relayed ? 'both' : 'direct') : relayed ? 'relay' : 'none';
  });
  const same = all.filter((_, at) => pairs[at]?.from.point.family === pairs[at]?.to.point.family);
  const isOverInternet = pairs.some(
    ({ from, to }) =>
      from.point.family === to.point.family &&
      overInternet(index, from.member, [to.point, to.member], (6 << 16) | port),
  );
  return { all, same, isOverInternet };
}

test('unused: cycles, the default group, and an order in which nothing named is deleted', () => {
  const world = buildWorld({
    subnets: { s: { cidr: '10.0.1.0/24' } },
    groups: {
      used: { ingress: ['tcp/22 named'] },
      named: {},
      one: { ingress: ['tcp/22 two'] },
      two: { ingress: ['tcp/22 three'] },
      three: { ingress: ['tcp/22 one', 'tcp/22 tail'] },
      tail: {},
      default: {},
    },
    enis: { e: { subnet: 's', ips: ['10.0.1.10'], groups: ['used'] } },
  });
  const { groups, order } = unusedGroups(world);
  const found = new Map(groups.map((each) => [each.group.name, each]));
  assert.deepEqual([...found.keys()].sort(), ['default', 'named', 'one', 'tail', 'three', 'two']);
  assert.equal(found.get('default')?.isDefault, true);
  assert.deepEqual(new Set(found.get('one')?.cycle), new Set(['one', 'two', 'three'].map(groupId)));
  assert.deepEqual(found.get('tail')?.cycle, []);
  const rules = new Map(
    [...networkOf(world, testScope).securityGroup.values()].map(({ id, rules: own }) => [id, [...own]]),
  );
  for (const step of order) {
    if (step.kind === 'revoke') {
      const { groupId: owner, ruleId } = step.rule;
      rules.set(owner, rules.get(owner)?.filter(({ id }) => id !== ruleId) ?? []);
      continue;
    }
    rules.delete(step.groupId);
    const naming = [...rules.values()]
      .flat()
      .filter(({ peer }) => peer.kind === 'group' && peer.groupId === step.groupId);
    assert.deepEqual(naming, [], `${step.groupId} is still named`);
  }
  assert.deepEqual([...rules.keys()].sort(), [groupId('default'), groupId('used')].sort());
});

test('when: every turn of a path is found, however often it opened and closed', async () => {
  let turns = 0;
  for (const seed of seeds(30, () => turns > 20)) {
    const random = seeded(seed);
    const worlds: World[] = [randomProofWorld(random)];
    for (let left = 25; left > 0; left--)
      worlds.push(randomChange(random, worlds.at(-1) as World, { acls: true }));
    const ask = (world: World) => {
      const [a, b] = [eniId('a'), eniId('b')].map((id) => networkOf(world, testScope).eni.get(id));
      const [from, to] = [a?.privateIps[0]?.address, b?.privateIps[0]?.address];
      if (!a || !b || !from || !to) return false;
      return can(
        world,
        { kind: 'eni', eniId: a.id, ip: from },
        { kind: 'eni', eniId: b.id, ip: to },
        { kind: 'tcp', port: 22 },
      ).allowed;
    };
    const open = worlds.map(ask);
    const expected = open
      .flatMap((is, at) => (at > 0 && is !== open[at - 1] ? [`${at} ${is}`] : []))
      .reverse();
    const changes = worlds.slice(0, -1).map((before, at) => ({
      sequence: at + 1,
      timeMs: at,
      principal: 'p',
      action: 'a',
      before,
    }));
    const history = await pathHistory(worlds.at(-1) as World, changes.toReversed(), ask);
    assert.deepEqual(
      history.turns.map(({ sequence, opened }) => `${sequence} ${opened}`),
      expected,
    );
    turns += expected.length;
  }
  assert.ok(turns > 20, `${turns} turns`);
});
