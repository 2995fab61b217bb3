/** Transit gateways as the CLI prints them. */
import type { Network } from '#vpc/network.ts';
import { partitionOf, type Scope } from '#vpc/scope.ts';
import type { Tags } from '#vpc/tags.ts';
import type { TransitAttachment, TransitRoute, TransitRouteTable } from '#vpc/transit.ts';

/** An output of a command; `subject` is what it is about, where it does not say so itself. */
export type ForeignOutput = {
  readonly command: string;
  readonly subject?: string;
  readonly body: object;
};

const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const enabled = (value: boolean) => (value ? 'enable' : 'disable');
const stateOf = ({ isAvailable }: TransitAttachment) => (isAvailable ? 'available' : 'pending');

/** The outputs that tell of a network's transit gateways; none where it has none. */
export function* transitOutputs(network: Network, scope: Scope): Iterable<ForeignOutput> {
  const gateways = [...network.transitGateway.values()];
  const attachments = [...network.transitAttachment.values()];
  const tables = [...network.transitRouteTable.values()];
  if (gateways.length + attachments.length + tables.length === 0) return;
  const TransitGateways = gateways.map(({ id, groupReferencing, tags }) => ({
    TransitGatewayId: id,
    TransitGatewayArn: `arn:${partitionOf(scope.region)}:ec2:${scope.region}:${scope.account}:transit-gateway/${id}`,
    State: 'available',
    OwnerId: scope.account,
    Options: { SecurityGroupReferencingSupport: enabled(groupReferencing) },
    Tags: tagList(tags),
  }));
  yield { command: 'describe-transit-gateways', body: { TransitGateways } };
  const TransitGatewayAttachments = attachments.flatMap((each) => generalOutput(each, tables));
  yield { command: 'describe-transit-gateway-attachments', body: { TransitGatewayAttachments } };
  const TransitGatewayVpcAttachments = attachments.flatMap(vpcOutput);
  yield { command: 'describe-transit-gateway-vpc-attachments', body: { TransitGatewayVpcAttachments } };
  const TransitGatewayPeeringAttachments = attachments.flatMap(peeringOutput);
  yield {
    command: 'describe-transit-gateway-peering-attachments',
    body: { TransitGatewayPeeringAttachments },
  };
  const TransitGatewayRouteTables = tables.map(({ id, gatewayId, tags }) => ({
    TransitGatewayRouteTableId: id,
    TransitGatewayId: gatewayId,
    State: 'available',
    Tags: tagList(tags),
  }));
  yield { command: 'describe-transit-gateway-route-tables', body: { TransitGatewayRouteTables } };
  for (const table of tables) yield* tableOutputs(table, attachments);
}

/** One for each gateway that the attachment stands at, with the table that routes what comes from it there. */
function generalOutput(
  { id, gatewayIds, resource, ...rest }: TransitAttachment,
  tables: readonly TransitRouteTable[],
) {
  return gatewayIds.map((TransitGatewayId) => {
    const table = tables.find(
      (each) => each.gatewayId === TransitGatewayId && each.attachmentIds.includes(id),
    );
    const other = gatewayIds.find((each) => each !== TransitGatewayId);
    return {
      TransitGatewayAttachmentId: id,
      TransitGatewayId,
      ResourceType: resource.kind === 'other' ? resource.type : resource.kind,
      ResourceId: resourceId(resource) ?? other,
      State: stateOf({ id, gatewayIds, resource, ...rest }),
      ...(table ? { Association: { TransitGatewayRouteTableId: table.id, State: 'associated' } } : {}),
      Tags: tagList(rest.tags),
    };
  });
}

function resourceId(resource: TransitAttachment['resource']): string | undefined {
  if (resource.kind === 'peering') return undefined;
  return resource.kind === 'vpc' ? resource.vpcId : resource.resourceId;
}

function vpcOutput(attachment: TransitAttachment): readonly object[] {
  const { id, gatewayIds, resource, tags } = attachment;
  if (resource.kind !== 'vpc' || !resource.subnetIds) return [];
  return [
    {
      TransitGatewayAttachmentId: id,
      TransitGatewayId: gatewayIds[0],
      VpcId: resource.vpcId,
      State: stateOf(attachment),
      SubnetIds: resource.subnetIds,
      Options: {
        SecurityGroupReferencingSupport: enabled(resource.groupReferencing),
        ApplianceModeSupport: enabled(resource.applianceMode),
      },
      Tags: tagList(tags),
    },
  ];
}

function peeringOutput(attachment: TransitAttachment): readonly object[] {
  if (attachment.resource.kind !== 'peering') return [];
  const [requester, accepter] = attachment.gatewayIds.map((TransitGatewayId) => ({ TransitGatewayId }));
  return [
    {
      TransitGatewayAttachmentId: attachment.id,
      ...(requester ? { RequesterTgwInfo: requester } : {}),
      ...(accepter ? { AccepterTgwInfo: accepter } : {}),
      State: stateOf(attachment),
      Tags: tagList(attachment.tags),
    },
  ];
}

function* tableOutputs(
  { id, attachmentIds, routes }: TransitRouteTable,
  attachments: readonly TransitAttachment[],
): Iterable<ForeignOutput> {
  const Associations = attachmentIds.map((TransitGatewayAttachmentId) => ({
    TransitGatewayAttachmentId,
    State: 'associated',
  }));
  yield { command: 'get-transit-gateway-route-table-associations', subject: id, body: { Associations } };
  if (!routes) return;
  const Routes = routes.map((route) => routeOutput(route, attachments));
  yield {
    command: 'search-transit-gateway-routes',
    subject: id,
    body: { Routes, AdditionalRoutesAvailable: false },
  };
}

function routeOutput(
  { destination, origin, target }: TransitRoute,
  attachments: readonly TransitAttachment[],
) {
  const attachment =
    target.kind === 'attachment' ? attachments.find(({ id }) => id === target.id) : undefined;
  return {
    ...(destination.kind === 'cidr'
      ? { DestinationCidrBlock: destination.cidr }
      : { PrefixListId: destination.prefixListId }),
    ...(target.kind === 'attachment'
      ? {
          TransitGatewayAttachments: [
            {
              TransitGatewayAttachmentId: target.id,
              ...(attachment ? { ResourceId: resourceId(attachment.resource) } : {}),
            },
          ],
        }
      : {}),
    Type: origin,
    State: target.kind === 'attachment' ? 'active' : 'blackhole',
  };
}
