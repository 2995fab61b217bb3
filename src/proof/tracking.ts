/** Which TCP requests an interface admits without remembering them (policy/side.ts, `untracked`). */
import type { Family } from '#net/address.ts';
import { admitsEverybody, coversAllPorts, type Place, rulesOf } from '#policy/rules.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import type { Direction } from '#vpc/security-group.ts';
import {
  clientPorts,
  coversSpans,
  intersectSpans,
  noSpans,
  type Spans,
  spansOf,
  unionSpans,
} from './spans.ts';

const tcp: Spans = [{ first: 6 << 16, last: (6 << 16) | 0xffff }];
const tcpClients: Spans = [{ first: (6 << 16) | clientPorts.first, last: (6 << 16) | clientPorts.last }];

/** The TCP services whose requests are untracked at the interface from every client port. */
export function untrackedTcp(place: Place, groupIds: readonly SecurityGroupId[], family: Family): Spans {
  const open = (direction: Direction) =>
    rulesOf(place, groupIds, direction).filter(({ rule }) => admitsEverybody(place, rule.peer, family));
  const ports = (direction: Direction) =>
    open(direction).reduce(
      (spans, { rule }) => unionSpans(spans, intersectSpans(spansOf(rule.service, family), tcp)),
      noSpans,
    );
  const isWhole = (direction: Direction) =>
    open(direction).some(({ rule }) => coversAllPorts(rule.service, 6));
  if (isWhole('ingress') && coversSpans(ports('egress'), tcpClients)) return tcp;
  return isWhole('egress') ? ports('ingress') : noSpans;
}
