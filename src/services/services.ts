/** Every service that Rampart speaks, by the name in the credential scope. */
import { cloudtrail } from './cloudtrail/operations.ts';
import { ec2 } from './ec2/operations.ts';
import type { OperationTable } from './operation.ts';
import { sts } from './sts/operations.ts';

export const services: Readonly<Record<string, OperationTable>> = { cloudtrail, ec2, sts };
