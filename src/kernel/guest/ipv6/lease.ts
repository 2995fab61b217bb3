/**
 * What the DHCPv6 server of a VPC answers: the interface's addresses and delegated prefixes, and to those in subnets of
 * IPv6 alone the VPC's DHCP options, too.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html
 */
import { type Ip, readIp } from '#net/address.ts';
import { octetsOf } from '#net/octets.ts';
import type { Eni } from '#vpc/eni.ts';
import { prefixesOf } from '#vpc/eni-addresses.ts';
import type { Network } from '#vpc/network.ts';
import {
  type Association,
  addressOption,
  associationOption,
  type Dhcp6Question,
  type Lifetimes,
  nameOctets,
  option6,
  optionBytes,
  prefixOption,
  status6,
  statusOption,
  writeAnswer6,
} from './message.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html (IPv6 preferred lease time) */
const preferredSecondsDefault = 140;
/** AWS does not say how long an address stays valid: through some renewals that are missed. */
const validBeyondSeconds = 310;
const secondsMax = 0xffff_fffe;
const amazonResolver = 'fd00:ec2::253' as Ip;

/** An interface, and the network that has it. */
export type Asker = { readonly network: Network; readonly eni: Eni };

/** Whether an interface has anything that IPv6 could be configured with. */
export function hasIpv6({ eni }: Asker): boolean {
  return eni.ipv6Addresses.length > 0 || prefixesOf(eni, 'ipv6').length > 0;
}

/** Whether an interface stands in a subnet of IPv6 alone: others get names and servers by IPv4. */
export function isIpv6Alone({ network, eni }: Asker): boolean {
  return network.subnet.get(eni.subnetId)?.cidr === undefined;
}

/** The answer to an interface's question; undefined where none is due (RFC 8415, 16). */
export function answerTo6(asker: Asker, question: Dhcp6Question, serverId: Buffer): Buffer | undefined {
  if (!isForServer(question, serverId)) return undefined;
  const ids = [
    ...(question.clientId ? [optionBytes(option6.clientId, question.clientId)] : []),
    optionBytes(option6.serverId, serverId),
  ];
  const reply = (...options: readonly Buffer[]) => writeAnswer6('reply', question, [...ids, ...options]);
  switch (question.kind) {
    case 'release':
    case 'decline':
      // The address stays the interface's: it was given by the API, and is taken by it.
      return reply(statusOption(status6.success));
    case 'confirm':
      return reply(statusOption(isOnLink(asker, question) ? status6.success : status6.notOnLink));
    case 'information':
      return reply(...networkOptions(asker, question));
    case 'solicit': {
      const given = [...leases(asker, question), ...networkOptions(asker, question)];
      if (question.isRapid) return reply(optionBytes(option6.rapidCommit), ...given);
      return writeAnswer6('advertise', question, [...ids, ...given]);
    }
    case 'request':
    case 'renew':
    case 'rebind':
      return reply(...leases(asker, question), ...networkOptions(asker, question));
    default:
      return question.kind satisfies never;
  }
}

/** Which messages name their sender and the server, and which must not. */
function isForServer({ kind, clientId, serverId, associations }: Dhcp6Question, own: Buffer): boolean {
  const isNamed = serverId?.equals(own) === true;
  switch (kind) {
    case 'request':
    case 'renew':
    case 'release':
    case 'decline':
      return clientId !== undefined && isNamed;
    case 'solicit':
    case 'confirm':
    case 'rebind':
      return clientId !== undefined && serverId === undefined;
    case 'information':
      return associations.length === 0 && (serverId === undefined || isNamed);
    default:
      return kind satisfies never;
  }
}

function isOnLink({ eni }: Asker, { associations }: Dhcp6Question): boolean {
  return associations.every(
    (each) => each.kind === 'prefixes' || each.held.every((address) => eni.ipv6Addresses.includes(address)),
  );
}

/** All addresses for the first association that wants some, all prefixes for the first that wants those. */
function leases(asker: Asker, { associations }: Dhcp6Question): readonly Buffer[] {
  const times = lifetimesOf(asker);
  const isFirst = (each: Association) => associations.find(({ kind }) => kind === each.kind) === each;
  return associations.map((each) => {
    const content = isFirst(each) ? contentOf(asker, each, times) : [];
    const none = each.kind === 'addresses' ? status6.noAddresses : status6.noPrefix;
    const half = Math.floor(times.preferredSeconds / 2);
    const late = Math.floor(times.preferredSeconds * 0.8);
    return content.length > 0
      ? associationOption(each, { renewSeconds: half, rebindSeconds: late }, content)
      : associationOption(each, { renewSeconds: 0, rebindSeconds: 0 }, [statusOption(none)]);
  });
}

/** What the interface has, and with no time left what the client says it has. */
function contentOf({ eni }: Asker, association: Association, times: Lifetimes): readonly Buffer[] {
  const over = { preferredSeconds: 0, validSeconds: 0 };
  if (association.kind === 'addresses') {
    const own = eni.ipv6Addresses;
    if (own.length === 0) return [];
    const strange = association.held.filter((address) => !own.includes(address));
    return [
      ...own.map((address) => addressOption(address, times)),
      ...strange.map((each) => addressOption(each, over)),
    ];
  }
  const own = prefixesOf(eni, 'ipv6');
  if (own.length === 0) return [];
  const strange = association.held.filter((prefix) => !own.includes(prefix));
  return [
    ...own.map((prefix) => prefixOption(prefix, times)),
    ...strange.map((each) => prefixOption(each, over)),
  ];
}

function lifetimesOf(asker: Asker): Lifetimes {
  const [text] = valuesOf(asker, 'ipv6-address-preferred-lease-time');
  const preferredSeconds = text === undefined ? preferredSecondsDefault : Number(text);
  return { preferredSeconds, validSeconds: Math.min(secondsMax, preferredSeconds + validBeyondSeconds) };
}

/** Of the options that the client would like to have, those that the VPC has. */
function networkOptions(asker: Asker, { wanted }: Dhcp6Question): readonly Buffer[] {
  if (!isIpv6Alone(asker)) return [];
  const addresses = (key: string) =>
    valuesOf(asker, key)
      .flatMap((value) => readIp(value === 'AmazonProvidedDNS' ? amazonResolver : value) ?? [])
      .filter(({ family }) => family === 'ipv6')
      .map(octetsOf);
  const names = valuesOf(asker, 'domain-name')
    .flatMap((value) => value.split(' '))
    .flatMap((name) => nameOctets(name) ?? []);
  const ntpServer = 1;
  const all: readonly (readonly [code: number, readonly Uint8Array[]])[] = [
    [option6.domainNameServers, addresses('domain-name-servers')],
    [option6.domainSearch, names],
    [option6.ntpServers, addresses('ntp-servers').map((each) => optionBytes(ntpServer, each))],
  ];
  return all.flatMap(([code, value]) =>
    wanted.has(code) && value.length > 0 ? [optionBytes(code, ...value)] : [],
  );
}

function valuesOf({ network, eni }: Asker, key: string): readonly string[] {
  const optionsId = network.vpc.get(eni.vpcId)?.dhcpOptionsId;
  const configurations = network.dhcpOptions.get(optionsId ?? '')?.configurations ?? [];
  return configurations.filter((each) => each.key === key).flatMap((each) => each.values);
}
