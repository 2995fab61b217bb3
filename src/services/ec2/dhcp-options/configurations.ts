/** DHCP options as requests spell them. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html */
import type { NewDhcpConfiguration } from '@aws-sdk/client-ec2';
import { parseIp } from '#net/address.ts';
import type { DhcpOptions } from '#vpc/vpc.ts';
import { required, requiredList } from '../../input.ts';
import { refuse } from '../../refusal.ts';

type Rule = {
  readonly countMax: number;
  readonly isValid: (value: string) => boolean;
  readonly expected: string;
};

const isAddress = (value: string) => parseIp(value) !== undefined;
const servers: Rule = { countMax: 4, isValid: isAddress, expected: 'use IP addresses' };
const leaseSeconds = { min: 140, max: 2_147_483_647 } as const;

/** Option → how many values it takes and which. */
const rules: Readonly<Record<string, Rule>> = {
  'domain-name-servers': {
    countMax: 4,
    isValid: (value) => value === 'AmazonProvidedDNS' || isAddress(value),
    expected: 'use IP addresses or AmazonProvidedDNS',
  },
  'domain-name': { countMax: 1, isValid: (value) => value !== '', expected: 'use a domain name' },
  'ntp-servers': servers,
  'netbios-name-servers': servers,
  'netbios-node-type': {
    countMax: 1,
    isValid: (value) => ['1', '2', '4', '8'].includes(value),
    expected: 'use 1, 2, 4 or 8',
  },
  'ipv6-address-preferred-lease-time': {
    countMax: 1,
    isValid: (value) =>
      /^\d+$/.test(value) && Number(value) >= leaseSeconds.min && Number(value) <= leaseSeconds.max,
    expected: `use ${leaseSeconds.min} to ${leaseSeconds.max} seconds`,
  },
};

/** The options of a request, each once; values may come one by one or with commas between them. */
export function configurationsIn(given: readonly NewDhcpConfiguration[]): DhcpOptions['configurations'] {
  const seen = new Set<string>();
  return given.map(({ Key, Values }) => {
    const key = required(Key, 'dhcpConfiguration.key');
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (!rule) {
      const expected = `use one of ${Object.keys(rules).join(', ')}`;
      return refuse('invalidValue', { parameter: 'dhcpConfiguration.key', value: key, expected });
    }
    if (seen.has(key))
      refuse('invalidValue', { parameter: key, value: key, expected: 'it stands there twice' });
    seen.add(key);
    const values = requiredList(Values, `${key}.value`).flatMap((value) =>
      value.split(',').map((part) => part.trim()),
    );
    return { key, values: checked(key, values, rule) };
  });
}

function checked(key: string, values: readonly string[], rule: Rule): readonly string[] {
  const { countMax, isValid, expected } = rule;
  if (values.length > countMax) {
    const most = `the option takes at most ${countMax}`;
    refuse('invalidValue', { parameter: key, value: values.join(','), expected: most });
  }
  const bad = values.find((value) => !isValid(value));
  if (bad !== undefined) refuse('invalidValue', { parameter: key, value: bad, expected });
  return values;
}
