/** Subnet CIDR reservations. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html */
import type {
  CreateSubnetCidrReservationRequest,
  CreateSubnetCidrReservationResult,
  DeleteSubnetCidrReservationRequest,
  DeleteSubnetCidrReservationResult,
  GetSubnetCidrReservationsRequest,
  GetSubnetCidrReservationsResult,
  SubnetCidrReservation as ReservationOutput,
} from '@aws-sdk/client-ec2';
import { familyOf } from '#net/address.ts';
import { type Cidr, covers, overlaps } from '#net/cidr.ts';
import { newId } from '#vpc/ids.ts';
import { blocksOfSubnet } from '#vpc/subnet-space.ts';
import type { Subnet, SubnetReservation } from '#vpc/vpc.ts';
import { oneOf } from '../../input.ts';
import { list, listingOf } from '../../listing.ts';
import type { Context, Operation, OperationTable } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { blockIn } from '../blocks.ts';
import { resourceOf } from '../resources.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';

const createSubnetCidrReservation: Operation<
  CreateSubnetCidrReservationRequest,
  CreateSubnetCidrReservationResult
> = (input, context) => {
  const type = oneOf(input.ReservationType, ['prefix', 'explicit'], 'ReservationType');
  const cidr = blockIn(input.Cidr, familyOf(input.Cidr), 'Cidr');
  const tags = tagsOnCreate('subnetReservation', input.TagSpecifications, context);
  const subnet = resourceOf('subnet', input.SubnetId, context);
  checkPlace(cidr, subnet, context);
  const reservation: SubnetReservation = {
    id: newId('subnetReservation', context.hex17),
    subnetId: subnet.id,
    cidr,
    type,
    ...(input.Description ? { description: input.Description } : {}),
    tags,
  };
  context.transaction.put('subnetReservation', reservation);
  return { SubnetCidrReservation: reservationOutput(reservation, context) };
};

function checkPlace(cidr: Cidr, subnet: Subnet, { transaction }: Context): void {
  const parameter = 'Cidr';
  const isInside = blocksOfSubnet(subnet, familyOf(cidr)).some((block) => covers(block, cidr));
  if (!isInside) {
    const expected = `it is not inside a block of subnet ${subnet.id}`;
    refuse('invalidValue', { parameter, value: cidr, expected });
  }
  for (const other of transaction.network.subnetReservation.by('subnet', subnet.id)) {
    if (overlaps(other.cidr, cidr)) {
      const expected = `it overlaps ${other.cidr} of ${other.id}`;
      refuse('invalidValue', { parameter, value: cidr, expected });
    }
  }
}

const deleteSubnetCidrReservation: Operation<
  DeleteSubnetCidrReservationRequest,
  DeleteSubnetCidrReservationResult
> = (input, context) => {
  const reservation = resourceOf('subnetReservation', input.SubnetCidrReservationId, context);
  context.transaction.remove('subnetReservation', reservation.id);
  return { DeletedSubnetCidrReservation: reservationOutput(reservation, context) };
};

function reservationOutput(reservation: SubnetReservation, { caller }: Context): ReservationOutput {
  return {
    SubnetCidrReservationId: reservation.id,
    SubnetId: reservation.subnetId,
    Cidr: reservation.cidr,
    ReservationType: reservation.type,
    OwnerId: caller.scope.account,
    ...(reservation.description === undefined ? {} : { Description: reservation.description }),
    Tags: tagList(reservation.tags),
  };
}

const everyReservation = listingOf({
  action: 'GetSubnetCidrReservations',
  kind: 'subnetReservation',
  fields: { reservationType: ({ type }) => type, 'subnet-id': ({ subnetId }) => subnetId },
  byId: (id, context) => resourceOf('subnetReservation', id, context),
  indexes: {},
});

const getSubnetCidrReservations: Operation<
  GetSubnetCidrReservationsRequest,
  GetSubnetCidrReservationsResult
> = (input, context) => {
  const { id } = resourceOf('subnet', input.SubnetId, context);
  const reservations = {
    ...everyReservation,
    all: () => context.transaction.network.subnetReservation.by('subnet', id),
  };
  const page = list(reservations, input, context);
  const of = (family: 'ipv4' | 'ipv6') =>
    page.items
      .filter(({ cidr }) => familyOf(cidr) === family)
      .map((reservation) => reservationOutput(reservation, context));
  return {
    SubnetIpv4CidrReservations: of('ipv4'),
    SubnetIpv6CidrReservations: of('ipv6'),
    NextToken: page.nextToken,
  };
};

export const subnetReservationOperations = {
  CreateSubnetCidrReservation: { changes: true, run: createSubnetCidrReservation },
  DeleteSubnetCidrReservation: { changes: true, run: deleteSubnetCidrReservation },
  GetSubnetCidrReservations: { changes: false, run: getSubnetCidrReservations },
} satisfies OperationTable;
