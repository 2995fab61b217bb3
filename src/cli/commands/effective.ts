/** `rampart effective`: every rule in force on an interface, and whom each peer stands for right now. */
import { type Effective, type EffectivePeer, effectiveRules } from '#policy/effective.ts';
import { resolveEndpoint } from '#policy/endpoint.ts';
import { isCarrier, isGuarded } from '#vpc/eni.ts';
import { singleAddresses } from '#vpc/eni-addresses.ts';
import { peerText } from '#vpc/group-rules.ts';
import { isPlanAddress } from '#vpc/names.ts';
import { directions } from '#vpc/security-group.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { askedNetwork, gapsView, type NetworkOptions, printGaps } from '../network-source.ts';
import { oneLine, print, printJson, tableText } from '../output.ts';
import { serviceText } from '../text/rule-text.ts';
import { carrierText } from '../text/verdict-text.ts';

export type EffectiveOptions = NetworkOptions & { readonly json?: boolean };

/** Prints the rules of an interface, or of the primary interface of an instance. */
export async function effectiveCommand(what: string, options: EffectiveOptions): Promise<ExitCode> {
  if (!/^(i|eni)-/.test(what) && !isPlanAddress(what))
    throw usageFailure(`${what} is no instance or interface id`);
  const network = await askedNetwork(options);
  const { world } = network;
  printGaps(network);
  const resolved = resolveEndpoint(world, what);
  if (resolved.kind === 'unknown') throw usageFailure(resolved.why);
  const [endpoint] = resolved.endpoints;
  const effective = endpoint?.kind === 'eni' ? effectiveRules(world, endpoint.eniId) : undefined;
  if (!effective) throw usageFailure(`${what} has no interface`);
  if (options.json) printJson({ network: network.source, ...effective, ...gapsView(network) });
  else print(effectiveText(effective));
  return exitCodes.ok;
}

function effectiveText({ eni, groups, rules }: Effective): string {
  const addresses = [...singleAddresses(eni), ...(eni.prefixes ?? [])];
  const names = groups.map(({ id, name }) => `${name} (${id})`);
  const parts = [`${eni.id}  ${addresses.join(', ')}`, oneLine(`groups: ${names.join(', ') || 'none'}`)];
  if (isCarrier(eni)) return [...parts, '', `a ${eni.interfaceType}: ${carrierText}`].join('\n');
  if (!isGuarded(eni))
    return [...parts, '', 'a service’s own, without groups: no rule stops anything here'].join('\n');
  for (const direction of directions) {
    const rows = rules.filter((rule) => rule.direction === direction).map(rowOf);
    parts.push('', `${direction}${rows.length === 0 ? ': nothing' : ''}`);
    if (rows.length > 0) parts.push(tableText(['service', 'peer', 'stands for', 'group', 'rule'], rows));
  }
  return parts.join('\n');
}

function rowOf({ rule, groupName, stands }: EffectivePeer): readonly string[] {
  return [serviceText(rule.service), peerText(rule.peer), standsText(stands), groupName, rule.id];
}

function standsText(stands: EffectivePeer['stands']): string {
  if ('members' in stands) {
    return stands.members.flatMap(({ addresses }) => addresses).join(', ') || 'nobody';
  }
  return stands.join(', ') || 'nobody';
}
