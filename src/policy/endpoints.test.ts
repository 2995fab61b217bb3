/** VPC endpoints: how far packets to the services behind them are followed. Both sides of each edge. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointDetail } from '#vpc/endpoint.ts';
import type { EniId, Id, VpcId } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';
import { noTags } from '#vpc/tags.ts';
import { eniOf, putIn, withOtherVpc, withPeering, withRoute } from '../../tests/support/edges.ts';
import {
  aclEntity,
  buildWorld,
  eniId,
  idFor,
  subnetId,
  testScope,
  vpcId,
} from '../../tests/support/network.ts';
import {
  inZone,
  transitId,
  withTransitGateway,
  withTransitTable,
  withVpcAttachment,
} from '../../tests/support/transit.ts';
import { ask } from './can.ts';

const endpointId = idFor('vpce', 's') as Id<'endpoint'>;
const otherVpc = idFor('vpc', 'o') as VpcId;
const service = '198.51.100.10';
const open = ['100 allow all 0.0.0.0/0'];

type Spec = { readonly egress?: readonly string[]; readonly answers?: readonly string[] };

/** `a` in s1, and `e` as an endpoint's own interface; the subnet's routes lead by the endpoint to its service. */
function site(detail: EndpointDetail, { egress = ['tcp/443 0.0.0.0/0'], answers = open }: Spec = {}): World {
  let world = buildWorld({
    subnets: { s1: { cidr: '10.0.1.0/24' }, s2: { cidr: '10.0.2.0/24' } },
    groups: { app: { egress }, e: { ingress: ['tcp/443 10.0.1.0/24'] } },
    enis: {
      a: { subnet: 's1', ips: ['10.0.1.10'], groups: ['app'] },
      e: { subnet: 's2', ips: ['10.0.2.10'], groups: ['e'] },
    },
  });
  const { attachment: _, ...eni } = eniOf(world, 'e');
  const own = { ...eni, interfaceType: 'vpc_endpoint', requesterManaged: true };
  world = putIn(world, testScope, 'eni', own);
  world = putIn(world, testScope, 'networkAcl', aclEntity('s1', { ingress: answers, egress: open }));
  world = putIn(world, testScope, 'endpoint', {
    id: endpointId,
    vpcId,
    serviceName: 'com.amazonaws.us-east-1.s3',
    detail,
    policy: '',
    createdAtMs: 0,
    tags: noTags,
  });
  return withRoute(world, 's1', '198.51.100.0/24', { kind: 'endpoint', id: endpointId });
}

const places = [{ subnetId: subnetId('s2'), eniId: eniId('e') as EniId }];
const gateway = { kind: 'gateway' } as const;
const appliances = { kind: 'gatewayLoadBalancer', places } as const;
const ownInterface = {
  kind: 'interface',
  places,
  groupIds: [],
  privateDns: true,
  ipAddressType: 'ipv4',
} as const;

/** Another VPC, whose interface is `f`. */
function withFar(world: World): World {
  const spec = {
    cidrs: ['10.9.0.0/16'],
    subnets: { far: { cidr: '10.9.1.0/24' } },
    groups: { f: { egress: ['all 0.0.0.0/0'] } },
    enis: { f: { subnet: 'far', ips: ['10.9.1.10'], groups: ['f'] } },
  };
  return withOtherVpc(world, otherVpc, spec, testScope);
}

/** The other VPC at a transit gateway, which brings its packets into s1. */
function attached(): World {
  const hub = { kind: 'transitGateway', id: transitId('t') } as const;
  let world = withRoute(withFar(site(gateway)), 'far', '198.51.100.0/24', hub);
  world = withTransitGateway(world, 't');
  world = withVpcAttachment(world, { name: 'x', gateway: 't', vpcId, subnetIds: [subnetId('s1')] });
  const far = { name: 'y', gateway: 't', vpcId: otherVpc, subnetIds: [subnetId('far')] };
  world = withVpcAttachment(world, far);
  return withTransitTable(world, 'm', {
    gateway: 't',
    attachments: ['x', 'y'],
    routes: ['198.51.100.0/24 x'],
  });
}

/** A transit gateway that brings the VPC's own packets to the service back into it, by another subnet. */
function hairpin(): World {
  const hub = { kind: 'transitGateway', id: transitId('t') } as const;
  let world = withRoute(site(gateway), 's1', '198.51.100.0/24', hub);
  world = withRoute(world, 's2', '198.51.100.0/24', { kind: 'endpoint', id: endpointId });
  world = withTransitGateway(inZone(world, 's2', 'b'), 't');
  world = withVpcAttachment(world, { name: 'x', gateway: 't', vpcId, subnetIds: [subnetId('s1')] });
  world = withVpcAttachment(world, { name: 'y', gateway: 't', vpcId, subnetIds: [subnetId('s2')] });
  return withTransitTable(world, 'm', {
    gateway: 't',
    attachments: ['x', 'y'],
    routes: ['198.51.100.0/24 y'],
  });
}

/** The other VPC peered, with routes to the service by the peering. */
function peered(): World {
  const world = withFar(site(gateway));
  const sides = [
    { ...testScope, vpcId },
    { ...testScope, vpcId: otherVpc },
  ] as const;
  const peering = { kind: 'peering', id: idFor('pcx', 'p') as Id<'peering'> } as const;
  return withRoute(withPeering(world, 'p', sides), 'far', '198.51.100.0/24', peering);
}

function outcome(world: World, from: string, to: string, port: number): string {
  const asked = ask(world, { from: eniId(from), to, wanted: { kind: 'tcp', port } });
  if (asked.kind === 'unknown') return asked.why.replace(endpointId, 'it');
  const [answer] = asked.answers;
  if (answer?.allowed) return answer.request.kind === 'accept' ? answer.request.delivery.kind : 'nothing';
  const stopped = answer?.reply ?? answer?.request;
  return stopped?.kind === 'drop' ? `no: ${stopped.because.kind}` : 'elsewhere';
}

const rows: readonly (readonly [string, World, string, string, number, string])[] = [
  ['a gateway endpoint gets what routes lead there', site(gateway), 'a', service, 443, 'endpoint'],
  ['past the groups', site(gateway), 'a', service, 80, 'no: group'],
  ['and answers past the ACL', site(gateway, { answers: [] }), 'a', service, 443, 'no: acl'],
  ['nothing else goes there', site(gateway), 'a', '198.51.101.10', 443, 'no: noRoute'],
  ['nor what comes by a transit gateway', attached(), 'f', service, 443, 'no: spoofed'],
  ['not even of its own VPC', hairpin(), 'a', service, 443, 'no: spoofed'],
  ['nor what comes by a peering', peered(), 'f', service, 443, 'no: noInterface'],
  [
    'an address for a gateway endpoint',
    site(gateway),
    'a',
    endpointId,
    443,
    'it is reached by routes; name an address of com.amazonaws.us-east-1.s3 instead',
  ],
  ['appliances are named', site(appliances), 'a', service, 443, 'no: notFollowed'],
  ['past the groups as well', site(appliances), 'a', service, 80, 'no: group'],
  ['an interface endpoint is its interfaces', site(ownInterface), 'a', endpointId, 443, 'eni'],
  [
    'whose groups decide',
    site(ownInterface, { egress: ['all 0.0.0.0/0'] }),
    'a',
    endpointId,
    80,
    'no: group',
  ],
  ['no routes lead to one', site(ownInterface), 'a', service, 443, 'no: blackhole'],
];

for (const [what, world, from, to, port, expected] of rows) {
  test(`endpoints: ${what}`, () => assert.equal(outcome(world, from, to, port), expected));
}
