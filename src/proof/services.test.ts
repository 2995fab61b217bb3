/** Services behind gateway endpoints as places of their own: what gets there, and what is the internet beside them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointDetail } from '#vpc/endpoint.ts';
import type { Id } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';
import { noTags } from '#vpc/tags.ts';
import { asNatGateway, natId, putIn, withRoute } from '../../tests/support/edges.ts';
import { buildWorld, eniId, idFor, ip, testScope, vpcId } from '../../tests/support/network.ts';
import { pointOf } from './address-line.ts';
import { diffAccess } from './diff.ts';
import { type OutsidePlace, outsideOf } from './outside.ts';
import { indexWorld } from './reach-index.ts';
import { spansAt } from './region.ts';
import { holds } from './spans.ts';

const endpointId = idFor('vpce', 's') as Id<'endpoint'>;
const toEndpoint = { kind: 'endpoint', id: endpointId } as const;
const https = (6 << 16) | 443;

/** `a` with a way to the internet, `p` behind the NAT gateway `n`, and an endpoint in front of 198.51.100.0/24. */
function site(subnets: readonly string[], detail: EndpointDetail = { kind: 'gateway' }): World {
  let world = buildWorld({
    subnets: {
      s1: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true },
      s2: { cidr: '10.0.2.0/24' },
    },
    groups: { web: { ingress: ['tcp/443 0.0.0.0/0'], egress: ['tcp/443 0.0.0.0/0', 'tcp/443 ::/0'] } },
    enis: {
      a: { subnet: 's1', ips: ['10.0.1.10', '2001:db8:100:1::a'], groups: ['web'], publicIp: '198.18.0.10' },
      n: { subnet: 's1', ips: ['10.0.1.20'], groups: [], publicIp: '198.18.0.20' },
      p: { subnet: 's2', ips: ['10.0.2.10'], groups: ['web'] },
    },
  });
  world = asNatGateway(world, 'n');
  world = withRoute(world, 's2', '0.0.0.0/0', { kind: 'natGateway', id: natId('n') });
  world = putIn(world, testScope, 'endpoint', {
    id: endpointId,
    vpcId,
    serviceName: 'com.amazonaws.us-east-1.s3',
    detail,
    policy: '',
    createdAtMs: 0,
    tags: noTags,
  });
  return subnets.reduce((left, subnet) => withRoute(left, subnet, '198.51.100.0/24', toEndpoint), world);
}

/** Where HTTPS with an address gets, by what the regions of an interface say. */
function placesOf(world: World, name: string, address: string, direction: 'ingress' | 'egress'): string {
  const index = indexWorld(world);
  const own = name.includes(':') ? 'ipv6' : 'ipv4';
  const family = address.includes(':') ? 'ipv6' : own;
  for (const point of index.byEni().get(eniId(name) as Id<'eni'>) ?? []) {
    const member = point.members.find(({ eni }) => eni.id === eniId(name));
    if (!member || point.family !== family) continue;
    const outside = outsideOf(index, point, member, direction);
    const places = (Object.keys(outside) as OutsidePlace[]).filter((place) =>
      holds(spansAt(outside[place], pointOf(ip(address))), https),
    );
    return places.join() || 'nowhere';
  }
  return assert.fail(name);
}

const service = '198.51.100.10';
const gwlb = { kind: 'gatewayLoadBalancer', places: [] } as const;
const rows: readonly (readonly [string, World, string, string, 'ingress' | 'egress', string])[] = [
  ['by the endpoint', site(['s1']), 'a', service, 'egress', 'endpoint'],
  ['by no route there, over the internet', site([]), 'a', service, 'egress', 'internet'],
  ['besides the service, the internet', site(['s1']), 'a', '198.51.101.10', 'egress', 'internet'],
  ['the service opens nothing', site([]), 'a', service, 'ingress', 'internet'],
  ['and gets answers to nothing', site(['s1']), 'a', service, 'ingress', 'nowhere'],
  ['through a NAT gateway to the internet', site([]), 'p', service, 'egress', 'internet'],
  ['through a NAT gateway to the service', site(['s1']), 'p', service, 'egress', 'endpoint'],
  ['by a route of its own', site(['s1', 's2']), 'p', service, 'egress', 'endpoint'],
  ['appliances lead nobody knows where', site(['s1'], gwlb), 'a', service, 'egress', 'beyond'],
];

for (const [what, world, name, address, direction, expected] of rows) {
  test(`outside: ${what}`, () => assert.equal(placesOf(world, name, address, direction), expected));
}

test('diff: a route to an endpoint moves the service from the internet to a place of its own', () => {
  const { changes, internetGains } = diffAccess(indexWorld(site([])), indexWorld(site(['s2'])));
  const shown = changes.map((each) =>
    each.kind === 'outside' ? `${each.change} ${each.direction} ${each.place}` : each.kind,
  );
  assert.deepEqual(shown.sort(), ['gained egress endpoint', 'lost egress internet']);
  assert.equal(internetGains, false);
});
