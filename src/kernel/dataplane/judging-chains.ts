/** The chains that judge a packet: dispatch to the sender's groups, the ACLs and the receiver's groups, and refusal. */
import { type Chain, chain } from './piece.ts';
import {
  back,
  ctState,
  dispatch,
  drop,
  goto,
  is,
  isMasked,
  isNot,
  jump,
  markFromMap,
  original,
  setMark,
} from './statements.ts';
import { identityMask, vpcSets as s, subnetMask } from './vpc-sets.ts';

/** NFLOG group of dropped packets. */
const rejectLogGroup = 11;

function reject(name: string, prefix: string): Chain {
  return chain(
    name,
    [
      { kind: 'limit', perSecond: 1000, burst: 1000 },
      { kind: 'log', prefix, group: rejectLogGroup, snapLength: 128 },
    ],
    [{ kind: 'counter' }, drop],
  );
}

/** A class answers in the mark: 0 pass, 1 pass and make an entry. */
export const judgingChains: readonly Chain[] = [
  reject('rej', 'SG '),
  reject('rej_acl', 'ACL '),
  reject('rej_bpa', 'BPA '),
  reject('rej_src', 'SRC '),
  chain('ok0', [setMark(0), back]),
  chain('ok1', [setMark(1), back]),
  // Ports without groups (gateways).
  chain('o0', [setMark(0), back]),
  chain('i0', [setMark(0), back]),
  // What a rule has admitted, but for ICMP.
  chain(
    'opening',
    // A bare SYN, or the opener's direction of a connection whose SYN passed here and was answered.
    [isMasked('tcp flags', 0x17, 0x02), isNot('ct state', ctState.invalid), setMark(1), back],
    [is('l4proto', 6), is('ct state', ctState.established), original, goto('ok1')],
    [is('l4proto', 6), goto('rej')],
    [is('l4proto', 17), is('ct state', ctState.invalid), goto('rej')],
    [goto('ok1')],
  ),
  // By the sending port's class; a port that is not in the map is refused.
  chain(
    'egress',
    [markFromMap(['iifname'], s.ports.name), dispatch(['mark'], s.classOut.name, identityMask)],
    [goto('rej')],
  ),
  // By the receiving port's class, which the ACLs have left in the mark.
  chain('ingress', [dispatch(['mark'], s.classIn.name, identityMask)], [goto('rej')]),
  // The sender's subnet looks up the receiving port: its number is in the mark then, the one of the outside in the
  // place of its subnet where that is the sender's own, since inside a subnet no ACL applies.
  chain('acl', [jump('acl_o')], [dispatch(['mark'], s.aclIn.name, subnetMask)], [goto('rej_acl')]),
  chain(
    'acl_o',
    [markFromMap(['iifname'], s.ports.name), dispatch(['mark'], s.aclOut.name, subnetMask)],
    [goto('rej_acl')],
  ),
  chain('acl_none_o', [setMark(0)], [markFromMap(['oifname'], s.ports.name)], [back]),
  chain('acl_none_i', [back]),
];
