import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Id } from '#vpc/ids.ts';
import { type Kind, type Kinds, networkOf, type World } from '#vpc/network.ts';
import { buildWorld, eniId, idFor, testScope, withEntity } from '../../../tests/support/network.ts';
import { notEnforced } from './not-enforced.ts';

const world = buildWorld({
  subnets: { s: { cidr: '10.0.1.0/24', internet: true } },
  groups: { a: { ingress: ['tcp/80 a', 'tcp/80 0.0.0.0/0'] } },
  enis: { p: { subnet: 's', ips: ['10.0.1.10'], groups: ['a'] } },
});

const edited = <K extends Kind>(
  kind: K,
  id: string,
  change: (entity: Kinds[K]) => Partial<Kinds[K]>,
): World => {
  const entity = (networkOf(world, testScope)[kind] as { get(id: string): Kinds[K] | undefined }).get(id);
  if (!entity) throw new Error(`no ${id}`);
  return withEntity(world, kind, { ...entity, ...change(entity) });
};

test('what is not enforced is said, and only that', () => {
  const other = { kind: 'other', id: 'tgw-00000000000000001' } as const;
  const nat = { kind: 'natGateway', id: 'nat-00000000000000001' as Id<'natGateway'> } as const;
  const cases: readonly (readonly [World, RegExp | undefined])[] = [
    [world, undefined],
    [edited('eni', eniId('p'), () => ({ sourceDestCheck: false })), undefined],
    [edited('eni', eniId('p'), () => ({ timeouts: { udpSeconds: 40 } })), undefined],
    [edited('eni', eniId('p'), () => ({ interfaceType: 'efa' })), undefined],
    [
      edited('eni', eniId('p'), () => ({ interfaceType: 'vpc_endpoint' })),
      /type vpc_endpoint carry no packets/,
    ],
    ...(
      [
        [nat, undefined],
        [other, /Routes to gateways of other kinds drop/],
      ] as const
    ).map(
      ([target, expected]) =>
        [
          edited('routeTable', idFor('rtb', 's'), ({ routes }) => ({
            routes: routes.map((route) => ({ ...route, target })),
          })),
          expected,
        ] as const,
    ),
  ];
  for (const [changed, expected] of cases) {
    const sentences = notEnforced(changed);
    assert.equal(sentences.length, expected ? 1 : 0, sentences.join(' '));
    if (expected) assert.match(sentences[0] ?? '', expected);
  }
});
