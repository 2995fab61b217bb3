/** An elastic address that is given to another interface must not bring the flows of its last one along. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { networkOf, type World } from '#vpc/network.ts';
import { eniOf, putIn } from '../../support/edges.ts';
import { buildWorld, ip, type NetworkSpec, testScope } from '../../support/network.ts';
import { udp } from '../../support/packets.ts';
import { agree } from '../agree.ts';
import { LabRig } from '../lab-rig.ts';
import { skip } from '../namespaces.ts';
import { gatewaysKeepFlows } from '../sameness/faults.ts';

const outside = '192.0.2.7';
const moved = '198.18.0.10';
const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24', internet: true } },
  groups: { dns: { ingress: ['udp/53 0.0.0.0/0'], egress: ['udp/99 0.0.0.0/0'] } },
  enis: {
    a: { subnet: 's', ips: ['10.0.1.10'], groups: ['dns'], publicIp: moved },
    b: { subnet: 's', ips: ['10.0.1.20'], groups: ['dns'] },
  },
};
const at = { a: '10.0.1.10', b: '10.0.1.20' };
const before = buildWorld(spec);

/** The world in which the other interface has the address. */
function given(world: World): World {
  const [address] = networkOf(world, testScope).address.by('publicIp', ip(moved));
  if (!address?.association) throw new Error('nobody has the address');
  const association = { id: address.association.id, eniId: eniOf(world, 'b').id, privateIp: ip(at.b) };
  return putIn(world, testScope, 'address', { ...address, association });
}

describe('a moved elastic address', { skip }, async () => {
  const after = given(before);
  const rig = await LabRig.start('moved', before);
  await rig.host(outside);
  const scenario = (port: number) =>
    agree(rig, at, [
      [before, outside, moved, udp(port, 53), 'accept'],
      [before, 'a', outside, udp(53, port), 'accept'],
      [after, outside, moved, udp(port, 53), 'accept'],
      [after, 'b', outside, udp(53, port), 'accept'],
    ]);

  test('what comes for it goes to whom it belongs', () => scenario(4000));

  test('where the gateway does not forget, it goes to whom it belonged', async () => {
    const takeOut = gatewaysKeepFlows();
    try {
      await assert.rejects(scenario(4001), assert.AssertionError);
    } finally {
      takeOut();
    }
  });
});
