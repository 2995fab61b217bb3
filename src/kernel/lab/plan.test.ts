import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { networkOf } from '#vpc/network.ts';
import {
  buildWorld,
  eniId,
  idFor,
  type NetworkSpec,
  testScope,
  vpcId,
  withEntity,
} from '../../../tests/support/network.ts';
import { subnetMax } from '../dataplane/vpc-compiler.ts';
import { atOnce } from '../steps.ts';
import { notEnforced } from './not-enforced.ts';
import { PlaceNames } from './place-names.ts';
import { LabPlan } from './plan.ts';

const planOf = (world: ReturnType<typeof buildWorld>) => {
  const plan = new LabPlan({ names: new PlaceNames('rpt-plan'), recover: () => {} });
  atOnce(plan.update(world));
  return plan;
};

describe('more than the numbers of the kernel’s marks', () => {
  test('route tables that no subnet uses take none', () => {
    const spec: NetworkSpec = {
      subnets: { s: { cidr: '10.0.1.0/24', internet: true } },
      groups: { a: {} },
      enis: { p: { subnet: 's', ips: ['10.0.1.10'], groups: ['a'] } },
    };
    const built = buildWorld(spec);
    const used = networkOf(built, testScope).routeTable.get(idFor('rtb', 's'));
    if (!used) throw new Error('no route table');
    let world = built;
    for (let index = 0; index < 5000; index++) {
      const id = idFor('rtb', `x${index}`) as typeof used.id;
      world = withEntity(world, 'routeTable', { ...used, id, associations: [] });
    }
    const { topology } = planOf(world);
    assert.equal(topology.has(`table ${used.id}`), true);
    assert.equal(topology.has(`table ${idFor('rtb', 'x0')}`), false);
  });

  test('the interfaces of subnets beyond them are closed, which is said', () => {
    const names = Array.from({ length: subnetMax + 1 }, (_, index) => `n${index}`);
    const cidrOf = (index: number) => `10.${index >> 12}.${(index >> 4) & 255}.${(index & 15) * 16}`;
    const world = buildWorld({
      cidrs: ['10.0.0.0/15'],
      subnets: Object.fromEntries(names.map((name, index) => [name, { cidr: `${cidrOf(index)}/28` }])),
      groups: { a: {} },
      enis: Object.fromEntries(
        names.map((name, index) => [
          name,
          {
            subnet: name,
            ips: [`${cidrOf(index).replace(/\d+$/, (last) => String(Number(last) + 5))}`],
            groups: ['a'],
          },
        ]),
      ),
    });
    const [table] = planOf(world).tables().values();
    const isOpen = (name: string) => table?.program.has(`port ${eniId(name)}`);
    const open = names.filter(isOpen);
    assert.equal(open.length, subnetMax);
    assert.deepEqual(notEnforced(world), [
      `${vpcId}: interfaces in subnets beyond the first ${subnetMax} are closed.`,
    ]);
  });
});
