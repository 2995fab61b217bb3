/**
 * The network of the packet benchmark: interfaces that share some combinations of five groups with sixty rules each
 * way, and an ACL of 19 entries each way on both subnets. Traffic is from `client` to `server`, in different subnets.
 */

import type { World } from '#vpc/network.ts';
import { type AclText, buildWorld, type NetworkSpec } from '../../tests/support/network.ts';

export type Size = { readonly interfaces: number; readonly classes: number; readonly nestedBlocks?: number };

const groupsPerInterface = 5;
const rulesPerGroup = 60;
const aclEntries = 19;
/** What the benchmark's traffic is admitted by: in the middle of the middle group. */
const admitting = ['tcp/8080 10.0.0.0/9', 'udp/5300 10.0.0.0/9'];

export const client = { name: 'c', ip: '10.1.0.10' } as const;
export const server = { name: 's', ip: '10.2.0.20' } as const;

export function benchWorld({ interfaces, classes, nestedBlocks = 0 }: Size): World {
  // Combinations of five out of n groups, each shifted by one from the last: as many as there are groups.
  const groupCount = Math.max(classes, groupsPerInterface);
  const groups: Record<string, { ingress: readonly string[]; egress: readonly string[] }> = {};
  for (let group = 0; group < groupCount; group++) {
    const rules = groupRules(group, groupCount, nestedBlocks);
    groups[`g${group}`] = { ingress: rules, egress: rules };
  }
  const combination = (number: number) =>
    Array.from({ length: groupsPerInterface }, (_, index) => `g${(number + index) % groupCount}`);
  const enis: Record<string, NetworkSpec['enis'][string]> = {
    [client.name]: { subnet: 'a', ips: [client.ip], groups: combination(0) },
    [server.name]: { subnet: 'b', ips: [server.ip], groups: combination(classes > 1 ? 1 : 0) },
  };
  for (let number = 2; number < interfaces; number++) {
    const host = number >> 1;
    const address = `10.${number % 2 ? 1 : 2}.${1 + (host >> 8)}.${host & 255}`;
    enis[`n${number}`] = {
      subnet: number % 2 ? 'a' : 'b',
      ips: [address],
      groups: combination(number % classes),
    };
  }
  return buildWorld({
    cidrs: ['10.0.0.0/8'],
    subnets: { a: { cidr: '10.1.0.0/16', acl }, b: { cidr: '10.2.0.0/16', acl } },
    groups,
    enis,
  });
}

/** Blocks, groups and everybody as peers; group 2 of both combinations holds the rules that admit the traffic. */
function groupRules(group: number, groupCount: number, nestedBlocks: number): readonly string[] {
  const middle = rulesPerGroup / 2;
  return Array.from({ length: rulesPerGroup }, (_, index) => {
    if (group === 2 && (index === middle || index === middle + 1)) return admitting[index - middle] ?? '';
    const port = 10_000 + group * rulesPerGroup + index;
    if (index < nestedBlocks) return `tcp/${port} 10.0.0.0/${9 + (index % 20)}`;
    if (index % 10 === 7) return `${index % 20 === 7 ? 'udp' : 'tcp'}/${port} 0.0.0.0/0`;
    if (index % 10 === 8) return `tcp/${port} g${(group * 7 + index) % groupCount}`;
    return `${index % 3 ? 'tcp' : 'udp'}/${port} 10.${group % 250}.${index}.0/24`;
  });
}

const aclRules = [
  ...Array.from(
    { length: aclEntries - 2 },
    (_, index) => `${10 + index} ${index % 2 ? 'deny' : 'allow'} tcp/${20 + index} 172.16.${index}.0/24`,
  ),
  '100 deny tcp/6000 0.0.0.0/0',
  '110 allow all 10.0.0.0/8',
];
const acl: AclText = { ingress: aclRules, egress: aclRules };
