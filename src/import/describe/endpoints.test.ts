import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { World } from '#vpc/network.ts';
import { withFiles } from '../../../tests/support/import.ts';
import { readDump } from '../dump/read-dump.ts';

const vpc = { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16', OwnerId: '111122223333' };
const endpointOf = ({ world }: { readonly world: World }) =>
  [...world.values()].flatMap(({ endpoint }) => [...endpoint.values()])[0];

test('endpoints of each type: those in front of appliances are kept, what has no place here is counted', async () => {
  const rows: readonly (readonly [type: string | undefined, kind: string | undefined])[] = [
    [undefined, 'gateway'],
    ['Gateway', 'gateway'],
    ['Interface', 'interface'],
    ['GatewayLoadBalancer', 'gatewayLoadBalancer'],
    ['ServiceNetwork', undefined],
  ];
  for (const [type, kind] of rows) {
    const endpoint = {
      VpcEndpointId: 'vpce-1',
      VpcId: 'vpc-1',
      ServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-1',
      State: 'available',
      NetworkInterfaceIds: ['eni-1'],
      ...(type === undefined ? {} : { VpcEndpointType: type }),
    };
    const body = { Vpcs: [vpc], VpcEndpoints: [endpoint] };
    await withFiles({ 'all.json': body }, (folder) => {
      const read = readDump(folder);
      assert.equal(endpointOf(read)?.detail.kind, kind, type);
    });
  }
});
