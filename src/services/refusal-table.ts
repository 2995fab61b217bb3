/**
 * The one table of refusals: kind → AWS's error code, HTTP status, and a sentence that names the offending value.
 * Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import { cloudtrailRefusals } from './cloudtrail/refusals.ts';
import { instanceRefusals } from './instance-refusals.ts';
import { networkRefusals } from './network-refusals.ts';
import { row } from './refusal-row.ts';
import { stsRefusals } from './sts/refusals.ts';

type Parameter = { readonly parameter: string };
type BadValue = Parameter & { readonly value: string | number | boolean; readonly expected: string };
type Coded = { readonly code: string };

export const refusals = {
  // Requests in general
  unsupportedAction: row<{ service: string; action: string }>(
    'UnsupportedOperation',
    ({ service, action }) => `Rampart does not support the action ${action} of ${service}.`,
  ),
  dryRun: row<{ action: string }>(
    'DryRunOperation',
    ({ action }) => `${action} would have succeeded, but DryRun is set.`,
    412,
  ),
  missingParameter: row<Parameter>(
    'MissingParameter',
    ({ parameter }) => `The request must contain the parameter ${parameter}.`,
  ),
  invalidValue: row<BadValue>(
    'InvalidParameterValue',
    ({ parameter, value, expected }) =>
      `Value (${value}) for parameter ${parameter} is invalid: ${expected}.`,
  ),
  invalidCombination: row<{ reason: string }>('InvalidParameterCombination', ({ reason }) => reason),
  unsupported: row<{ reason: string }>('UnsupportedOperation', ({ reason }) => reason),
  // Older clients, Ansible's ec2_vpc_net among them, know this answer by AWS's own words.
  noClassic: row<object>(
    'UnsupportedOperation',
    () => 'The functionality you requested is not available in this region.',
  ),
  notPermitted: row<{ reason: string }>('OperationNotPermitted', ({ reason }) => reason),
  invalidRegion: row<{ region: string }>(
    'AuthFailure',
    ({ region }) => `Credentials are scoped to ${region}, which is not a region.`,
    401,
  ),

  // Resources in general; the codes stand in the table of resources
  malformedId: row<Coded & { noun: string; id: string; prefix: string }>(
    ({ code }) => code,
    ({ noun, id, prefix }) => `Invalid ${noun} id: "${id}" (expecting "${prefix}-…").`,
  ),
  notFound: row<Coded & { noun: string; id: string }>(
    ({ code }) => code,
    ({ noun, id }) => `The ${noun} '${id}' does not exist.`,
  ),
  dependency: row<{ noun: string; id: string; usedBy: string }>(
    'DependencyViolation',
    ({ noun, id, usedBy }) => `The ${noun} '${id}' is used by ${usedBy} and cannot be deleted.`,
  ),
  quota: row<Coded & { what: string; limit: number }>(
    ({ code }) => code,
    ({ what, limit }) => `The limit of ${limit} ${what} is reached.`,
  ),
  incorrectState: row<{ reason: string }>('IncorrectState', ({ reason }) => reason),

  // Lists
  unknownFilter: row<{ filter: string }>(
    'InvalidParameterValue',
    ({ filter }) => `The filter '${filter}' is invalid.`,
  ),
  tooManyFilters: row<{ reason: string }>('FilterLimitExceeded', ({ reason }) => reason),
  invalidToken: row<{ token: string }>(
    'InvalidPaginationToken',
    ({ token }) => `The token '${token}' is not one that this list gave out.`,
  ),

  // Client tokens
  tokenMismatch: row<{ token: string }>(
    'IdempotentParameterMismatch',
    ({ token }) => `The client token '${token}' was used with other parameters.`,
  ),
  invalidClientToken: row<{ token: string; maxLength: number }>(
    'InvalidClientToken',
    ({ token, maxLength }) =>
      `The client token '${token}' is not 1 to ${maxLength} printable ASCII characters.`,
  ),

  // Tags
  invalidTagKey: row<{ key: string; reason: string }>(
    'InvalidTagKey.Malformed',
    ({ key, reason }) => `The tag key '${key}' is not valid: ${reason}.`,
  ),
  tooManyTags: row<{ id: string; limit: number }>(
    'TagLimitExceeded',
    ({ id, limit }) => `${id} would have more than ${limit} tags.`,
  ),
  invalidTaggable: row<{ id: string }>(
    'InvalidID',
    ({ id }) => `'${id}' is not the id of a taggable resource.`,
  ),

  // Security groups
  duplicateGroup: row<{ name: string; vpcId: string }>(
    'InvalidGroup.Duplicate',
    ({ name, vpcId }) => `The security group '${name}' already exists for VPC '${vpcId}'.`,
  ),
  reservedGroupName: row<{ name: string }>(
    'InvalidGroup.Reserved',
    ({ name }) => `The name '${name}' is reserved for the group that every VPC has.`,
  ),
  cannotDelete: row<{ id: string }>(
    'CannotDelete',
    ({ id }) => `The security group '${id}' is the default one of its VPC and cannot be deleted.`,
  ),
  duplicateRule: row<{ rule: string; id: string }>(
    'InvalidPermission.Duplicate',
    ({ rule, id }) => `The rule '${rule}' already exists in security group '${id}'.`,
  ),
  // AWS answers with this code, not InvalidPermission.Duplicate, where one request repeats itself.
  repeatedRule: row<{ rule: string }>(
    'InvalidParameterValue',
    ({ rule }) => `The rule '${rule}' stands more than once in the request.`,
  ),
  ruleNotFound: row<{ rule: string; id: string }>(
    'InvalidPermission.NotFound',
    ({ rule, id }) => `The rule '${rule}' does not exist in security group '${id}'.`,
  ),
  tooManyRules: row<{ id: string; direction: string; family: string; count: number; limit: number }>(
    'RulesPerSecurityGroupLimitExceeded',
    ({ id, direction, family, count, limit }) =>
      `Security group '${id}' would have ${count} ${direction} rules for ${family}; the limit is ${limit}.`,
  ),

  // VPCs by default
  noDefaultVpc: row<{ reason: string }>('VPCIdNotSpecified', ({ reason }) => reason),

  ...cloudtrailRefusals,
  ...instanceRefusals,
  ...networkRefusals,
  ...stsRefusals,
} as const;
