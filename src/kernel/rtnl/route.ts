/** Routes and routing rules in messages. See linux/rtnetlink.h and linux/fib_rules.h. */
import type { Family } from '#net/address.ts';
import { ipOfOctets } from '#net/octets.ts';
import { readAttributes, textOf } from '../netlink/reader.ts';
import type { MessageWriter } from '../netlink/writer.ts';
import { familyNumber, familyOfNumber, formatCidr, parseAddress, parseCidr } from './bytes.ts';
import type { Route, RouteTarget, RoutingRule } from './types.ts';

const RTA = { destination: 1, device: 4, gateway: 5, metric: 6, source: 7, table: 15 } as const;
const FRA = { source: 2, device: 3, priority: 6, mark: 10, table: 15, mask: 16 } as const;
const RTNH_F_ONLINK = 4;
const RTPROT_STATIC = 4;
const FR_ACT_TO_TABLE = 1;
const RTM_F_CLONED = 0x200;
const headerBytes = 12;

const targetNumber = { unicast: 1, blackhole: 6, unreachable: 7, prohibit: 8, throw: 9 } as const;
const scopeNumber = { universe: 0, link: 253, host: 254 } as const;
/** RT_SCOPE_NOWHERE: a deletion does not look at the scope. */
const anyScope = 255;

export type RouteKey = Pick<Route, 'destination' | 'table' | 'metric'>;

/** `struct rtmsg` of a query for all routes of a family, and of one table if given. */
export function writeRouteQuery(writer: MessageWriter, family: Family, table: number | undefined): void {
  routeHeader(writer, { family, length: 0, scope: 0, type: 0, flags: 0, protocol: 0 });
  if (table !== undefined) writer.attrU32(RTA.table, table);
}

function routeHeader(
  writer: MessageWriter,
  header: {
    readonly family: Family;
    readonly length: number;
    readonly scope: number;
    readonly type: number;
    readonly flags: number;
    readonly protocol: number;
  },
): void {
  writer.u8(familyNumber[header.family]);
  writer.u8(header.length);
  writer.u8(0);
  writer.u8(0);
  writer.u8(0); // the table is 32 bits wide in its attribute
  writer.u8(header.protocol);
  writer.u8(header.scope);
  writer.u8(header.type);
  writer.u32(header.flags);
}

/** A route without its place: the device is given as its index. */
export function writeRoute(writer: MessageWriter, route: Route, deviceIndex: number | undefined): void {
  const { target } = route;
  const { family, bytes, length } = parseCidr(route.destination);
  routeHeader(writer, {
    family,
    length,
    scope: scopeOf(family, target),
    type: targetNumber[target.kind],
    flags: target.kind === 'unicast' && target.onlink ? RTNH_F_ONLINK : 0,
    protocol: RTPROT_STATIC,
  });
  writeKey(writer, route, bytes, length);
  if (target.kind !== 'unicast') return;
  if (deviceIndex !== undefined) writer.attrU32(RTA.device, deviceIndex);
  if (target.gateway !== undefined) {
    const gateway = parseAddress(target.gateway);
    if (gateway.family !== family) throw new Error(`gateway ${target.gateway} for ${route.destination}`);
    writer.attrBytes(RTA.gateway, gateway.bytes);
  }
  if (target.source !== undefined) writer.attrBytes(RTA.source, parseAddress(target.source).bytes);
}

export function writeRouteKey(writer: MessageWriter, key: RouteKey): void {
  const { family, bytes, length } = parseCidr(key.destination);
  routeHeader(writer, { family, length, scope: anyScope, type: 0, flags: 0, protocol: 0 });
  writeKey(writer, key, bytes, length);
}

function writeKey(writer: MessageWriter, key: RouteKey, destination: Buffer, length: number): void {
  if (length > 0) writer.attrBytes(RTA.destination, destination);
  writer.attrU32(RTA.table, key.table);
  if (key.metric !== undefined) writer.attrU32(RTA.metric, key.metric);
}

/** IPv4: an address behind no gateway is on the link. The kernel ignores scopes in IPv6. */
function scopeOf(family: Family, target: RouteTarget): number {
  if (target.kind !== 'unicast' || family === 'ipv6') return scopeNumber.universe;
  return scopeNumber[target.scope ?? (target.gateway === undefined ? 'link' : 'universe')];
}

