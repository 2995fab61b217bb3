/** Public addresses of many interfaces: most have none, which one look tells. */
import type { Ip } from '#net/address.ts';
import { publicIpOf } from '#policy/internet.ts';
import type { Eni } from '#vpc/eni.ts';
import type { EniId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import { remembered } from './remembered.ts';

const withElasticAddress = remembered(
  ({ address }: Network): ReadonlySet<EniId> =>
    new Set([...address.values()].flatMap(({ association }) => association?.eniId ?? [])),
);

/** The public address of a private one, as `publicIpOf` tells. */
export function publicAddressOf(network: Network, eni: Eni, privateIp: Ip): Ip | undefined {
  if (withElasticAddress(network).has(eni.id)) return publicIpOf(network, eni, privateIp);
  return eni.privateIps.find(({ address }) => address === privateIp)?.launchPublicIp;
}
