/**
 * Parameters and answers as CloudTrail shows those of EC2: names begin in lower case, lists are `{"items": […]}`, an
 * answer has its request's id. Where EC2 has wrappers of its own besides (`instancesSet` of RunInstances), they are not
 * imitated.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */

/** Members in CloudTrail's form; null where there are none. */
export function elementsOf(members: unknown): unknown {
  if (typeof members !== 'object' || members === null) return members;
  if (Array.isArray(members)) return members.length > 0 ? { items: members.map(elementsOf) } : {};
  const entries = Object.entries(members).map(([name, value]) => [elementName(name), elementsOf(value)]);
  return Object.fromEntries(entries);
}

/** `VpcId` → `vpcId`, `DryRun` → `dryRun`; EC2's `Return` is `_return` there. */
function elementName(name: string): string {
  return name === 'Return' ? '_return' : name.charAt(0).toLowerCase() + name.slice(1);
}
