/** The statements of an access scope, from the request and back. */
import type {
  AccessScopePath,
  AccessScopePathRequest,
  PathStatementRequest,
  ResourceStatementRequest,
} from '@aws-sdk/client-ec2';
import { familyOf } from '#net/address.ts';
import { type Cidr, parseCidr } from '#net/cidr.ts';
import { resourceTypes } from '#proof/scope-statements.ts';
import type { EndStatement, HeaderStatement, PortSpan, ResourceStatement, ScopePath } from '#vpc/insights.ts';
import { oneOf } from '../../input.ts';
import { refuse } from '../../refusal.ts';

export function scopePathsIn(paths: readonly AccessScopePathRequest[] | undefined): readonly ScopePath[] {
  return (paths ?? []).map(({ Source, Destination, ThroughResources }) => {
    const [source, destination] = [endIn(Source), endIn(Destination)];
    return {
      ...(source ? { source } : {}),
      ...(destination ? { destination } : {}),
      through: (ThroughResources ?? []).flatMap((each) => resourceIn(each.ResourceStatement) ?? []),
    };
  });
}

function endIn(input: PathStatementRequest | undefined): EndStatement | undefined {
  const header = headerIn(input?.PacketHeaderStatement);
  const resource = resourceIn(input?.ResourceStatement);
  if (!header && !resource) return undefined;
  return { ...(header ? { header } : {}), ...(resource ? { resource } : {}) };
}

/** Ids or types, not both (https://docs.aws.amazon.com/vpc/latest/network-access-analyzer/resource-statement.html). */
function resourceIn(input: ResourceStatementRequest | undefined): ResourceStatement | undefined {
  const { Resources: resources = [], ResourceTypes: types = [] } = input ?? {};
  if (resources.length === 0 && types.length === 0) return undefined;
  if (resources.length > 0 && types.length > 0) {
    refuse('invalidCombination', { reason: 'A ResourceStatement has Resources or ResourceTypes, not both.' });
  }
  return {
    resources,
    resourceTypes: types.map((type) => oneOf(type, resourceTypes, 'ResourceStatement.ResourceType')),
  };
}

function headerIn(input: PathStatementRequest['PacketHeaderStatement']): HeaderStatement | undefined {
  if (!input) return undefined;
  return {
    sourceAddresses: (input.SourceAddresses ?? []).map((text) => blockIn(text, 'SourceAddress')),
    destinationAddresses: (input.DestinationAddresses ?? []).map((text) =>
      blockIn(text, 'DestinationAddress'),
    ),
    sourcePorts: (input.SourcePorts ?? []).map((text) => portsIn(text, 'SourcePort')),
    destinationPorts: (input.DestinationPorts ?? []).map((text) => portsIn(text, 'DestinationPort')),
    sourcePrefixLists: input.SourcePrefixLists ?? [],
    destinationPrefixLists: input.DestinationPrefixLists ?? [],
    protocols: (input.Protocols ?? []).map((text) => oneOf(text, ['tcp', 'udp'], 'Protocol')),
  };
}

function blockIn(text: string, parameter: string): Cidr {
  const cidr = parseCidr(text.includes('/') ? text : `${text}/32`);
  if (cidr && familyOf(cidr) === 'ipv4') return cidr;
  return refuse('invalidValue', { parameter, value: text, expected: 'use an IPv4 address or block' });
}

function portsIn(text: string, parameter: string): PortSpan {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (from <= to && to <= 65535) return { from, to };
  return refuse('invalidValue', { parameter, value: text, expected: 'use a port or a range such as 20-25' });
}

export function scopePathOutput({ source, destination, through }: ScopePath): AccessScopePath {
  return {
    ...(source ? { Source: endOutput(source) } : {}),
    ...(destination ? { Destination: endOutput(destination) } : {}),
    ...(through.length > 0
      ? { ThroughResources: through.map((each) => ({ ResourceStatement: resourceOutput(each) })) }
      : {}),
  };
}

function endOutput({ header, resource }: EndStatement): NonNullable<AccessScopePath['Source']> {
  return {
    ...(header ? { PacketHeaderStatement: headerOutput(header) } : {}),
    ...(resource ? { ResourceStatement: resourceOutput(resource) } : {}),
  };
}

const given = <M extends string, T>(member: M, values: readonly T[]) =>
  (values.length > 0 ? { [member]: [...values] } : {}) as { [K in M]?: T[] };

const resourceOutput = ({ resources, resourceTypes: types }: ResourceStatement) => ({
  ...given('Resources', resources),
  ...given('ResourceTypes', types),
});

const portText = ({ from, to }: PortSpan): string => (from === to ? String(from) : `${from}-${to}`);

const headerOutput = (header: HeaderStatement) => ({
  ...given('SourceAddresses', header.sourceAddresses),
  ...given('DestinationAddresses', header.destinationAddresses),
  ...given('SourcePorts', header.sourcePorts.map(portText)),
  ...given('DestinationPorts', header.destinationPorts.map(portText)),
  ...given('SourcePrefixLists', header.sourcePrefixLists),
  ...given('DestinationPrefixLists', header.destinationPrefixLists),
  ...given('Protocols', header.protocols),
});
