/** VPC endpoints, from describe output. */
import type { Endpoint, EndpointDetail } from '#vpc/endpoint.ts';
import type { EniId, SecurityGroupId, SubnetId } from '#vpc/ids.ts';
import {
  booleanOf,
  type Json,
  objectListOf,
  required,
  textListOf,
  textOf,
  timeOf,
  Unfit,
} from '../json/fields.ts';
import type { Gathered } from './gather.ts';
import { idOf, tagsOf } from './place.ts';

/** An endpoint of a kind that has interfaces or that routes lead to. */
export function readEndpoint(from: Json, gathered: Gathered): Endpoint {
  if (/^(deleting|deleted|failed|rejected|expired)$/i.test(textOf(from, 'State') ?? ''))
    throw new Unfit('it is deleted');
  return {
    id: idOf<'endpoint'>(from, 'VpcEndpointId'),
    vpcId: idOf<'vpc'>(from, 'VpcId'),
    serviceName: required(from, 'ServiceName'),
    detail: detailOf(from, gathered),
    policy: textOf(from, 'PolicyDocument') ?? '',
    createdAtMs: timeOf(from, 'CreationTimestamp'),
    tags: tagsOf(from),
  };
}

function detailOf(from: Json, { interfaces }: Gathered): EndpointDetail {
  const type = textOf(from, 'VpcEndpointType') ?? 'Gateway';
  if (type === 'Gateway') return { kind: 'gateway' };
  if (type !== 'Interface' && type !== 'GatewayLoadBalancer') throw new Unfit(`it is of type ${type}`);
  const places = textListOf(from, 'NetworkInterfaceIds').flatMap((eniId) => {
    const subnetId = textOf(interfaces.get(eniId) ?? {}, 'SubnetId');
    return subnetId === undefined ? [] : [{ subnetId: subnetId as SubnetId, eniId: eniId as EniId }];
  });
  if (type === 'GatewayLoadBalancer') return { kind: 'gatewayLoadBalancer', places };
  return {
    kind: 'interface',
    places,
    groupIds: objectListOf(from, 'Groups').map(
      (each) => idOf<'securityGroup'>(each, 'GroupId') as SecurityGroupId,
    ),
    privateDns: booleanOf(from, 'PrivateDnsEnabled') ?? false,
    ipAddressType: textOf(from, 'IpAddressType') === 'dualstack' ? 'dualstack' : 'ipv4',
  };
}
