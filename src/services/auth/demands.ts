/**
 * What a request asks of policies: its action on each of its resources, and for what it gives tags or an identity the
 * actions that AWS asks besides.
 */
import type { TagSpecification } from '@aws-sdk/client-ec2';
import type { AssumeRoleRequest } from '@aws-sdk/client-sts';
import type { VpcId } from '#vpc/ids.ts';
import type { Tags } from '#vpc/tags.ts';
import { madeArn, requestResources, vpcsOfMade, wholeRequest } from '../ec2/request-resources.ts';
import type { Context } from '../operation.ts';

/** One action on one resource. */
export type Demand = {
  /** `ec2:CreateSecurityGroup`. */
  readonly action: string;
  /** ARN, or `*` where the action works on nothing in particular. */
  readonly resource: string;
  /** Tags that the request gives the resource, or names in it. */
  readonly tags: Tags;
  /** The action that tags what it makes; undefined but for `ec2:CreateTags`. */
  readonly createAction?: string;
  /** The VPC of a network interface yet to be made. */
  readonly madeIn?: VpcId | undefined;
};

export type Asking = {
  readonly service: string;
  readonly action: string;
  readonly input: unknown;
};

/** All demands of a request, each of which must be allowed. */
export function demandsOf({ service, action, input }: Asking, context: Context): readonly Demand[] {
  const given = (input ?? {}) as object;
  if (service === 'ec2') return ofEc2(action, given, context);
  if (service === 'sts' && action === 'AssumeRole') return ofAssumeRole(given as AssumeRoleRequest);
  return [{ action: `${service}:${action}`, resource: '*', tags: {} }];
}

/**
 * "If tags are specified in the resource-creating action, Amazon performs additional authorization on the ec2:CreateTags
 * action": https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
function ofEc2(action: string, input: object, context: Context): readonly Demand[] {
  const whole = wholeRequest(action, input, context) as {
    readonly Tags?: readonly Pair[];
    readonly TagSpecifications?: readonly TagSpecification[];
  };
  // CreateTags and DeleteTags name the tags of all their resources.
  const named = tagsIn(whole.Tags);
  const ofMade = new Map<string, Tags>();
  for (const { ResourceType: type = '', Tags = [] } of whole.TagSpecifications ?? []) {
    if (Tags.length === 0) continue;
    // Several specifications of one type are taken together, as in tagging.
    const resource = madeArn(type, whole, context);
    ofMade.set(resource, { ...ofMade.get(resource), ...tagsIn(Tags) });
  }
  const own = requestResources(action, whole, context).map((resource) => ({
    action: `ec2:${action}`,
    resource,
    tags: ofMade.get(resource) ?? named,
  }));
  const tagging = Array.from(ofMade, ([resource, tags]) => ({
    action: 'ec2:CreateTags',
    resource,
    tags,
    createAction: action,
  }));
  return [...own, ...tagging].flatMap((demand) => {
    const vpcIds = vpcsOfMade(demand.resource, whole, context);
    return vpcIds ? vpcIds.map((madeIn) => ({ ...demand, madeIn })) : [demand];
  });
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html and …/id_credentials_temp_control-access_monitor.html */
function ofAssumeRole({ RoleArn: resource = '*', Tags = [], SourceIdentity }: AssumeRoleRequest) {
  const tags = tagsIn(Tags);
  const actions = [
    'sts:AssumeRole',
    ...(Tags.length > 0 ? ['sts:TagSession'] : []),
    ...(SourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  return actions.map((action) => ({ action, resource, tags }));
}

type Pair = { readonly Key?: string | undefined; readonly Value?: string | undefined };

function tagsIn(pairs: readonly Pair[] = []): Tags {
  return Object.fromEntries(pairs.map(({ Key = '', Value = '' }) => [Key, Value]));
}
