/** An instance with a second interface in another VPC: each follows the rules of the VPC that it stands in. */
import { describe, test } from 'node:test';
import type { VpcId } from '#vpc/ids.ts';
import { eniOf, putIn, withOtherVpc } from '../support/edges.ts';
import { buildWorld, idFor, testScope } from '../support/network.ts';
import { type Addresses, type ScenarioStep, tcp } from '../support/packets.ts';
import { agree as agreeAt } from './agree.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';

const other = idFor('vpc', 'other') as VpcId;
const open = { ingress: ['tcp/80 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] };

const apart = withOtherVpc(
  buildWorld({
    subnets: { s: { cidr: '10.0.1.0/24' } },
    groups: { web: open },
    enis: {
      a: { subnet: 's', ips: ['10.0.1.10'], groups: ['web'] },
      x: { subnet: 's', ips: ['10.0.1.20'], groups: ['web'] },
    },
  }),
  other,
  {
    subnets: { t: { cidr: '10.0.2.0/24' } },
    groups: { far: open },
    enis: {
      b: { subnet: 't', ips: ['10.0.2.10'], groups: ['far'] },
      y: { subnet: 't', ips: ['10.0.2.20'], groups: ['far'] },
    },
  },
  testScope,
);
const second = eniOf(apart, 'b');
if (!second.attachment) throw new Error('b is not attached');
const attachment = { ...second.attachment, deviceIndex: 1, instanceId: idFor('i', 'a') as never };
const world = putIn(apart, testScope, 'eni', { ...second, attachment });

const at: Addresses = { a: '10.0.1.10', x: '10.0.1.20', b: '10.0.2.10', y: '10.0.2.20' };

describe('an instance in two VPCs', { skip }, async () => {
  const rig = await LabRig.start('vpcs', world);
  const agree = (steps: readonly ScenarioStep[]) => agreeAt(rig, at, steps);

  test('is reached in each of them, and the VPCs stay apart', () =>
    agree([
      [world, 'x', 'a', tcp(1001, 80), 'accept'],
      [world, 'y', 'b', tcp(1001, 80), 'accept'],
      [world, 'y', 'b', tcp(1001, 81), 'group ingress'],
      [world, 'x', 'b', tcp(1002, 80), 'noInterface'],
      [world, 'b', 'y', tcp(1003, 80), 'accept'],
      [world, 'a=b', 'x', tcp(1004, 80), 'spoofed'],
    ]));
});
