/** What AWS tells of resources one at a time and no description has: reverse names, and attributes of instances. */
import { commandOf } from '#import/describe/calls.ts';
import type { Instance } from '#vpc/instance.ts';
import type { Network } from '#vpc/network.ts';

type AttributeFile = { readonly name: string; readonly body: object };
type Ask = (action: string, input: object) => object;

/** Attributes, and whether an instance has another value than one that a launch did not ask for. */
const ofInstances: readonly (readonly [string, (instance: Instance) => boolean])[] = [
  ['disableApiStop', ({ options }) => options.disableApiStop],
  ['disableApiTermination', ({ disableApiTermination }) => disableApiTermination],
  ['instanceInitiatedShutdownBehavior', ({ options }) => options.shutdownBehavior !== 'stop'],
  ['userData', ({ userData }) => userData !== undefined],
];

/**
 * Most instances that one call may name; without names it tells of those with unlimited credits alone.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceCreditSpecifications.html
 */
const idsMax = 1000;

/** A file for each attribute that somebody set. */
export function* attributeFiles({ address, instance }: Network, ask: Ask): Iterable<AttributeFile> {
  if ([...address.values()].some(({ ptrRecord }) => ptrRecord !== undefined)) {
    const action = 'DescribeAddressesAttribute';
    yield { name: `${commandOf(action)}.json`, body: ask(action, { Attribute: 'domain-name' }) };
  }
  const live = [...instance.values()].filter(({ state }) => state !== 'terminated');
  const credited = live.filter(({ options }) => options.cpuCredits !== undefined);
  for (let at = 0; at < credited.length; at += idsMax) {
    const action = 'DescribeInstanceCreditSpecifications';
    const InstanceIds = credited.slice(at, at + idsMax).map(({ id }) => id);
    const page = at === 0 ? '' : `.${1 + at / idsMax}`;
    yield { name: `${commandOf(action)}${page}.json`, body: ask(action, { InstanceIds }) };
  }
  for (const each of live) {
    for (const [attribute, isSet] of ofInstances) {
      if (!isSet(each)) continue;
      const action = 'DescribeInstanceAttribute';
      const body = ask(action, { InstanceId: each.id, Attribute: attribute });
      yield { name: `${commandOf(action)}.${each.id}.${attribute}.json`, body };
    }
  }
}
