/** The first lines of `can`'s answers: what the headline says is shown first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askFully } from '#proof/can-answer.ts';
import type { World } from '#vpc/network.ts';
import { withBalancer, withTargetGroup } from '../../../tests/support/balancers.ts';
import { buildWorld, eniId } from '../../../tests/support/network.ts';
import { answerText } from './answer-text.ts';

/** `c` may talk to `w` by the node `n`, which the target's rules name, and directly where they say so too. */
function site(rules: readonly string[], nodeRules: readonly string[]): World {
  const network = buildWorld({
    subnets: { s: { cidr: '10.0.1.0/24' } },
    groups: {
      lb: { ingress: nodeRules, egress: ['all 0.0.0.0/0'] },
      web: { ingress: rules },
      out: { egress: ['all 0.0.0.0/0'] },
    },
    enis: {
      n: { subnet: 's', ips: ['10.0.1.4'], groups: ['lb'] },
      w: { subnet: 's', ips: ['10.0.1.10'], groups: ['web'] },
      c: { subnet: 's', ips: ['10.0.1.20'], groups: ['out'] },
    },
  });
  const grouped = withTargetGroup(network, 'g', { port: 8080, targets: ['w'] });
  return withBalancer(grouped, 'b', { nodes: ['n'], listeners: ['tcp/443 g'] });
}

const byNode = ['tcp/8080 lb'];
const open = ['tcp/443 0.0.0.0/0'];
const rows: readonly (readonly [string, World, readonly string[]])[] = [
  [
    'by a load balancer alone',
    site(byNode, open),
    ['yes  ipv4  q  through a load balancer', '     yes  through load balancer', '     no   directly'],
  ],
  ['directly too', site(['tcp/8080 0.0.0.0/0'], open), ['yes  ipv4  q', '     yes  through load balancer']],
  ['by neither', site(byNode, []), ['no   ipv4  q', '     no   through load balancer']],
];

for (const [what, world, expected] of rows) {
  test(`can in words: ${what}`, () => {
    const asked = askFully(world, { from: eniId('c'), to: eniId('w'), wanted: { kind: 'tcp', port: 8080 } });
    assert.ok(asked.kind === 'answered');
    const [answer] = asked.answers;
    const lines = answer ? answerText('q', answer).split('\n') : [];
    const heads = lines.filter((line) => /^( {5})?(yes|no) /.test(line));
    assert.deepEqual(
      heads.map((line) => line.replace(/ balancer b .*/, ' balancer')),
      expected,
    );
  });
}
