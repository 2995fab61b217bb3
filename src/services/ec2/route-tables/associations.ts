/** Which route table a subnet, a gateway, or the rest of a VPC uses. */
import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
} from '@aws-sdk/client-ec2';
import { newId, parseId } from '#vpc/ids.ts';
import type { RouteTable, RouteTableAssociation, RouteTarget } from '#vpc/routing.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';
import { refuseStrangers } from '../strangers.ts';

type Subject = RouteTableAssociation['subject'];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html */
export const associateRouteTable: Operation<AssociateRouteTableRequest, AssociateRouteTableResult> = (
  input,
  context,
) => {
  const { SubnetId: subnetId, GatewayId: gatewayId } = input;
  refuseStrangers(input, { PublicIpv4Pool: 'publicIpv4Pool' });
  if (subnetId && gatewayId) {
    refuse('invalidCombination', { reason: 'Give subnetId or gatewayId, not both.' });
  }
  if (!subnetId && !gatewayId) refuse('missingParameter', { parameter: 'subnetId | gatewayId' });
  const table = resourceOf('routeTable', input.RouteTableId, context);
  const subject = subnetId
    ? subnetSubject(subnetId, table, context)
    : gatewaySubject(gatewayId ?? '', table, context);
  const known = existing(subject, context);
  if (known && known.table.id !== table.id) {
    const reason = `The association for route table ${table.id} conflicts with the existing ${known.association.id}.`;
    refuse('alreadyAssociated', { reason });
  }
  const id = known?.association.id ?? associate(table, subject, context);
  return { AssociationId: id, AssociationState: { State: 'associated' } };
};

function subnetSubject(id: string, table: RouteTable, context: Context): Subject {
  const subnet = resourceOf('subnet', id, context);
  checkSameVpc(subnet.vpcId, id, table);
  return { kind: 'subnet', subnetId: subnet.id };
}

export const gatewayTableRule = 'a gateway’s table leads to local, network interfaces and endpoints alone';

/** Whether the table of a gateway may have a route to the target. */
export function isGatewayTarget({ kind }: RouteTarget): boolean {
  return kind === 'local' || kind === 'eni' || kind === 'endpoint';
}

/** Internet gateways route what comes in: https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html */
function gatewaySubject(id: string, table: RouteTable, context: Context): Subject {
  const gateway = context.transaction.network.internetGateway.get(id);
  if (!gateway) return refuse('notFound', { code: 'InvalidGatewayID.NotFound', noun: 'gateway', id });
  checkSameVpc(gateway.vpcId, id, table);
  if (!table.routes.every(({ target }) => isGatewayTarget(target))) {
    refuse('invalidValue', { parameter: 'routeTableId', value: table.id, expected: gatewayTableRule });
  }
  return { kind: 'gateway', gatewayId: gateway.id };
}

/** Whether a table is that of a regional NAT gateway, made with it. */
export function isNatTable({ associations }: Pick<RouteTable, 'associations'>): boolean {
  return associations.some(isOfNat);
}

const isOfNat = ({ subject }: Pick<RouteTableAssociation, 'subject'>): boolean =>
  subject.kind === 'gateway' && parseId('natGateway', subject.gatewayId) !== undefined;

/** A regional NAT gateway keeps its table: AWS has no request that gives it another. */
function refuseKept(association: RouteTableAssociation): void {
  if (!isOfNat(association)) return;
  const expected = 'a regional NAT gateway keeps the route table that it came with';
  refuse('invalidValue', { parameter: 'associationId', value: association.id, expected });
}

/**
 * The table of a gateway cannot become a VPC's main one; subnets may use it besides.
 * https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html (main route table)
 */
function refuseGatewayTable({ id, associations }: RouteTable): void {
  if (!associations.some(({ subject }) => subject.kind === 'gateway')) return;
  const expected = 'a gateway’s table cannot be the main route table';
  refuse('invalidValue', { parameter: 'routeTableId', value: id, expected });
}

function checkSameVpc(vpcId: string | undefined, id: string, table: RouteTable): void {
  if (vpcId === table.vpcId) return;
  const expected = `route table ${table.id} and ${id} belong to different networks`;
  refuse('invalidValue', { parameter: 'routeTableId', value: table.id, expected });
}

function existing(subject: Subject, { transaction }: Context) {
  const { routeTable } = transaction.network;
  if (subject.kind === 'main') return undefined;
  const [table] =
    subject.kind === 'subnet'
      ? routeTable.by('subnet', subject.subnetId)
      : routeTable.by('gateway', subject.gatewayId);
  const association = table?.associations.find((each) => isSame(each.subject, subject));
  return table && association ? { table, association } : undefined;
}

function isSame(a: Subject, b: Subject): boolean {
  if (a.kind === 'subnet') return b.kind === 'subnet' && a.subnetId === b.subnetId;
  if (a.kind === 'gateway') return b.kind === 'gateway' && a.gatewayId === b.gatewayId;
  return b.kind === 'main';
}

function associate(table: RouteTable, subject: Subject, { transaction, hex17 }: Context): string {
  const association = { id: newId('routeTableAssociation', hex17), subject };
  transaction.put('routeTable', { ...table, associations: [...table.associations, association] });
  return association.id;
}

/** The table that holds an association, and the association; refuses an unknown id. */
function associationOf(id: string, { transaction }: Context) {
  const [table] = transaction.network.routeTable.by('association', id);
  const association = table?.associations.find((each) => each.id === id);
  return table && association ? { table, association } : refuseNotFound('routeTableAssociation', id);
}

function withdraw(table: RouteTable, { id }: RouteTableAssociation, { transaction }: Context): void {
  const associations = table.associations.filter((each) => each.id !== id);
  transaction.put('routeTable', { ...table, associations });
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateRouteTable.html */
export const disassociateRouteTable: Operation<DisassociateRouteTableRequest, Record<string, never>> = (
  input,
  context,
) => {
  const { table, association } = associationOf(input.AssociationId, context);
  refuseKept(association);
  if (association.subject.kind === 'main') {
    const expected = 'a VPC always has a main route table; replace the association instead';
    refuse('invalidValue', { parameter: 'associationId', value: association.id, expected });
  }
  withdraw(table, association, context);
  return {};
};

/**
 * Moves a subnet, a gateway or the main role to another table; the association gets a new id.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRouteTableAssociation.html
 */
export const replaceRouteTableAssociation: Operation<
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult
> = (input, context) => {
  const { table: from, association } = associationOf(input.AssociationId, context);
  const to = resourceOf('routeTable', input.RouteTableId, context);
  checkSameVpc(from.vpcId, association.id, to);
  refuseKept(association);
  const { subject } = association;
  if (subject.kind === 'gateway') gatewaySubject(subject.gatewayId, to, context);
  if (subject.kind === 'main') refuseGatewayTable(to);
  withdraw(from, association, context);
  const id = associate(resourceOf('routeTable', to.id, context), subject, context);
  return { NewAssociationId: id, AssociationState: { State: 'associated' } };
};
