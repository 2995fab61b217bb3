/**
 * Reverse DNS names of elastic addresses: DescribeAddressesAttribute, ModifyAddressAttribute, ResetAddressAttribute.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-reverse-dns.html
 */
import type {
  AddressAttribute,
  DescribeAddressesAttributeRequest,
  DescribeAddressesAttributeResult,
  ModifyAddressAttributeRequest,
  ModifyAddressAttributeResult,
  ResetAddressAttributeRequest,
  ResetAddressAttributeResult,
} from '@aws-sdk/client-ec2';
import type { Address } from '#vpc/eni.ts';
import { oneOf, required } from '../../input.ts';
import { list, listingOf } from '../../listing.ts';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';

const attributeOf = ({ id, publicIp, ptrRecord }: Address): AddressAttribute => ({
  AllocationId: id,
  PublicIp: publicIp,
  PtrRecord: ptrRecord,
});

const named = listingOf({
  action: 'DescribeAddressesAttribute',
  kind: 'address',
  fields: {},
  indexes: {},
  byId: (id, context) => resourceOf('address', id, context),
});

/** Addresses that were asked for, and without a question those that have a name. */
export const describeAddressesAttribute: Operation<
  DescribeAddressesAttributeRequest,
  DescribeAddressesAttributeResult
> = (input, context) => {
  if (input.Attribute) oneOf(input.Attribute, ['domain-name'], 'Attribute');
  const listing = {
    ...named,
    all: () => [...context.transaction.network.address.values()].filter(({ ptrRecord }) => ptrRecord),
  };
  const page = list(listing, { ...input, ids: input.AllocationIds }, context);
  return { Addresses: page.items.map(attributeOf), NextToken: page.nextToken };
};

/** A domain name (RFC 1035, 2.3.4), without its final dot; labels of letters, digits and inner hyphens. */
const domainName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** AWS takes only a name that leads to the address already; no name of the lab's public addresses can. */
export const modifyAddressAttribute: Operation<
  ModifyAddressAttributeRequest,
  ModifyAddressAttributeResult
> = (input, context) => {
  const text = required(input.DomainName, 'DomainName');
  const name = text.replace(/\.$/, '');
  if (!domainName.test(name)) {
    refuse('invalidValue', { parameter: 'DomainName', value: text, expected: 'this is not a domain name' });
  }
  const address = resourceOf('address', input.AllocationId, context);
  const renamed = { ...address, ptrRecord: `${name}.` };
  context.transaction.put('address', renamed);
  return { Address: attributeOf(renamed) };
};

export const resetAddressAttribute: Operation<ResetAddressAttributeRequest, ResetAddressAttributeResult> = (
  input,
  context,
) => {
  oneOf(input.Attribute, ['domain-name'], 'Attribute');
  const address = resourceOf('address', input.AllocationId, context);
  const { ptrRecord: _, ...unnamed } = address;
  context.transaction.put('address', unnamed);
  return { Address: attributeOf(unnamed) };
};
