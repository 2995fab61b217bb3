/** What AWS tells beside the description of a resource, one attribute a call, joined with that. */
import { booleanOf, isObject, type Json, objectOf, objectsOf, textOf } from '../json/fields.ts';

/** A description with what other outputs tell of the same resource. */
export type Told = Readonly<Record<'vpc' | 'address' | 'instance', (item: Json) => Json>>;

/** Attributes of instances that no description has, which DescribeInstanceAttribute tells. */
const ofInstances = [
  'DisableApiStop',
  'DisableApiTermination',
  'InstanceInitiatedShutdownBehavior',
  'UserData',
];

const ofVpcs = ['EnableDnsSupport', 'EnableDnsHostnames'];

type Notes = Map<string, Json>;

export function toldBeside(documents: Iterable<{ readonly body: Json }>): Told {
  const [vpcs, addresses, instances]: [Notes, Notes, Notes] = [new Map(), new Map(), new Map()];
  const note = (notes: Notes, id: string | undefined, more: Json) => {
    if (id !== undefined) notes.set(id, { ...notes.get(id), ...more });
  };
  for (const { body } of documents) {
    note(vpcs, textOf(body, 'VpcId'), flagsOf(body));
    note(instances, textOf(body, 'InstanceId'), attributesOf(body));
    for (const each of objectsOf(body, 'InstanceCreditSpecifications'))
      note(instances, textOf(each, 'InstanceId'), { CpuCredits: textOf(each, 'CpuCredits') });
    if (!isListOfAttributes(body['Addresses'])) continue;
    for (const each of objectsOf(body, 'Addresses'))
      note(addresses, textOf(each, 'AllocationId'), { PtrRecord: textOf(each, 'PtrRecord') });
  }
  const joined = (notes: Notes, name: string) => (item: Json) => {
    const more = notes.get(textOf(item, name) ?? '');
    return more ? { ...item, ...more } : item;
  };
  return {
    vpc: joined(vpcs, 'VpcId'),
    address: joined(addresses, 'AllocationId'),
    instance: joined(instances, 'InstanceId'),
  };
}

/**
 * Whether a list is of DescribeAddressesAttribute, which stands under the key of DescribeAddresses. Addresses themselves
 * always tell their domain.
 */
export function isListOfAttributes(list: unknown): boolean {
  const items = Array.isArray(list) ? list.filter(isObject) : [];
  return items.length > 0 && items.every((item) => 'PtrRecord' in item && !('Domain' in item));
}

function flagsOf(body: Json): Json {
  const values = ofVpcs.flatMap((name) => {
    const value = booleanOf(objectOf(body, name) ?? {}, 'Value');
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(values);
}

function attributesOf(body: Json): Json {
  return Object.fromEntries(
    ofInstances.flatMap((name) => {
      const value = objectOf(body, name)?.['Value'];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
