/**
 * The ARNs that a request is about, for policies: everything that it names by id, by a name or by a public address, and
 * for what it makes `arn:…:TYPE/*`. The ids are found by their form wherever they stand, so that no parameter of a new
 * action is forgotten. Which types an action needs follows
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
import type { AcceptVpcPeeringConnectionRequest, RunInstancesRequest } from '@aws-sdk/client-ec2';
import { type IdKind, idPrefixes, type VpcId } from '#vpc/ids.ts';
import { groupNameKey } from '#vpc/network.ts';
import { partitionOf } from '#vpc/scope.ts';
import type { Checked, Context } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { withTemplate } from './launch-templates/data.ts';
import { type ResourceKind, resources } from './resources.ts';

/** What an action makes, where its name does not say so as `Create` and a type of resource. */
const made: Readonly<Record<string, readonly ResourceKind[]>> = {
  AllocateAddress: ['address'],
  CreateDefaultSubnet: ['subnet'],
  CreateDefaultVpc: ['vpc'],
  // Its ARN has the name, which is in the request.
  CreateKeyPair: [],
  CreateManagedPrefixList: ['prefixList'],
  CreateNatGateway: ['natGateway'],
  StartNetworkInsightsAnalysis: ['insightsAnalysis'],
  StartNetworkInsightsAccessScopeAnalysis: ['accessScopeAnalysis'],
  RunInstances: ['instance', 'eni', 'volume'],
};

const kindOfType: ReadonlyMap<string, ResourceKind> = new Map(
  Object.entries(resources).map(([kind, { type }]) => [type, kind as ResourceKind]),
);

/** `CreateSecurityGroup` makes a `security-group`. */
function madeBy(action: string): readonly ResourceKind[] {
  const words = /^Create([A-Z]\w*)$/.exec(action)?.[1] ?? '';
  const kind = kindOfType.get(words.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase());
  return made[action] ?? (kind ? [kind] : []);
}

/**
 * Members whose ids are not what the action works on: the peers of rules, filters, free text, and the parameters that a
 * launch template only keeps.
 */
const besides: ReadonlySet<string> = new Set([
  ...['ClientToken', 'Description', 'Filters', 'IpPermissions', 'LaunchTemplateData', 'Placement'],
  ...[
    'SecurityGroupRule',
    'SourceSecurityGroupName',
    'TagSpecifications',
    'Tags',
    'UserData',
    'VersionDescription',
  ],
]);

/**
 * A request with what it takes from elsewhere: a launch has the parameters of its template too. A template that cannot be
 * used adds nothing and is left to the launch to refuse, lest those who may not launch learn what templates there are.
 */
export function wholeRequest(action: string, input: object, context: Context): object {
  if (action !== 'RunInstances') return input;
  try {
    return { ...input, ...withTemplate(input as Checked<RunInstancesRequest>, context).input };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return input;
  }
}

/** ARNs of what an action with this whole request works on; `*` alone where that is nothing in particular. */
export function requestResources(action: string, whole: object, context: Context): readonly string[] {
  // "Describe actions do not support resource-level permissions": the page above.
  if (action.startsWith('Describe')) return ['*'];
  const found = new Set(madeBy(action).map((kind) => arn(kind, '*', context)));
  // The name of what is made names nothing yet.
  const { GroupName: _, ...rest } = whole as { readonly GroupName?: string };
  collect(action === 'CreateSecurityGroup' ? rest : whole, '', context, found);
  const { InstanceMarketOptions: market } = whole as RunInstancesRequest;
  if (action === 'RunInstances' && market) found.add(arn('spotRequest', '*', context));
  if (action === 'AcceptVpcPeeringConnection') addAccepter(whole, context, found);
  return found.size > 0 ? [...found] : ['*'];
}

/**
 * Who accepts a peering opens the VPC that accepts it:
 * https://docs.aws.amazon.com/vpc/latest/peering/security-iam.html
 */
function addAccepter(whole: object, context: Context, found: Set<string>): void {
  const { VpcPeeringConnectionId: id = '' } = whole as AcceptVpcPeeringConnectionRequest;
  const peering = context.transaction.network.peering.get(id);
  if (peering) found.add(arn('vpc', peering.accepter.vpcId, context));
}

/** The ARN of what a request makes of a type; a type of nothing is answered too, and left to the action to refuse. */
export function madeArn(type: string, whole: object, context: Context): string {
  const { KeyName: name = '*' } = whole as { readonly KeyName?: string };
  return typedArn(type, type === resources.keyPair.type ? name : '*', context);
}

/**
 * Whether an ARN is that of a network interface yet to be made, and in which VPCs such are made: a launch may have
 * interfaces in several, and none is made of one that it takes as it is.
 */
