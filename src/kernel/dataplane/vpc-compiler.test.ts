import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyWorld, type Kind, type Kinds, networkOf, remove, type World } from '#vpc/network.ts';
import { scopeKey } from '#vpc/scope.ts';
import { asNatGateway, withEgressOnly } from '../../../tests/support/edges.ts';
import {
  aclEntity,
  buildWorld,
  eniId,
  gatewayId,
  groupId,
  idFor,
  type NetworkSpec,
  securityGroup,
  testScope,
  vpcId,
  withEntity,
} from '../../../tests/support/network.ts';
import { withBlock, withExclusion } from '../../../tests/support/public-access.ts';
import { programState, TableModel } from '../../../tests/support/table-model.ts';
import { SetNames } from '../lab/set-names.ts';
import type { Command } from '../nft/statement.ts';
import { atOnce } from '../steps.ts';
import { type Delta, type DeltaOptions, deltaOf } from './delta.ts';
import { type Dirt, dirtBetween, noDirt } from './dirt.ts';
import { epochChains } from './epoch.ts';
import { emptyFingerprint, fingerprintText, withExchange, withPiece } from './fingerprint.ts';
import { keyText, type Piece } from './piece.ts';
import { VpcCompiler } from './vpc-compiler.ts';

/** Keys that two pieces hold in one set, of which the kernel would know one; a correct program has none. */
function sharedKeys(pieces: Iterable<Piece>): readonly string[] {
  const seen = new Set<string>();
  const shared: string[] = [];
  for (const { contributions } of pieces) {
    for (const { set, elements } of contributions) {
      for (const element of elements.values()) {
        const key = `${set.name} ${keyText(element)}`;
        if (seen.has(key)) shared.push(key);
        seen.add(key);
      }
    }
  }
  return shared;
}

/** A compiler together with the table that its batches make. */
class Bench {
  readonly compiler = new VpcCompiler(vpcId);
  readonly table = new TableModel();
  world: World = emptyWorld;
  fingerprint = emptyFingerprint;
  touched: ReadonlySet<string> = new Set();
  #applied = new Map<string, Piece>();
  #names = SetNames.plain;
  readonly #options: Omit<DeltaOptions, 'program'>;

  constructor(options: Omit<DeltaOptions, 'program'> = {}) {
    this.#options = options;
    this.table.apply(epochChains(1).map(({ spec }) => ({ kind: 'addChain', table: 'vpc', chain: spec })));
  }

