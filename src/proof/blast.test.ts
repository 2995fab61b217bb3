/** How far somebody gets past load balancers: to what they pass on to him, and from a node that he holds to all of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Id } from '#vpc/ids.ts';
import { withBalancer, withTargetGroup } from '../../tests/support/balancers.ts';
import { buildWorld, eniId } from '../../tests/support/network.ts';
import { blastRadius } from './blast.ts';
import { indexWorld } from './reach-index.ts';

const everything = { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] };

/** `c` may use `n` by its listener for port 80 alone, which leads to `w`; the other one leads to `x`. */
function site(admitted: string) {
  let world = buildWorld({
    subnets: { s: { cidr: '10.0.1.0/24' } },
    groups: {
      client: { egress: everything.egress },
      node: { ingress: [admitted], egress: everything.egress },
      target: { ingress: ['all node'] },
    },
    enis: {
      c: { subnet: 's', ips: ['10.0.1.10'], groups: ['client'] },
      n: { subnet: 's', ips: ['10.0.1.4'], groups: ['node'] },
      w: { subnet: 's', ips: ['10.0.1.20'], groups: ['target'] },
      x: { subnet: 's', ips: ['10.0.1.21'], groups: ['target'] },
    },
  });
  world = withTargetGroup(world, 'g', { port: 8080, targets: ['w'] });
  world = withTargetGroup(world, 'h', { port: 8080, targets: ['x'] });
  return withBalancer(world, 'b', { nodes: ['n'], listeners: ['tcp/80 g', 'tcp/81 h'] });
}

/** What the node admits, the foothold → what is reached, in order of the hops. */
const rows: readonly (readonly [string, string, string])[] = [
  // Seed 15037 of reach: who reached a node by one listener was taken to reach the targets of all.
  ['tcp/80 0.0.0.0/0', 'c', 'c0 n1 w1'],
  ['tcp/80-81 0.0.0.0/0', 'c', 'c0 n1 w1 x1'],
  ['tcp/82 0.0.0.0/0', 'c', 'c0'],
  ['tcp/80 0.0.0.0/0', 'n', 'n0 w1 x1'],
  ['tcp/80 0.0.0.0/0', 'w', 'w0'],
];

for (const [admitted, from, expected] of rows) {
  test(`reach: from ${from} past a node that admits ${admitted}: ${expected}`, () => {
    const { interfaces } = blastRadius(indexWorld(site(admitted)), [eniId(from) as Id<'eni'>]);
    const found = interfaces.map(({ eni, depth }) => `${eni.description.replace(/^ELB.*/, 'n')}${depth}`);
    assert.deepEqual(found.toSorted().join(' '), expected);
  });
}

/** Whom the node's group admits → what `c` reaches, who may send to the node's public address alone. */
const overInternet: readonly (readonly [string, string])[] = [
  ['tcp/80 198.18.0.10/32', 'c0 n1 w1'],
  ['tcp/80 198.18.0.11/32', 'c0'],
  // The internet gateway shows the public address alone.
  ['tcp/80 10.0.1.10/32', 'c0'],
];

for (const [admitted, expected] of overInternet) {
  test(`reach: past a node by its public address, which admits ${admitted}: ${expected}`, () => {
    let world = buildWorld({
      subnets: { pub: { cidr: '10.0.1.0/24', internet: true } },
      groups: {
        client: { egress: ['tcp/80 198.18.0.4/32'] },
        node: { ingress: [admitted], egress: everything.egress },
        target: { ingress: ['all node'] },
      },
      enis: {
        c: { subnet: 'pub', ips: ['10.0.1.10'], groups: ['client'], publicIp: '198.18.0.10' },
        n: { subnet: 'pub', ips: ['10.0.1.4'], groups: ['node'], publicIp: '198.18.0.4' },
        w: { subnet: 'pub', ips: ['10.0.1.20'], groups: ['target'] },
      },
    });
    world = withTargetGroup(world, 'g', { port: 8080, targets: ['w'] });
    world = withBalancer(world, 'b', { nodes: ['n'], listeners: ['tcp/80 g'] });
    const { interfaces } = blastRadius(indexWorld(world), [eniId('c') as Id<'eni'>]);
    const found = interfaces.map(({ eni, depth }) => `${eni.description.replace(/^ELB.*/, 'n')}${depth}`);
    assert.deepEqual(found.toSorted().join(' '), expected);
  });
}
