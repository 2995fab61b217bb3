/**
 * Versions of an API that came before the one of its model, as their clients still name them. Of EC2: those of AWS's
 * SDKs, the same list as of the SDK for JavaScript 2, which speaks the newest one where one of them is asked for. What
 * they share with it has the same names on the wire, so that only the response's namespace differs; what came later,
 * such clients pass over.
 * https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/AWS/EC2.html
 * https://docs.aws.amazon.com/sdkref/latest/guide/setting-global-api_versions.html
 */
import type { ServiceName } from './wire.ts';

export const olderVersions: Readonly<Record<ServiceName, readonly string[]>> = {
  ec2: [
    '2013-06-15',
    '2013-10-15',
    '2014-02-01',
    '2014-05-01',
    '2014-06-15',
    '2014-09-01',
    '2014-10-01',
    '2015-03-01',
    '2015-04-15',
    '2015-10-01',
    '2016-04-01',
    '2016-09-15',
  ],
  sts: [],
  cloudtrail: [],
};
