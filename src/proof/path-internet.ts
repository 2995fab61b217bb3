/** Addresses that no host on the lab's internet has. */
import type { PathExplanation } from '#vpc/insights.ts';
import { whyNotOnTheInternet } from '#vpc/internet-space.ts';
import type { Journey } from './path-hops.ts';

/** Why no host on the internet has the address that a packet comes from or gets to; undefined where one may. */
export function gatewayRefusal({ origin, packet, verdict }: Journey): PathExplanation | undefined {
  const isOut = verdict.kind === 'accept' && verdict.delivery.kind === 'internet';
  const address =
    origin.kind === 'internet' ? packet.source : isOut ? verdict.delivery.packet.destination : undefined;
  if (address === undefined || whyNotOnTheInternet(address) === undefined) return undefined;
  return { code: 'UNKNOWN_DESTINATION', address };
}
