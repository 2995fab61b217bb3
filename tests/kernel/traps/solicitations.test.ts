/** Who floods the router with solicitations is answered at AWS's rate, so that the server has time for others. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildWorld, eniId } from '../../support/network.ts';
import { LabRig } from '../lab-rig.ts';
import { skip } from '../namespaces.ts';
import { buildPacket, readFrame } from '../packets.ts';

const world = buildWorld({
  subnets: { dual: { cidr: '10.0.3.0/24', cidr6: '2001:db8:100:3::/64' } },
  groups: { none: {} },
  enis: {
    n: { subnet: 'dual', ips: ['10.0.3.5', '2001:db8:100:3::5'], groups: ['none'] },
    o: { subnet: 'dual', ips: ['10.0.3.6', '2001:db8:100:3::6'], groups: ['none'] },
  },
});
const [solicitation, advertisement] = [133, 134];
/** With its sender's link-layer address (RFC 4861, 4.6.1), or the router would ask for it first. */
const asking = (hops: number) =>
  buildPacket({
    source: 'fe80::abcd',
    destination: 'ff02::2',
    transport: { kind: 'icmp', type: solicitation, code: 0 },
    payload: Buffer.of(1, 1, 2, 0, 0, 0, 0, 9),
    hops,
  });

describe('router solicitations', { skip }, async () => {
  if (skip) return;
  const rig = await LabRig.start('solicit', world);

  /** Sends them, and counts the answers that have come back some time after. */
  async function answersTo(name: string, packets: readonly Buffer[], pauseMs: number): Promise<number> {
    const arrived = await rig.exchangeBytes(eniId(name), packets, pauseMs);
    return arrived.filter(({ at, bytes }) => {
      const transport = readFrame(bytes)?.transport;
      return at === eniId(name) && transport?.kind === 'icmp' && transport.type === advertisement;
    }).length;
  }

  test('one is answered, and one from beyond the link is not', async () => {
    assert.equal(await answersTo('o', [asking(254)], 300), 0);
    let answers = 0;
    for (let tries = 0; answers === 0 && tries < 100; tries++)
      answers = await answersTo('o', [asking(255)], 100);
    assert.ok(answers > 0);
  });

  test('a flood is answered at AWS’s rate, and a neighbour as ever', async () => {
    const startMs = performance.now();
    let answers = 0;
    for (let slice = 0; slice < 100; slice++)
      answers += await answersTo(
        'n',
        Array.from({ length: 50 }, () => asking(255)),
        5,
      );
    answers += await answersTo('n', [], 500);
    const seconds = (performance.now() - startMs) / 1000;
    assert.ok(answers >= 500, `${answers} answers`);
    assert.ok(answers <= 1024 * (1 + seconds) + 1, `${answers} answers in ${seconds} s`);
    let others = 0;
    for (let tries = 0; others === 0 && tries < 100; tries++)
      others = await answersTo('o', [asking(255)], 100);
    assert.ok(others > 0);
  });
});
