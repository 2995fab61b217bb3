/** What the keys of conditions stand for in a request. */
import { findTaggable } from '../ec2/tags/taggable.ts';
import type { Context } from '../operation.ts';
import type { ConditionKey, Facts } from './condition-key.ts';
import type { Demand } from './demands.ts';

/** Whose policy it is, in the eyes of its conditions: a user, or the role of a session. */
export type Holder = {
  readonly principalArn: string;
  /** Undefined for the root of an account and for roles, which are no users. */
  readonly userName?: string | undefined;
  /** Of the session. */
  readonly tags: Tags;
};

type Tags = Readonly<Record<string, string>>;

type About = {
  readonly holder: Holder;
  readonly demand: Demand;
  /** Address from which the request came. */
  readonly sourceAddress: string;
};

/** The facts by which a holder's conditions judge one demand of a request. */
export function factsOf(about: About, context: Context): Facts {
  const { holder, demand } = about;
  return (key) => {
    switch (key.kind) {
      case 'request':
        return requestFact(key.name, about, context);
      case 'resourceTag':
        return tagNamed(key.tag, tagsOf(demand.resource, context));
      case 'requestTag':
        return tagNamed(key.tag, demand.tags);
      case 'principalTag':
        return tagNamed(key.tag, holder.tags);
      default:
        return key satisfies never;
    }
  };
}

function requestFact(
  name: (ConditionKey & { kind: 'request' })['name'],
  { holder, demand, sourceAddress }: About,
  context: Context,
): string | readonly string[] | undefined {
  const { scope } = context.caller;
  switch (name) {
    case 'aws:sourceip':
      return sourceAddress;
    case 'aws:requestedregion':
    case 'ec2:region':
      return scope.region;
    case 'aws:principalaccount':
      return scope.account;
    case 'aws:principalarn':
      return holder.principalArn;
    case 'aws:username':
      return holder.userName;
    case 'aws:tagkeys': {
      const keys = Object.keys(demand.tags);
      return keys.length > 0 ? keys : undefined;
    }
    case 'ec2:createaction':
      return demand.createAction;
    case 'ec2:vpc':
      return vpcArnOf(demand, context);
    default:
      return name satisfies never;
  }
}

/** Keys of tags are compared without case here, the very same one first. */
function tagNamed(tag: string, tags: Tags): string | undefined {
  if (Object.hasOwn(tags, tag)) return tags[tag];
  return Object.entries(tags).find(([key]) => key.toLowerCase() === tag.toLowerCase())?.[1];
}

/** `security-group` and `sg-…` of an ARN of EC2; names of key pairs and roles may have colons and slashes. */
function typeAndId(resource: string): readonly [type: string, id: string] {
  const [, type = '', id = ''] = /^arn:[^:]*:ec2:[^:]*:[^:]*:([^/:]+)\/(.*)$/s.exec(resource) ?? [];
  return [type, id];
}

function tagsOf(resource: string, context: Context): Tags {
  const [type, id] = typeAndId(resource);
  if (type !== 'key-pair') return findTaggable(id, context)?.tags ?? {};
  // The ARN of a key pair has its name, which may look like the id of something else.
  const [pair] = context.transaction.network.keyPair.by('name', id);
  return pair?.tags ?? {};
}

/**
 * The VPC that a resource is in: of what is yet to be made, network interfaces alone are in one, that of their subnet.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
function vpcArnOf({ resource, madeIn }: Demand, context: Context): string | undefined {
  const id = vpcIdOf(resource, context) ?? madeIn;
  if (id === undefined) return undefined;
  // The same partition, region and account.
  return `${resource.slice(0, resource.lastIndexOf(':') + 1)}vpc/${id}`;
}

function vpcIdOf(resource: string, { transaction: { network } }: Context): string | undefined {
  const [type, id] = typeAndId(resource);
  switch (type) {
    case 'subnet':
      return network.subnet.get(id)?.vpcId;
    case 'security-group':
      return network.securityGroup.get(id)?.vpcId;
    case 'network-interface':
      return network.eni.get(id)?.vpcId;
    case 'route-table':
      return network.routeTable.get(id)?.vpcId;
    case 'network-acl':
      return network.networkAcl.get(id)?.vpcId;
    default:
      return undefined;
  }
}