  to(world: World): Delta {
    const dirt = dirtBetween(this.world, world);
    this.world = world;
    this.touched = updated(this.compiler, world, dirt);
    const changes = [...this.touched].map((name) => {
      const change = { before: this.#applied.get(name), after: this.compiler.program.get(name) };
      this.fingerprint = withExchange(this.fingerprint, change.before, change.after);
      return change;
    });
    this.#applied = new Map(this.compiler.program);
    const delta = deltaOf('vpc', changes, { program: this.compiler.program, ...this.#options });
    const renewed = delta.renewals.map(({ set }) => set.name);
    const left = renewed.map((name) => this.#names.actual(name));
    this.#names = this.#names.exchanged(renewed);
    const made = delta.renewals.flatMap(({ set, elements }): readonly Command[] => [
      { kind: 'addSet', table: 'vpc', set },
      { kind: 'addElements', table: 'vpc', set, elements },
    ]);
    this.table.apply(this.#names.translated(made));
    this.table.apply([
      ...this.#names.translated(delta.commands),
      ...left.map((set): Command => ({ kind: 'deleteSet', table: 'vpc', set })),
    ]);
    return delta;
  }
}

function updated(compiler: VpcCompiler, world: World, dirt: Dirt): ReadonlySet<string> {
  return atOnce(updating(compiler, world, dirt));
}

function updating(compiler: VpcCompiler, world: World, dirt: Dirt) {
  const place = { world, network: networkOf(world, testScope) };
  const own = dirt.vpcs.get(vpcId) ?? noDirt(scopeKey(testScope));
  return compiler.update(place, own, dirt.groups);
}

/** The program made at once, with the numbers that another compiler has given. */
function afresh(world: World, like: VpcCompiler): VpcCompiler {
  const fresh = new VpcCompiler(vpcId);
  for (const [key, number] of like.identities.entries()) fresh.identities.fix(key, number);
  for (const [key, number] of like.subnets.entries()) fresh.subnets.fix(key, number);
  for (const [key, number] of like.zones.numbers.entries()) fresh.zones.numbers.fix(key, number);
  for (const [key, number] of like.routeTables.entries()) fresh.routeTables.fix(key, number);
  updated(fresh, world, dirtBetween(emptyWorld, world));
  return fresh;
}

const ruleTexts = [
  'all 0.0.0.0/0',
  'all ::/0',
  'tcp/443 0.0.0.0/0',
  'tcp/0-65535 0.0.0.0/0',
  'tcp/80-90 10.0.0.0/8',
  'tcp/85-95 10.0.1.0/24',
  'udp/53 2001:db8:100::/56',
  'icmp/8 10.0.0.0/16',
  'tcp/5432 a',
  'all b',
  'udp/53 c',
  'tcp/22 pl:office',
  'tcp/80-443 pl:long',
  'proto/47 198.18.0.0/15',
];
const groupNames = ['a', 'b', 'c'];
const eniNames = ['p', 'q', 'r'];
const subnets = ['s', 't'];

const groupRules = fc.record({
  ingress: fc.subarray(ruleTexts),
  egress: fc.subarray(ruleTexts),
});
const eniSpec = fc.record({
  subnet: fc.constantFrom(...subnets),
  groups: fc.subarray(groupNames, { minLength: 1 }),
});
const aclTexts = fc.subarray(
  ['90 deny tcp/22 0.0.0.0/0', '100 allow all 10.0.0.0/8', '110 deny udp 10.0.1.0/24', '120 allow all ::/0'],
  { minLength: 0 },
);
const acl = fc.record({ ingress: aclTexts, egress: aclTexts });
const subnetBlocks: Record<string, string> = { s: '10.0.1.0/24', t: '10.0.2.0/24' };

const networkSpec: fc.Arbitrary<NetworkSpec> = fc
  .record({
    groups: fc.tuple(...groupNames.map(() => groupRules)),
    enis: fc.tuple(...eniNames.map(() => eniSpec)),
    acls: fc.tuple(...subnets.map(() => acl)),
  })
  .map(({ groups, enis, acls }) => ({
    subnets: Object.fromEntries(
      subnets.map((name, index) => [
        name,
        {
          cidr: subnetBlocks[name] ?? '',
          internet: index === 0,
          acl: acls[index] ?? { ingress: [], egress: [] },
        },
      ]),
    ),
    groups: Object.fromEntries(groupNames.map((name, index) => [name, groups[index] ?? {}])),
    prefixLists: {
      office: ['192.0.2.0/24'],
      // More blocks than a class has in one set with everybody.
      long: Array.from({ length: 10 }, (_, index) => `10.0.1.${4 * index}/31`),
    },
    enis: Object.fromEntries(
      eniNames.map((name, index) => {
        const { subnet, groups: held } = enis[index] ?? { subnet: 's', groups: ['a'] };
        const ips = [`10.0.${subnet === 's' ? 1 : 2}.${10 + index}`, `2001:db8:100:1::${10 + index}`];
        return [name, { subnet, ips, groups: held }];
      }),
    ),
  }));

type Edit = { readonly name: string; readonly apply: (world: World) => World };

const edited = <K extends Kind>(kind: K, id: string, change: (entity: Kinds[K]) => Kinds[K]) =>
  function apply(world: World): World {
    const entity = (networkOf(world, testScope)[kind] as { get(id: string): Kinds[K] | undefined }).get(id);
    return entity ? withEntity(world, kind, change(entity)) : world;
  };
const without = (kind: Kind, id: string) => (world: World) =>
  world.set(scopeKey(testScope), remove(networkOf(world, testScope), kind, id));

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(fc.constantFrom(...groupNames), groupRules).map(([name, rules]) => ({
    name: `rules of ${name}`,
    apply: (world: World) => withEntity(world, 'securityGroup', securityGroup(name, rules)),
  })),
  fc.tuple(fc.constantFrom(...eniNames), fc.subarray(groupNames, { minLength: 1 })).map(([name, groups]) => ({
    name: `groups of ${name}`,
    apply: edited('eni', eniId(name), (eni) => ({ ...eni, groupIds: groups.map(groupId) })),
  })),
  fc.tuple(fc.constantFrom(...eniNames), fc.constantFrom('running', 'stopped')).map(([name, state]) => ({
    name: `${name} ${state}`,
    apply: edited('instance', idFor('i', name), (instance) => ({ ...instance, state }) as Kinds['instance']),
  })),
  fc.constantFrom(...eniNames).map((name) => ({ name: `${name} gone`, apply: without('eni', eniId(name)) })),
  fc.tuple(fc.constantFrom(...eniNames), fc.boolean()).map(([name, sourceDestCheck]) => ({
    name: `check of ${name}`,
    apply: edited('eni', eniId(name), (eni) => ({ ...eni, sourceDestCheck })),
  })),
  fc
    .tuple(
      fc.constantFrom(...eniNames),
      fc.constantFrom({}, { udpSeconds: 60 }, { tcpEstablishedSeconds: 60 }),
    )
    .map(([name, timeouts]) => ({
      name: `timeouts of ${name}`,
      apply: edited('eni', eniId(name), (eni) => ({ ...eni, timeouts })),
    })),
  fc.tuple(fc.constantFrom(...subnets), acl).map(([name, entries]) => ({
    name: `ACL of ${name}`,
    apply: (world: World) => withEntity(world, 'networkAcl', aclEntity(name, entries)),
  })),
  fc.constantFrom(...subnets).map((name) => ({
    name: `ACL of ${name} gone`,
    apply: without('networkAcl', idFor('acl', name)),
  })),
  fc.constantFrom(...subnets).map((name) => ({
    name: `routes of ${name} gone`,
    apply: without('routeTable', idFor('rtb', name)),
  })),
  fc.boolean().map((attached) => ({
    name: `gateway ${attached}`,
    apply: (world: World) =>
      withEntity(world, 'internetGateway', { id: gatewayId, tags: {}, ...(attached ? { vpcId } : {}) }),
  })),
  fc.constant({
    name: 'prefix list',
    apply: edited('prefixList', idFor('pl', 'office'), (list) => ({ ...list, entries: [] })),
  }),
  fc.constant({
    name: 'long prefix list cut short',
    apply: edited('prefixList', idFor('pl', 'long'), (list) => ({
      ...list,
      entries: list.entries.slice(0, 2),
    })),
  }),
);

/** What the table holds, by the program's names of sets. */
function stateOf({ table }: Bench): ReturnType<TableModel['state']> {
  return JSON.parse(JSON.stringify(table.state()).replaceAll('.b"', '"'));
}

test('the batch of any change turns the old program into the one made afresh, whichever sets are renewed', () => {
  fc.assert(
    fc.property(
      networkSpec,
      fc.array(edit, { maxLength: 6 }),
      fc.constantFrom(0, 12, 1000),
      (spec, edits, renewAbove) => {
        const bench = new Bench({ renewAbove });
        bench.to(buildWorld(spec));
        for (const { apply } of edits) bench.to(apply(bench.world));
        const fresh = afresh(bench.world, bench.compiler);
        const epochs = { chains: Object.fromEntries(epochChains(1).map(({ spec }) => [spec.name, []])) };
        const wanted = programState(fresh.program);
        const state = stateOf(bench);
        assert.deepEqual(state.sets, wanted.sets);
        assert.deepEqual(state.chains, JSON.parse(JSON.stringify({ ...wanted.chains, ...epochs.chains })));
        assert.deepEqual(sharedKeys(fresh.program.values()), []);
        const sum = [...fresh.program.values()].reduce(
          (all, piece) => withPiece(all, piece, 1),
          emptyFingerprint,
        );
        assert.equal(fingerprintText(bench.fingerprint), fingerprintText(sum));
      },
    ),
    { numRuns: 200 },
  );
});

const base: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24', internet: true }, t: { cidr: '10.0.2.0/24' } },
  groups: {
    a: { ingress: ['tcp/443 0.0.0.0/0', 'tcp/22 10.0.0.0/8'], egress: ['all 0.0.0.0/0'] },
    b: { ingress: ['tcp/5432 a'] },
    c: {},
  },
  enis: {
    p: { subnet: 's', ips: ['10.0.1.10'], groups: ['a'] },
    q: { subnet: 's', ips: ['10.0.1.11'], groups: ['a'] },
    r: { subnet: 't', ips: ['10.0.2.12'], groups: ['b'] },
  },
};
const regroup = (name: string, ...groups: readonly string[]) =>
  edited('eni', eniId(name), (eni) => ({ ...eni, groupIds: groups.map(groupId) }));
const rules =
  (name: string, ingress: readonly string[], egress: readonly string[] = []) =>
  (world: World) =>
    withEntity(world, 'securityGroup', securityGroup(name, { ingress, egress }));

test('remembered verdicts are forgotten where the table of changes says so', () => {
  const openA = ['tcp/443 0.0.0.0/0', 'tcp/22 10.0.0.0/8'];
  const cases: readonly [string, boolean, (world: World) => World][] = [
    ['a rule added', false, rules('c', ['tcp/80 10.0.0.0/8'])],
    ['a /0 rule added', false, rules('a', [...openA, 'tcp/9000 0.0.0.0/0'], ['all 0.0.0.0/0'])],
    ['a plain rule removed', false, rules('a', ['tcp/443 0.0.0.0/0'], ['all 0.0.0.0/0'])],
    ['a group peer removed', false, rules('b', [])],
    ['a /0 rule removed', true, rules('a', ['tcp/22 10.0.0.0/8'], ['all 0.0.0.0/0'])],
    ['the all-port rule of the other direction removed', true, rules('a', openA)],
    ['groups of an interface', true, regroup('p', 'b')],
    ['an interface gone', true, without('eni', eniId('q'))],
    [
      'an instance stopped',
      true,
      edited('instance', idFor('i', 'q'), (each) => ({ ...each, state: 'stopped' })),
    ],
    [
      'an ACL narrowed',
      true,
      (world) => withEntity(world, 'networkAcl', aclEntity('s', { ingress: [], egress: [] })),
    ],
    [
      'the gateway detached',
      true,
      (world) => withEntity(world, 'internetGateway', { id: gatewayId, tags: {} }),
    ],
    ['public access blocked', true, (world) => withBlock(world, 'block-ingress')],
    ['a subnet left out of no block', false, (world) => withExclusion(world, 's', 'allow-egress')],
    ['all public access blocked', true, (world) => withBlock(world, 'block-bidirectional')],
    ['routes taken from a subnet', true, without('routeTable', idFor('rtb', 's'))],
  ];
  for (const [name, moves, change] of cases) {
    const bench = new Bench();
    bench.to(buildWorld(base));
    assert.equal(bench.to(change(bench.world)).epochMoves, moves, name);
  }
});

test('a membership change of a known combination touches one piece and few elements', () => {
  const bench = new Bench();
  bench.to(buildWorld(base));
  const { commands } = bench.to(regroup('p', 'b')(bench.world));
  assert.deepEqual([...bench.touched], [`port ${eniId('p')}`]);
  const elements = commands.flatMap((command) => ('elements' in command ? command.elements : []));
  assert.equal(elements.length, 4, 'identity and port, out and in');
});

/** As many combinations of two groups as asked for, `all` in each of them, and fifty rules in each of the others. */
function manyClasses(count: number, all: readonly string[]): World {
  const names = Array.from({ length: count }, (_, at) => `g${at}`);
  const own = (at: number) =>
    Array.from({ length: 50 }, (_, rule) => `tcp/${1000 + 2 * rule} 10.${at}.${rule}.0/24`);
  return buildWorld({
    cidrs: ['10.0.0.0/16'],
    subnets: { s: { cidr: '10.0.1.0/24' } },
    groups: {
      all: { ingress: ['tcp/22 10.0.0.0/8', ...all] },
      ...Object.fromEntries(names.map((name, at) => [name, { ingress: own(at) }])),
    },
    enis: Object.fromEntries(
      names.map((name, at) => [`e${at}`, { subnet: 's', ips: [`10.0.1.${10 + at}`], groups: ['all', name] }]),
    ),
  });
}

const elementsOf = (commands: readonly Command[], kind: 'addElements' | 'deleteElements'): number =>
  commands.reduce((sum, each) => (each.kind === kind ? sum + each.elements.length : sum), 0);

test('a rule of a group in many classes computes and sends its own elements, a class in each step', () => {
  const count = 20;
  const bench = new Bench();
  bench.to(manyClasses(count, []));
  const before = bench.world;
  const after = manyClasses(count, ['tcp/9 10.0.0.0/8']);
  const changed = withEntity(before, 'securityGroup', groupIn(after));
  const steps = updating(bench.compiler, changed, dirtBetween(before, changed));
  let taken = 0;
  while (!steps.next().done) taken++;
  assert.ok(taken >= count, `${taken} steps for ${count} classes`);

  const other = new Bench();
  other.to(before);
  for (const [world, sent] of [
    [after, [count, 0]],
    [before, [0, count]],
  ] as const) {
    const { commands, renewals } = other.to(withEntity(before, 'securityGroup', groupIn(world)));
    assert.deepEqual(
      [...other.touched].map((name) => name.split(' ')[0]),
      Array.from({ length: count }, () => 'rules'),
    );
    assert.deepEqual([elementsOf(commands, 'addElements'), elementsOf(commands, 'deleteElements')], sent);
    assert.deepEqual([commands.filter(({ kind }) => kind === 'addRule').length, renewals], [0, []]);
  }
});

const groupIn = (world: World) =>
  networkOf(world, testScope).securityGroup.get(groupId('all')) ?? assert.fail('no such group');

test('of a set that loses much nothing is taken out: another one takes its place, and the next time again', () => {
  const count = 5;
  // Open beside each of the other rules and between them: a hundred elements more in each class.
  const wide = manyClasses(count, ['tcp/0-65535 10.200.0.0/16']);
  const narrow = manyClasses(count, []);
  const bench = new Bench();
  bench.to(narrow);
  const turns = [
    [wide, 0],
    [narrow, count],
    [wide, 0],
    [narrow, count],
  ] as const;
  for (const [world, renewed] of turns) {
    const { commands, renewals } = bench.to(world);
    assert.equal(elementsOf(commands, 'deleteElements'), 0);
    assert.equal(renewals.length, renewed, 'one set a class');
    const now = programState(bench.compiler.program).sets;
    for (const { set, elements } of renewals) assert.equal(elements.length, now[set.name]?.length);
    assert.deepEqual(stateOf(bench).sets, now);
  }
});

test('a change elsewhere touches nothing', () => {
  const bench = new Bench();
  bench.to(buildWorld(base));
  const other = edited('vpc', vpcId, (vpc) => ({ ...vpc, tags: { Name: 'new' } }))(bench.world);
  assert.deepEqual(bench.to(other).commands, []);
});

test('only a VPC with a gateway that remembers flows judges what comes by it anew', () => {
  const bench = new Bench();
  const judgesAnew = () => {
    const rules = bench.compiler.program.get('forward')?.chains.flatMap((chain) => chain.rules) ?? [];
    return rules.flat().some((each) => 'chain' in each && each.chain === 'anew');
  };
  const plain = buildWorld(base);
  const nat = asNatGateway(plain, 'q');
  const deleted = asNatGateway(plain, 'q', 'deleted');
  for (const [world, expected] of [
    [plain, false],
    [nat, true],
    [deleted, false],
    [withEgressOnly(plain), true],
    [withEgressOnly(nat), true],
    [withEgressOnly(deleted), true],
    [plain, false],
  ] as const) {
    bench.to(world);
    assert.equal(judgesAnew(), expected);
  }
});

test('an interface that forwards for others has a zone with every other port, and no VPC without one has zones', () => {
  const bench = new Bench();
  const zones = () => [...bench.compiler.zones.numbers.entries()].map(([pair]) => pair);
  const check = (name: string, sourceDestCheck: boolean) =>
    edited('eni', eniId(name), (eni) => ({ ...eni, sourceDestCheck }))(bench.world);
  bench.to(buildWorld(base));
  assert.deepEqual(zones(), []);
  const { epochMoves } = bench.to(check('q', false));
  assert.equal(epochMoves, false, 'nothing rests on what was not there');
  // Itself, two interfaces and the gateway.
  assert.equal(zones().length, 4);
  bench.to(check('r', false));
  assert.equal(zones().length, 7);
  assert.equal(bench.to(check('q', true)).epochMoves, true);
  assert.equal(zones().length, 4);
  bench.to(check('r', true));
  assert.deepEqual(zones(), []);
  assert.deepEqual([...bench.compiler.zones.takeFreed()].sort(), [1, 2, 3, 4, 5, 6, 7]);
});