/** A route as we could have made it; undefined for kinds that we do not make (local, broadcast, multicast, cached). */
export function readRoute(payload: Buffer, deviceName: (index: number) => string): Route | undefined {
  const family = familyOfNumber(payload.readUInt8(0));
  const target = family && readTarget(payload, family, deviceName);
  if (!family || !target || payload.readUInt32LE(8) & RTM_F_CLONED) return undefined;
  const attributes = readAttributes(payload.subarray(headerBytes));
  const metric = attributes.get(RTA.metric)?.readUInt32LE(0);
  return {
    destination: formatCidr(family, attributes.get(RTA.destination), payload.readUInt8(1)),
    table: attributes.get(RTA.table)?.readUInt32LE(0) ?? payload.readUInt8(4),
    ...(metric !== undefined && { metric }),
    target,
  };
}

function readTarget(
  payload: Buffer,
  family: Family,
  deviceName: (index: number) => string,
): RouteTarget | undefined {
  const type = payload.readUInt8(7);
  if (type === targetNumber.blackhole) return { kind: 'blackhole' };
  if (type === targetNumber.unreachable) return { kind: 'unreachable' };
  if (type === targetNumber.prohibit) return { kind: 'prohibit' };
  if (type === targetNumber.throw) return { kind: 'throw' };
  if (type !== targetNumber.unicast) return undefined;
  const attributes = readAttributes(payload.subarray(headerBytes));
  const device = attributes.get(RTA.device);
  if (!device) return undefined; // several next hops
  const gateway = attributes.get(RTA.gateway);
  const source = attributes.get(RTA.source);
  return {
    kind: 'unicast',
    device: deviceName(device.readUInt32LE(0)),
    ...(gateway && { gateway: ipOfOctets(gateway) }),
    ...(payload.readUInt32LE(8) & RTNH_F_ONLINK && { onlink: true }),
    ...(source && { source: ipOfOctets(source) }),
    ...(family === 'ipv4' && { scope: readScope(payload.readUInt8(6)) }),
  };
}

function readScope(number: number): 'universe' | 'link' | 'host' {
  if (number === scopeNumber.host) return 'host';
  return number === scopeNumber.link ? 'link' : 'universe';
}

/** `struct fib_rule_hdr` of a query for all rules of a family. */
export function writeRuleQuery(writer: MessageWriter, family: Family): void {
  writer.u8(familyNumber[family]);
  writer.zeros(headerBytes - 1);
}

export function writeRoutingRule(writer: MessageWriter, rule: RoutingRule): void {
  const source = rule.source === undefined ? undefined : parseCidr(rule.source);
  writer.u8(familyNumber[rule.family]);
  writer.u8(0);
  writer.u8(source?.length ?? 0);
  writer.zeros(4);
  writer.u8(FR_ACT_TO_TABLE);
  writer.u32(0);
  writer.attrU32(FRA.priority, rule.priority);
  writer.attrU32(FRA.table, rule.table);
  if (rule.mark) {
    writer.attrU32(FRA.mark, rule.mark.value);
    writer.attrU32(FRA.mask, rule.mark.mask);
  }
  if (rule.device !== undefined) writer.attrText(FRA.device, rule.device);
  if (source) writer.attrBytes(FRA.source, source.bytes);
}

export function readRoutingRule(payload: Buffer): RoutingRule | undefined {
  const family = familyOfNumber(payload.readUInt8(0));
  if (!family || payload.readUInt8(7) !== FR_ACT_TO_TABLE) return undefined;
  const attributes = readAttributes(payload.subarray(headerBytes));
  const mark = attributes.get(FRA.mark)?.readUInt32LE(0);
  const mask = attributes.get(FRA.mask)?.readUInt32LE(0) ?? 0xffffffff;
  const device = attributes.get(FRA.device);
  const source = attributes.get(FRA.source);
  return {
    family,
    priority: attributes.get(FRA.priority)?.readUInt32LE(0) ?? 0,
    table: attributes.get(FRA.table)?.readUInt32LE(0) ?? payload.readUInt8(4),
    // A rule without a mark is written back with neither; `fwmark 0` with a mask is one.
    ...((mark !== undefined || attributes.has(FRA.mask)) && { mark: { value: mark ?? 0, mask } }),
    ...(device && { device: textOf(device) }),
    ...(source && { source: formatCidr(family, source, payload.readUInt8(2)) }),
  };
}
