/** All actions on DHCP options. */
import type {
  AssociateDhcpOptionsRequest,
  CreateDhcpOptionsRequest,
  CreateDhcpOptionsResult,
  DeleteDhcpOptionsRequest,
  DescribeDhcpOptionsRequest,
  DescribeDhcpOptionsResult,
  DhcpOptions as OptionsOutput,
} from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import type { DhcpOptions } from '#vpc/vpc.ts';
import { list, listingOf } from '../../listing.ts';
import type { Context, Operation, OperationTable } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';
import { configurationsIn } from './configurations.ts';

const createDhcpOptions: Operation<CreateDhcpOptionsRequest, CreateDhcpOptionsResult> = (input, context) => {
  const configurations = configurationsIn(input.DhcpConfigurations);
  const tags = tagsOnCreate('dhcpOptions', input.TagSpecifications, context);
  const options: DhcpOptions = { id: newId('dhcpOptions', context.hex17), configurations, tags };
  context.transaction.put('dhcpOptions', options);
  return { DhcpOptions: optionsOutput(options, context) };
};

/** `default` takes every option away. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateDhcpOptions.html */
const associateDhcpOptions: Operation<AssociateDhcpOptionsRequest, Record<string, never>> = (
  input,
  context,
) => {
  const { DhcpOptionsId: id } = input;
  const dhcpOptionsId = id === 'default' ? id : resourceOf('dhcpOptions', id, context).id;
  const vpc = resourceOf('vpc', input.VpcId, context);
  context.transaction.put('vpc', { ...vpc, dhcpOptionsId });
  return {};
};

const deleteDhcpOptions: Operation<DeleteDhcpOptionsRequest, Record<string, never>> = (input, context) => {
  const { transaction } = context;
  const { id } = resourceOf('dhcpOptions', input.DhcpOptionsId, context);
  const [vpc] = transaction.network.vpc.by('dhcpOptions', id);
  if (vpc) refuse('dependency', { noun: 'DHCP options set', id, usedBy: vpc.id });
  transaction.remove('dhcpOptions', id);
  return {};
};

function optionsOutput({ id, configurations, tags }: DhcpOptions, { caller }: Context): OptionsOutput {
  return {
    DhcpOptionsId: id,
    OwnerId: caller.scope.account,
    DhcpConfigurations: configurations.map(({ key, values }) => ({
      Key: key,
      Values: values.map((Value) => ({ Value })),
    })),
    Tags: tagList(tags),
  };
}

const everyOptions = listingOf({
  action: 'DescribeDhcpOptions',
  kind: 'dhcpOptions',
  fields: {
    'dhcp-options-id': ({ id }) => id,
    key: ({ configurations }) => configurations.map(({ key }) => key),
    value: ({ configurations }) => configurations.flatMap(({ values }) => values),
    'owner-id': (_, { caller }) => caller.scope.account,
  },
  byId: (id, { transaction }) =>
    transaction.network.dhcpOptions.get(id) ??
    // The describe's own code, documented beside the other one; clients know each where it comes.
    refuse('notFound', { code: 'InvalidDhcpOptionID.NotFound', noun: 'DHCP options set', id }),
  indexes: { 'dhcp-options-id': 'id' },
});

const describeDhcpOptions: Operation<DescribeDhcpOptionsRequest, DescribeDhcpOptionsResult> = (
  input,
  context,
) => {
  const page = list(everyOptions, { ...input, ids: input.DhcpOptionsIds }, context);
  const shown = page.items.map((options) => optionsOutput(options, context));
  return { DhcpOptions: shown, NextToken: page.nextToken };
};

export const dhcpOptionsOperations = {
  AssociateDhcpOptions: { changes: true, run: associateDhcpOptions },
  CreateDhcpOptions: { changes: true, run: createDhcpOptions },
  DeleteDhcpOptions: { changes: true, run: deleteDhcpOptions },
  DescribeDhcpOptions: { changes: false, run: describeDhcpOptions },
} satisfies OperationTable;
