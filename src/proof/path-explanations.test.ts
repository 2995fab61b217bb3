/** Components in explanations of what stops packets at transit gateways and load balancers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VpcId } from '#vpc/ids.ts';
import { balancerId, withBalancer, withTargetGroup } from '../../tests/support/balancers.ts';
import { withOtherVpc, withRoute } from '../../tests/support/edges.ts';
import { buildWorld, eniId, idFor, subnetId, testScope, vpcId } from '../../tests/support/network.ts';
import {
  attachmentId,
  transitId,
  withTransitGateway,
  withTransitTable,
  withVpcAttachment,
} from '../../tests/support/transit.ts';
import { searchPath } from './path-search.ts';

const otherVpc = idFor('vpc', 'o') as VpcId;
const open = { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] };

/** `a` and, in another VPC, `f` at one transit gateway with one table. */
function hub(attachments: readonly string[], routes: readonly string[]) {
  const near = buildWorld({
    subnets: { s1: { cidr: '10.0.1.0/24', internet: true } },
    groups: { near: open },
    enis: {
      a: { subnet: 's1', ips: ['10.0.1.10'], groups: ['near'] },
      n: { subnet: 's1', ips: ['10.0.1.20'], groups: ['near'] },
    },
  });
  const there = {
    cidrs: ['10.9.0.0/16'],
    subnets: { far: { cidr: '10.9.1.0/24' } },
    groups: { f: open },
    enis: { f: { subnet: 'far', ips: ['10.9.1.10'], groups: ['f'] } },
  };
  let world = withOtherVpc(near, otherVpc, there, testScope);
  const target = { kind: 'transitGateway', id: transitId('t') } as const;
  world = withRoute(withRoute(world, 's1', '10.9.0.0/16', target), 'far', '10.0.0.0/16', target);
  world = withTransitGateway(world, 't');
  world = withVpcAttachment(world, { name: 'x', gateway: 't', vpcId, subnetIds: [subnetId('s1')] });
  const far = { name: 'y', gateway: 't', vpcId: otherVpc, subnetIds: [subnetId('far')] };
  world = withTransitTable(withVpcAttachment(world, far), 'm', { gateway: 't', attachments, routes });
  world = withTargetGroup(world, 'g', { port: 80, targets: ['a'] });
  return withBalancer(world, 'b', { nodes: ['n'], listeners: ['tcp/443 g'] });
}

const both = ['10.0.0.0/16 x', '10.9.0.0/16 y'];
const table = { transitGateway: transitId('t'), transitRouteTable: idFor('tgw-rtb', 'm') };
const attachment = { transitGateway: transitId('t'), transitAttachment: attachmentId('x') };
const rows: readonly (readonly [string, ReturnType<typeof hub>, string, object])[] = [
  ['TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION', hub(['y'], both), 'f', attachment],
  ['TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT', hub(['x', 'y'], ['10.0.0.0/16 x']), 'f', table],
  ['TGW_RTB_BAD_STATE_ROUTE', hub(['x', 'y'], ['10.9.0.0/16 -']), 'f', table],
  ['ELBV2_LISTENERS_MISMATCH', hub(['x', 'y'], both), 'n', { loadBalancerArn: balancerId('b') }],
];

for (const [code, world, to, components] of rows) {
  test(`explanations: ${code}`, () => {
    const destinationPorts = { from: 80, to: 80 };
    const result = searchPath(world, {
      from: { kind: 'eni', eniId: eniId('a') },
      to: { kind: 'eni', eniId: eniId(to) },
      protocol: 'tcp',
      atSource: { destinationPorts },
      atDestination: {},
      through: [],
      avoid: [],
    });
    assert.ok(result.kind === 'notFound');
    const [explanation] = result.explanations;
    const { transitGateway, transitAttachment, transitRouteTable, loadBalancerArn } = explanation ?? {};
    const refs = Object.entries({ transitGateway, transitAttachment, transitRouteTable });
    const shown = Object.fromEntries(refs.flatMap(([name, ref]) => (ref ? [[name, ref.id]] : [])));
    assert.equal(explanation?.code, code);
    assert.deepEqual({ ...shown, ...(loadBalancerArn ? { loadBalancerArn } : {}) }, components);
  });
}
