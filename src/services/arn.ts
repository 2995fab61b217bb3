/** Amazon resource names (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html). */
import { partitionOf, type Scope } from '#vpc/scope.ts';

/** `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, where the resource is `type/id`. */
export function arnOf(service: string, scope: Scope, resource: string): string {
  return `arn:${partitionOf(scope.region)}:${service}:${scope.region}:${scope.account}:${resource}`;
}
