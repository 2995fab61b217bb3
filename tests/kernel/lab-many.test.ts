/** Several VPCs side by side: the same blocks and addresses in two accounts, and traffic between their public ones. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NotOnTheInternet } from '#kernel/enforcement.ts';
import type { Transport } from '#policy/packet.ts';
import { emptyNetwork, type Kind, kinds, type Network, networkOf, put, type World } from '#vpc/network.ts';
import { scopeKey } from '#vpc/scope.ts';
import { buildWorld, eniId, idFor, ip, type NetworkSpec, testScope } from '../support/network.ts';
import { ping, tcp, udp } from '../support/packets.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';

const spec = (publicIp: string, ingress: readonly string[]): NetworkSpec => ({
  cidrs: ['10.0.0.0/16'],
  subnets: { pub: { cidr: '10.0.1.0/24', internet: true } },
  groups: { web: { ingress, egress: ['all 0.0.0.0/0'] } },
  enis: {
    w: { subnet: 'pub', ips: ['10.0.1.10'], groups: ['web'], publicIp },
    x: { subnet: 'pub', ips: ['10.0.1.11'], groups: ['web'] },
  },
});

const otherScope = { account: '210987654321', region: 'eu-west-1' };
/** The id of the other account's resource that has this id here. */
const other = (id: string): string => id.replace(/00000(.{4})$/, 'fffff$1');

/** Both networks in one world, the second one's ids made different. */
function sideBySide(here: World, there: World): World {
  let network: Network = emptyNetwork;
  for (const kind of kinds) {
    for (const entity of networkOf(there, testScope)[kind].values()) network = moved(network, kind, entity);
  }
  return here.set(scopeKey(otherScope), network);
}

function moved(network: Network, kind: Kind, entity: unknown): Network {
  const text = JSON.stringify(entity).replace(/[a-z-]+-[0-9a-f]{17}(?=")/g, other);
  return put(network, kind, JSON.parse(text));
}

const closed = ['tcp/80 10.0.1.10/32'];
const open = ['tcp/80 0.0.0.0/0', 'icmp 0.0.0.0/0'];
const world = sideBySide(buildWorld(spec('198.18.0.10', open)), buildWorld(spec('198.18.0.20', closed)));

describe('several VPCs', { skip }, async () => {
  const rig = await LabRig.start('many', world);
  const send = async (from: string, source: string, destination: string, transport: Transport) => {
    const packet = { source: ip(source), destination: ip(destination), transport };
    const [arrival] = await rig.exchange([{ packet, origin: { kind: 'eni', eniId: from } }]);
    return arrival;
  };
  const [w, x] = [eniId('w'), eniId('x')];

  test('equal addresses are apart, and each VPC has its own groups', async () => {
    assert.equal((await send(w, '10.0.1.10', '10.0.1.11', tcp(1001, 80)))?.at, x);
    assert.equal((await send(other(w), '10.0.1.10', '10.0.1.11', tcp(1001, 80)))?.at, other(x));
    assert.equal((await send(x, '10.0.1.11', '10.0.1.10', tcp(1002, 80)))?.at, w);
    assert.equal((await send(other(x), '10.0.1.11', '10.0.1.10', tcp(1002, 80)))?.at, undefined);
    assert.equal((await send(other(x), '10.0.1.11', '10.0.1.10', ping(8)))?.at, undefined);
  });

  test('between VPCs only public addresses lead, with public sources, by the groups of both', async () => {
    const arrived = await send(other(w), '10.0.1.10', '198.18.0.10', tcp(1101, 80));
    assert.equal(arrived?.at, w);
    assert.equal(arrived?.frame.source, '198.18.0.20');
    assert.equal(arrived?.frame.destination, '10.0.1.10');
    assert.equal(await send(w, '10.0.1.10', '198.18.0.20', tcp(1102, 80)), undefined, 'closed there');
    assert.equal(await send(other(w), '10.0.1.10', '198.18.0.10', udp(1103, 80)), undefined, 'closed here');
  });

  test('internet hosts whose addresses end alike are different hosts', async () => {
    const [one, two] = ['2001:db8:ffff:1::1', '2001:db8:ffff:2::1'];
    await rig.host(one);
    await rig.host(two);
    const packet = { source: ip(two), destination: ip(one), transport: tcp(1301, 80) };
    const [arrival] = await rig.exchange([{ packet, origin: { kind: 'internet' } }]);
    assert.equal(arrival?.at, one);
  });

  test('no host gets an address that no host has, and the lab stays in order', async () => {
    for (const address of ['::1', '127.0.0.1', '169.254.1.1', '198.18.0.99']) {
      await assert.rejects(rig.host(address), NotOnTheInternet);
    }
    await rig.to(world);
  });

  test('a change in one account leaves the other alone', async () => {
    await rig.to(sideBySide(buildWorld(spec('198.18.0.10', [])), buildWorld(spec('198.18.0.20', closed))));
    assert.equal(await send(w, '10.0.1.10', '10.0.1.11', tcp(1201, 80)), undefined);
    assert.equal((await send(other(w), '10.0.1.10', '10.0.1.11', tcp(1201, 80)))?.at, other(x));
    await rig.to(world.delete(scopeKey(testScope)));
    assert.equal((await send(other(w), '10.0.1.10', '10.0.1.11', tcp(1202, 80)))?.at, other(x));
    assert.equal(rig.lab.namespaceOf(idFor('i', 'w')), undefined);
  });
});
