/** A rule in words, for messages. */
import type { RuleSubstance } from '#vpc/group-rules.ts';
import { portsOf, protocolText } from './service.ts';

/** As `ingress tcp 22-22 10.0.0.0/8`. */
export function ruleText({ direction, service, peer }: RuleSubstance): string {
  const ports = portsOf(service);
  const what = ports ? `${protocolText(service)} ${ports.from}-${ports.to}` : protocolText(service);
  const who = peer.kind === 'cidr' ? peer.cidr : peer.kind === 'group' ? peer.groupId : peer.prefixListId;
  return `${direction} ${what} ${who}`;
}
