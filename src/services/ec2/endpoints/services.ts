/**
 * AWS services that endpoints lead to, by the names that clients ask for. The services themselves do not exist in this
 * world: an endpoint has its interfaces, routes and rules, and nobody answers behind it.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
import { partitionOf } from '#vpc/scope.ts';

export type EndpointService = {
  readonly name: string;
  readonly kinds: readonly ('gateway' | 'interface')[];
  /** The name that private DNS answers with the endpoint's addresses. */
  readonly privateDnsName: string;
};

/** The end of the service's name, and the start of its DNS name where the two differ. */
const interfaceServices: readonly (readonly [suffix: string, dns?: string])[] = [
  ['athena'],
  ['autoscaling'],
  ['backup'],
  ['cloudformation'],
  ['codebuild'],
  ['config'],
  ['dynamodb'],
  ['ec2'],
  ['ec2messages'],
  ['ecr.api', 'api.ecr'],
  ['ecr.dkr', '*.dkr.ecr'],
  ['ecs'],
  ['ecs-agent', 'ecs-a'],
  ['ecs-telemetry', 'ecs-t'],
  ['elasticloadbalancing'],
  ['events'],
  ['execute-api', '*.execute-api'],
  ['glue'],
  ['kinesis-firehose', 'firehose'],
  ['kinesis-streams', 'kinesis'],
  ['kms'],
  ['lambda'],
  ['logs'],
  ['monitoring'],
  ['rds'],
  ['s3'],
  ['sagemaker.api', 'api.sagemaker'],
  ['sagemaker.runtime', 'runtime.sagemaker'],
  ['secretsmanager'],
  ['sns'],
  ['sqs'],
  ['ssm'],
  ['ssmmessages'],
  ['states'],
  ['sts'],
];

const gatewayServices: ReadonlySet<string> = new Set(['dynamodb', 's3']);

/** The domain under which a region's services have their names. */
export function serviceDomain(region: string): string {
  return partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** All services of a region. */
export function servicesOf(region: string): readonly EndpointService[] {
  return interfaceServices.map(([suffix, dns = suffix]) => ({
    name: `com.amazonaws.${region}.${suffix}`,
    kinds: gatewayServices.has(suffix) ? ['gateway', 'interface'] : ['interface'],
    privateDnsName: `${dns}.${region}.${serviceDomain(region)}`,
  }));
}