export function vpcsOfMade(
  resource: string,
  whole: object,
  context: Context,
): readonly (VpcId | undefined)[] | undefined {
  if (resource !== arn('eni', '*', context)) return undefined;
  const { NetworkInterfaces = [], SubnetId } = whole as RunInstancesRequest;
  const made = NetworkInterfaces.filter((each) => !each.NetworkInterfaceId).map((each) => each.SubnetId);
  const { subnet, vpc } = context.transaction.network;
  const [usual] = vpc.by('default', 'default');
  const vpcIds = (NetworkInterfaces.length > 0 ? made : [SubnetId]).map((id) =>
    id ? subnet.get(id)?.vpcId : usual?.id,
  );
  return [...new Set(vpcIds)];
}

function collect(value: unknown, name: string, context: Context, found: Set<string>): void {
  if (typeof value === 'string') {
    // What a parameter for names has is a name, whatever it looks like: a key pair may be called `vpc-…`.
    const arnOfText = ofName(name, value, context) ?? ofId(name, idIn(value), context);
    if (arnOfText !== undefined) found.add(arnOfText);
  } else if (Array.isArray(value)) {
    for (const element of value) collect(element, name, context, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [member, content] of Object.entries(value)) {
      if (!besides.has(member)) collect(content, member, context, found);
    }
  }
}

const kindOfPrefix: ReadonlyMap<string, IdKind> = new Map(
  Object.entries(idPrefixes).map(([kind, prefix]) => [prefix, kind as IdKind]),
);

/** The id in an ARN, which the ends of network paths may be; other texts as they are. */
function idIn(text: string): string {
  return /^arn:[^:]*:ec2:[^:]*:[^:]*:[^/]*\/([^/]*)/.exec(text)?.[1] ?? text;
}

function ofId(parameter: string, text: string, context: Context): string | undefined {
  const [, prefix = ''] = /^([a-z-]+)-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.exec(text) ?? [];
  const kind = kindOfPrefix.get(prefix);
  if (kind === undefined) return undefined;
  const { network } = context.transaction;
  // What is tagged is the thing itself, and a rule has tags of its own.
  const bearer = parameter === 'Resources' ? undefined : bearerOf(kind, text, context);
  if (bearer) return arn(bearer.kind, bearer.id ?? '*', context);
  // The ARN of a key pair has its name: the page above.
  if (kind === 'keyPair') return arn(kind, network.keyPair.get(text)?.name ?? '*', context);
  if (kind === 'image') return typedArn(kind, text, context);
  return kind in resources ? arn(kind as ResourceKind, text, context) : undefined;
}

type Bearer = { readonly kind: ResourceKind; readonly id: string | undefined };

/** Ids of rules, associations and attachments stand for the resource that has them. */
function bearerOf(kind: IdKind, id: string, { transaction: { network } }: Context): Bearer | undefined {
  const first = (kind: ResourceKind, entities: Iterable<{ readonly id: string }>): Bearer => {
    const [entity] = entities;
    return { kind, id: entity?.id };
  };
  switch (kind) {
    case 'rule':
      return first('securityGroup', network.securityGroup.by('rule', id));
    case 'routeTableAssociation':
      return first('routeTable', network.routeTable.by('association', id));
    case 'networkAclAssociation':
      return first('networkAcl', network.networkAcl.by('association', id));
    case 'addressAssociation':
      return first('address', network.address.by('association', id));
    case 'eniAttachment':
      return first('eni', network.eni.by('attachment', id));
    case 'vpcCidrAssociation':
      return first('vpc', network.vpc.by('cidrAssociation', id));
    case 'subnetCidrAssociation':
      return first('subnet', network.subnet.by('cidrAssociation', id));
    default:
      return undefined;
  }
}

/** What a parameter other than an id names; a name that stands for nothing is that of no resource in particular. */
function ofName(parameter: string, text: string, context: Context): string | undefined {
  const { network } = context.transaction;
  switch (parameter) {
    case 'GroupName':
    case 'GroupNames':
    case 'SecurityGroups': {
      const [vpc] = network.vpc.by('default', 'default');
      const [group] = vpc ? network.securityGroup.by('nameInVpc', groupNameKey(vpc.id, text)) : [];
      return arn('securityGroup', group?.id ?? '*', context);
    }
    case 'KeyName':
      return arn('keyPair', text, context);
    case 'PublicIp':
    case 'PublicIps': {
      const [address] = network.address.by('publicIp', text);
      return arn('address', address?.id ?? '*', context);
    }
    case 'LaunchTemplateName': {
      const [template] = network.launchTemplate.by('name', text);
      return arn('launchTemplate', template?.id ?? '*', context);
    }
    default:
      return undefined;
  }
}

function arn(kind: ResourceKind, id: string, context: Context): string {
  return typedArn(resources[kind].type, id, context);
}

function typedArn(type: string, id: string, { caller: { scope } }: Context): string {
  const { account, region } = scope;
  const owner = sharedTypes.has(type) ? '' : account;
  return `arn:${partitionOf(region)}:ec2:${region}:${owner}:${type}/${id}`;
}

/** ARNs of these name no account: the page above. */
const sharedTypes: ReadonlySet<string> = new Set(['image', resources.snapshot.type]);
