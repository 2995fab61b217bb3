/** Conntrack entries in messages. See linux/netfilter/nfnetlink_conntrack.h. */

import { ipOfOctets } from '#net/octets.ts';
import { type Attributes, nested, readAttributes } from '../netlink/reader.ts';
import { familyOfNumber } from '../rtnl/bytes.ts';
import type { ConntrackEntry, ConntrackTraffic, ConntrackTuple } from './entry.ts';

export const CTA = {
  original: 1,
  reply: 2,
  status: 3,
  timeout: 7,
  mark: 8,
  countersOriginal: 9,
  countersReply: 10,
  id: 12,
  zone: 18,
  timestamp: 20,
  markMask: 21,
} as const;
const TUPLE = { ip: 1, protocol: 2 } as const;
const IP = { source4: 1, destination4: 2, source6: 3, destination6: 4 } as const;
const PROTO = {
  number: 1,
  sourcePort: 2,
  destinationPort: 3,
  icmpId: 4,
  icmpType: 5,
  icmpCode: 6,
  icmpv6Id: 7,
  icmpv6Type: 8,
  icmpv6Code: 9,
} as const;
const COUNTERS = { packets: 1, bytes: 2 } as const;
const TIMESTAMP_START = 1;
const headerBytes = 4;

/** An entry with what it takes to name it to the kernel again. */
export type RawEntry = { readonly entry: ConntrackEntry; readonly attributes: Attributes };

/** Reads one message; undefined for a family that is neither IPv4 nor IPv6. */
export function readEntry(payload: Buffer): RawEntry | undefined {
  const family = familyOfNumber(payload.readUInt8(0));
  const attributes = readAttributes(payload.subarray(headerBytes));
  const original = readTuple(nested(attributes, CTA.original));
  const reply = readTuple(nested(attributes, CTA.reply));
  if (!family || !original || !reply) return undefined;
  const traffic = readTraffic(attributes);
  const started = nested(attributes, CTA.timestamp).get(TIMESTAMP_START)?.readBigUInt64BE(0);
  const entry: ConntrackEntry = {
    family,
    protocol: nested(nested(attributes, CTA.original), TUPLE.protocol).get(PROTO.number)?.readUInt8(0) ?? 0,
    original,
    reply,
    zone: attributes.get(CTA.zone)?.readUInt16BE(0) ?? 0,
    mark: attributes.get(CTA.mark)?.readUInt32BE(0) ?? 0,
    status: attributes.get(CTA.status)?.readUInt32BE(0) ?? 0,
    timeoutSeconds: attributes.get(CTA.timeout)?.readUInt32BE(0) ?? 0,
    id: attributes.get(CTA.id)?.readUInt32BE(0) ?? 0,
    ...(traffic && { traffic }),
    ...(started !== undefined && { startedNs: started }),
  };
  return { entry, attributes };
}

function readTuple(tuple: Attributes): ConntrackTuple | undefined {
  const ip = nested(tuple, TUPLE.ip);
  const source = ip.get(IP.source4) ?? ip.get(IP.source6);
  const destination = ip.get(IP.destination4) ?? ip.get(IP.destination6);
  if (!source || !destination) return undefined;
  const proto = nested(tuple, TUPLE.protocol);
  const sourcePort = proto.get(PROTO.sourcePort)?.readUInt16BE(0);
  const destinationPort = proto.get(PROTO.destinationPort)?.readUInt16BE(0);
  const icmpId = (proto.get(PROTO.icmpId) ?? proto.get(PROTO.icmpv6Id))?.readUInt16BE(0);
  const icmpType = (proto.get(PROTO.icmpType) ?? proto.get(PROTO.icmpv6Type))?.readUInt8(0);
  const icmpCode = (proto.get(PROTO.icmpCode) ?? proto.get(PROTO.icmpv6Code))?.readUInt8(0);
  return {
    source: ipOfOctets(source),
    destination: ipOfOctets(destination),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(destinationPort !== undefined && { destinationPort }),
    ...(icmpId !== undefined && { icmpId }),
    ...(icmpType !== undefined && { icmpType }),
    ...(icmpCode !== undefined && { icmpCode }),
  };
}

/** Present only where the namespace counts (`net/netfilter/nf_conntrack_acct`). */
function readTraffic(attributes: Attributes): ConntrackEntry['traffic'] {
  if (!attributes.has(CTA.countersOriginal)) return undefined;
  const read = (type: number): ConntrackTraffic => {
    const counters = nested(attributes, type);
    return {
      packets: Number(counters.get(COUNTERS.packets)?.readBigUInt64BE(0) ?? 0n),
      bytes: Number(counters.get(COUNTERS.bytes)?.readBigUInt64BE(0) ?? 0n),
    };
  };
  return { original: read(CTA.countersOriginal), reply: read(CTA.countersReply) };
}
