/** The parameters of a path: addresses, ports and filters, and which of them exclude each other. */
import type { CreateNetworkInsightsPathRequest, PathRequestFilter } from '@aws-sdk/client-ec2';
import { familyOf, type Ip, parseIp } from '#net/address.ts';
import type { HeaderFilter, PortSpan } from '#vpc/insights.ts';
import { inRange } from '../../input.ts';
import { refuse } from '../../refusal.ts';

const port = { min: 0, max: 65535 } as const;

/** An IPv4 address. The analyzer knows no other: https://docs.aws.amazon.com/vpc/latest/reachability/how-reachability-analyzer-works.html */
export function ipv4In(text: string | undefined, parameter: string): Ip | undefined {
  if (text === undefined || text === '') return undefined;
  const ip = parseIp(text);
  if (ip && familyOf(ip) === 'ipv4') return ip;
  return refuse('invalidValue', { parameter, value: text, expected: 'use an IPv4 address' });
}

export function filterIn(input: PathRequestFilter | undefined, parameter: string): HeaderFilter | undefined {
  if (!input) return undefined;
  const sourceAddress = ipv4In(input.SourceAddress, `${parameter}.SourceAddress`);
  const destinationAddress = ipv4In(input.DestinationAddress, `${parameter}.DestinationAddress`);
  const sourcePorts = spanIn(input.SourcePortRange, `${parameter}.SourcePortRange`);
  const destinationPorts = spanIn(input.DestinationPortRange, `${parameter}.DestinationPortRange`);
  return {
    ...(sourceAddress ? { sourceAddress } : {}),
    ...(destinationAddress ? { destinationAddress } : {}),
    ...(sourcePorts ? { sourcePorts } : {}),
    ...(destinationPorts ? { destinationPorts } : {}),
  };
}

function spanIn(input: PathRequestFilter['SourcePortRange'], parameter: string): PortSpan | undefined {
  const { FromPort: from, ToPort: to = from } = input ?? {};
  if (from === undefined || to === undefined) return undefined;
  inRange(from, { ...port, parameter: `${parameter}.FromPort` });
  inRange(to, { ...port, min: from, parameter: `${parameter}.ToPort` });
  return { from, to };
}

/** Refuses what AWS says cannot stand together (API_CreateNetworkInsightsPath). */
export function checkTogether(input: CreateNetworkInsightsPathRequest): void {
  const { FilterAtSource: atSource, FilterAtDestination: atDestination } = input;
  const clash = (one: string, other: string): never =>
    refuse('invalidCombination', { reason: `${one} cannot be used together with ${other}.` });
  if (atSource && input.SourceIp) clash('FilterAtSource', 'SourceIp');
  if (atSource && input.DestinationPort !== undefined) clash('FilterAtSource', 'DestinationPort');
  if (atDestination && input.DestinationIp) clash('FilterAtDestination', 'DestinationIp');
  if (!input.Destination && !atSource?.DestinationAddress && !input.DestinationIp) {
    refuse('missingParameter', { parameter: 'Destination or FilterAtSource.DestinationAddress' });
  }
}

/** A destination port; AWS gives the command-line default of none as absent. */
export const portIn = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : inRange(value, { ...port, parameter: 'DestinationPort' });
