/**
 * What the DHCP server of a VPC answers: the interface's primary address and the VPC's DHCP options.
 * https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
 */
import { type Ip, ipNumber, readIp } from '#net/address.ts';
import { octetsOf } from '#net/octets.ts';
import type { Eni } from '#vpc/eni.ts';
import { resolverAddress } from '#vpc/link-services.ts';
import { type Network, networkOf } from '#vpc/network.ts';
import { routerAddress } from '#vpc/subnet-space.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { linkMtu } from '../../lab/links.ts';
import type { View } from '../dns/names.ts';
import { type DhcpAnswer, type DhcpQuestion, option } from './message.ts';

/** As AWS has it. */
const leaseSeconds = 3600;

/** The answer to an attached interface's question; undefined where nobody here should answer. */
export function answerTo(view: View, question: DhcpQuestion): Found | undefined {
  const network = networkOf(view.world, view.scope);
  const eni = eniWith(network, view.vpc, question.mac);
  const address = eni?.privateIps.find(({ isPrimary }) => isPrimary)?.address;
  const subnet = eni && network.subnet.get(eni.subnetId);
  const router = subnet && routerAddress(subnet);
  if (!address || !router || (question.server && question.server !== router)) return undefined;
  const server: [number, Buffer] = [option.server, octets(router)];
  if (question.kind === 'request' && question.address !== address)
    return { to: address, answer: { kind: 'nak', options: new Map([server]) } };
  const known = new Map([server, ...networkOptions(router), ...vpcOptions(network, view.vpc)]);
  if (question.kind === 'inform') return { to: address, answer: { kind: 'ack', options: known } };
  const lease = Buffer.alloc(4);
  lease.writeUInt32BE(leaseSeconds);
  const options = known.set(option.leaseSeconds, lease);
  return { to: address, answer: { kind: question.kind === 'discover' ? 'offer' : 'ack', address, options } };
}

/** An answer, and whose address it goes to: nobody else's, whoever has asked in whose name. */
export type Found = { readonly to: Ip; readonly answer: DhcpAnswer };

const octets = (address: Ip): Buffer => Buffer.from(octetsOf(ipNumber(address)));

function eniWith(network: Network, vpc: Vpc, mac: string): Eni | undefined {
  for (const eni of network.eni.by('vpc', vpc.id)) if (eni.macAddress === mac && eni.attachment) return eni;
  return undefined;
}

/**
 * Every instance is alone on its link, so its subnet's other addresses are behind the router too: a mask of one address,
 * and the way to the router said explicitly (RFC 3442).
 */
function networkOptions(router: Ip): readonly [number, Buffer][] {
  const gateway = octets(router);
  const interfaceMtu = Buffer.alloc(2);
  interfaceMtu.writeUInt16BE(linkMtu.vpc);
  const onLink = Buffer.concat([Buffer.of(32), gateway, Buffer.alloc(4)]);
  return [
    [option.subnetMask, Buffer.alloc(4, 0xff)],
    [option.router, gateway],
    [option.interfaceMtu, interfaceMtu],
    [option.classlessRoutes, Buffer.concat([onLink, Buffer.of(0), gateway])],
  ];
}

function vpcOptions(network: Network, vpc: Vpc): readonly [number, Buffer][] {
  const configurations = network.dhcpOptions.get(vpc.dhcpOptionsId)?.configurations ?? [];
  const values = (key: string) =>
    configurations
      .filter((each) => each.key === key)
      .flatMap((each) => each.values)
      .flatMap((value) => (value === 'AmazonProvidedDNS' ? (resolverAddress(vpc) ?? []) : [value]));
  const addresses = (key: string) =>
    Buffer.concat(
      values(key).flatMap((value) => {
        const ip = readIp(value);
        return ip?.family === 'ipv4' ? octetsOf(ip) : [];
      }),
    );
  const all: readonly [number, Buffer][] = [
    [option.domainNameServers, addresses('domain-name-servers')],
    [option.domainName, Buffer.from(values('domain-name').join(' '), 'latin1').subarray(0, 255)],
    [option.ntpServers, addresses('ntp-servers')],
    [option.netbiosNameServers, addresses('netbios-name-servers')],
    [option.netbiosNodeType, Buffer.from(values('netbios-node-type').map(Number))],
  ];
  return all.filter(([, value]) => value.length > 0);
}
