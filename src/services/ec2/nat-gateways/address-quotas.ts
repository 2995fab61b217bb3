/** How many addresses a NAT gateway may have. */
import { limitOf } from '../../limits.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';

/** Refuses more elastic addresses, the primary one included. */
export function checkElasticQuota(count: number, context: Context): void {
  const limit = limitOf('elasticIpsPerNatGateway', context);
  const what = 'elastic addresses of a NAT gateway';
  if (count > limit) refuse('quota', { code: 'AddressLimitExceeded', what, limit });
}

/** Refuses more elastic addresses of a zone of a regional gateway. */
export function checkZoneQuota(count: number, zone: string, context: Context): void {
  const limit = limitOf('elasticIpsPerNatGatewayZone', context);
  const what = `elastic addresses of a NAT gateway in zone ${zone}`;
  if (count > limit) refuse('quota', { code: 'AddressLimitExceeded', what, limit });
}

/** Refuses more private addresses, the primary one included. */
export function checkPrivateQuota(count: number, context: Context): void {
  const limit = limitOf('privateIpsPerNatGateway', context);
  const what = 'private addresses of a NAT gateway';
  if (count > limit) refuse('quota', { code: 'PrivateIpAddressLimitExceeded', what, limit });
}
