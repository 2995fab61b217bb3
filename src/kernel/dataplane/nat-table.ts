/**
 * The table of a NAT gateway's namespace: TCP, UDP and ICMP over IPv4 leave with the gateway's own address; what answers
 * them, or reports an error about them, goes back. The namespace itself has no address, so nothing answers to it.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
 */
import type { Ip } from '#net/address.ts';
import type { Piece } from './piece.ts';
import { accept, ctState, drop, is, isNot, nfproto } from './statements.ts';

const opening = is('ct state', ctState.new);
const ipv4 = is('nfproto', nfproto.ipv4);

/** The whole table of a gateway with this address. */
export function natProgram(own: Ip): ReadonlyMap<string, Piece> {
  const piece: Piece = {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [
      {
        spec: { name: 'forw', hook: { type: 'filter', hook: 'forward', priority: 0, policy: 'drop' } },
        rules: [
          [is('ct state', ctState.established | ctState.related), accept],
          [is('ip daddr', own), drop],
          [
            ipv4,
            is('l4proto', 6),
            opening,
            { kind: 'match', field: 'tcp flags', mask: 0x17, value: 0x02 },
            accept,
          ],
          [ipv4, is('l4proto', 17), opening, accept],
          [ipv4, is('l4proto', 1), opening, accept],
        ],
      },
      {
        spec: { name: 'inp', hook: { type: 'filter', hook: 'input', priority: 0, policy: 'drop' } },
        rules: [[is('iifname', 'lo'), accept]],
      },
      {
        spec: {
          name: 'src_nat',
          hook: { type: 'nat', hook: 'postrouting', priority: 100, policy: 'accept' },
        },
        rules: [[isNot('ip saddr', own), { kind: 'natTo', type: 'snat', family: 'ipv4', address: own }]],
      },
    ],
    contributions: [],
  };
  return new Map([['nat', piece]]);
}
