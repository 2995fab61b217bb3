/**
 * Parameters and answers as CloudTrail shows those of EC2: names begin in lower case, lists are `{"items": […]}`. An answer
 * has the names of EC2's XML (`instancesSet`, `securityGroupRuleSet`). A request has names that no model tells: those of
 * the SDKs but for the few of which AWS shows examples.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */
import { membersOf, type ServiceModel, type TypeName } from '#wire/model.ts';
import { outputShapeOf } from '#wire/operation.ts';

/** The actions whose `InstanceIds` are `instancesSet` there. */
const onInstances: ReadonlySet<string> = new Set(['StartInstances', 'StopInstances', 'TerminateInstances']);

/** The parameters of a request in CloudTrail's form; null where there are none. */
export function requestElements(action: string, parameters: unknown): unknown {
  if (!onInstances.has(action) || !isMembers(parameters)) return elementsOf(parameters);
  const { InstanceIds: ids, ...rest } = parameters;
  const instancesSet = Array.isArray(ids) ? ids.map((InstanceId: unknown) => ({ InstanceId })) : [];
  return elementsOf({ instancesSet, ...rest });
}

/** An answer in CloudTrail's form; null where there is none. */
export function responseElements(action: string, response: unknown): unknown {
  const output = outputShapeOf('ec2', action);
  return elementsOf(output ? inXml(response, output.shape, output.model) : response);
}

type Members = Readonly<Record<string, unknown>>;

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function elementsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? { items: value.map(elementsOf) } : {};
  if (!isMembers(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [elementName(name), elementsOf(each)]),
  );
}

/** `VpcId` → `vpcId`, `DryRun` → `dryRun`; `UserIdGroupPairs` of permissions and EC2's `Return` have names of their own. */
function elementName(name: string): string {
  if (name.toLowerCase() === 'return') return '_return';
  return name === 'UserIdGroupPairs' ? 'groups' : name.charAt(0).toLowerCase() + name.slice(1);
}

/** A value of a shape under the names that its members have in XML. */
function inXml(value: unknown, type: TypeName, model: ServiceModel): unknown {
  const shape = model.shapes[type];
  if (shape?.kind === 'list' && Array.isArray(value))
    return value.map((item) => inXml(item, shape.of, model));
  if (shape?.kind !== 'struct' || !isMembers(value)) return value;
  const members = new Map(membersOf(shape, model.protocol).map((member) => [member.name, member]));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const member = members.get(name);
      return member ? [member.xmlName, inXml(each, member.type, model)] : [name, each];
    }),
  );
}
