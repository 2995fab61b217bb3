/** What an internet gateway refuses before it translates: inside sources without a public address, and strangers' claims. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gatewayTable } from '#kernel/dataplane/names.ts';
import { nextHop } from '#kernel/lab/links.ts';
import { inNamespace, listNamespaces } from '#kernel/netns/namespace.ts';
import type { Statement } from '#kernel/nft/statement.ts';
import { RouteSocket } from '#kernel/rtnl/socket.ts';
import { eniId, type NetworkSpec } from '../../support/network.ts';
import { tcp } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { buildFrame, tcp as flags, readFrame } from '../packets.ts';
import { openPort } from '../port.ts';
import { type Alteration, dropping, leadsTo, TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24', internet: true } },
  groups: {
    web: { egress: ['tcp 0.0.0.0/0'] },
    // Blocks, so that what is known of the sender's groups does not help.
    db: { ingress: ['tcp/81 10.0.1.0/24', 'tcp/82 0.0.0.0/0', 'tcp/83 198.18.0.10/32'] },
  },
  enis: {
    p: { subnet: 's', ips: ['10.0.1.30'], groups: ['web'] },
    w: { subnet: 's', ips: ['10.0.1.10'], groups: ['web'], publicIp: '198.18.0.10' },
    d: { subnet: 's', ips: ['10.0.1.20'], groups: ['db'], publicIp: '198.18.0.20' },
  },
};
const outside = '203.0.113.9';

describe('the edge of a gateway', { skip }, async () => {
  const rig = await TrapRig.start('edge', spec);
  await rig.lab.host(outside);
  const [gateway = ''] = listNamespaces(`${rig.lab.prefix}-g-`);

  /** The gateway without its rules that ask these sets about one end. */
  const without = (
    sets: string | readonly string[],
    field: 'ip saddr' | 'ip daddr',
    negate: boolean,
  ): Alteration => ({
    namespace: gateway,
    table: gatewayTable,
    chain: 'pre',
    rules: dropping(
      (each: Statement) =>
        each.kind === 'lookup' &&
        sets.includes(each.set) &&
        each.fields[0] === field &&
        (each.negate ?? false) === negate,
    ),
  });
  const insideFromOutside: Alteration = {
    chain: 'src4',
    rules: (rules) =>
      rules.filter((rule, index) => index === rules.length - 1 || !rule.some(leadsTo('rej_src'))),
  };

  const unroutedUnasked = without('unrouted4', 'ip saddr', false);
  const privatesUnasked = without('privs', 'ip saddr', true);
  const privatesLeave: Alteration = {
    namespace: gateway,
    table: gatewayTable,
    chain: 'post',
    rules: () => [],
  };

  test('who has no public address does not get out: refused twice', async () => {
    const attack = (port: number) => rig.passes('p', outside, tcp(port, 80));
    assert.equal(await rig.passes('w', outside, tcp(1001, 80)), true);
    assert.equal(await attack(1002), false);
    await rig.without([privatesUnasked], async () =>
      assert.equal(await attack(1003), false, 'on its way out'),
    );
    await rig.without([privatesLeave], async () => assert.equal(await attack(1004), false, 'on its way in'));
    await rig.without([privatesUnasked, privatesLeave], async () => assert.equal(await attack(1005), true));
  });

  test('a source that is not routed on the internet is refused', async () => {
    const attack = (port: number) => rig.passes(`${outside}=192.168.7.7`, '198.18.0.20', tcp(port, 82));
    assert.equal(await rig.passes(outside, '198.18.0.20', tcp(1050, 82)), true);
    assert.equal(await attack(1051), false);
    await rig.without([unroutedUnasked], async () => assert.equal(await attack(1052), true));
  });

  test('an inside source from outside: refused three times', async () => {
    // Of an interface without a public address, since the gateway would translate others.
    const attack = (port: number) => rig.passes(`${outside}=10.0.1.30`, '198.18.0.20', tcp(port, 81));
    const gatewayWithout = (...sets: readonly string[]) => without(sets, 'ip saddr', false);
    const both = gatewayWithout('vpc4', 'unrouted4');
    assert.equal(await attack(1101), false);
    const left: readonly (readonly [what: string, readonly Alteration[]])[] = [
      ['as the VPC’s', [gatewayWithout('unrouted4'), insideFromOutside]],
      ['as private', [gatewayWithout('vpc4'), insideFromOutside]],
      ['by the router', [both]],
    ];
    for (const [index, [what, alterations]] of left.entries()) {
      await rig.without(alterations, async () => assert.equal(await attack(1102 + index), false, what));
    }
    await rig.without([both, insideFromOutside], async () => assert.equal(await attack(1105), true));
  });

  test('a public source of the VPC’s own from outside is refused', async () => {
    const attack = (port: number) => rig.passes(`${outside}=198.18.0.10`, '198.18.0.20', tcp(port, 83));
    assert.equal(await rig.passes('w', '198.18.0.20', tcp(1201, 83)), true, 'of its holder');
    assert.equal(await attack(1202), false);
    await rig.without([without('eips', 'ip saddr', false)], async () =>
      assert.equal(await attack(1203), true),
    );
  });

  test('a private address is nobody’s address outside', async () => {
    const core = `${rig.lab.prefix}-core`;
    const [device = ''] = inNamespace(core, () => {
      const routes = RouteSocket.open();
      const names = routes.links().map(({ name }) => name);
      routes.close();
      return names.filter((name) => name.startsWith('g'));
    });
    const [wire, target] = [openPort(core, device), rig.lab.lab.portOf(eniId('d'))];
    assert.ok(target);
    const arrivals = openPort(target.instance, target.device);
    const arrives = async (destination: string, sourcePort: number): Promise<boolean> => {
      const transport = {
        kind: 'tcp',
        sourcePort,
        destinationPort: 82,
        flags: flags.syn,
        sequence: 1,
      } as const;
      const macs = { sourceMac: nextHop.up.mac, destinationMac: nextHop.down.mac };
      wire.send(buildFrame({ source: outside, destination, transport, ...macs }));
      // What is sent afterwards has passed when this one has.
      assert.equal(await rig.passes('w', outside, tcp(sourcePort, 80)), true);
      return arrivals.receive().some((bytes) => {
        const found = readFrame(bytes)?.transport;
        return found?.kind === 'tcp' && found.sourcePort === sourcePort;
      });
    };
    try {
      assert.equal(await arrives('198.18.0.20', 1301), true);
      assert.equal(await arrives('10.0.1.20', 1302), false);
      await rig.without([without('eips', 'ip daddr', true)], async () =>
        assert.equal(await arrives('10.0.1.20', 1303), true),
      );
    } finally {
      wire.close();
      arrivals.close();
    }
  });
});
