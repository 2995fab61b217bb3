/** The real SDK against a server in a process of its own: what it acknowledged is there after a restart. */
import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { down } from '#server/down.ts';
import { upOptions } from '#server/options.ts';
import { upDetached } from '#server/up.ts';
import { inDirectory } from '../support/server.ts';

function clientOptions(endpoint: string, accessKeyId = 'AKIAIOSFODNN7EXAMPLE', region = 'us-east-1') {
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey: 'secret' }, maxAttempts: 1 };
}

/** Runs work against a server on the directory that is ended by `down` afterwards. */
async function session(data: string, work: (endpoint: string) => Promise<void>): Promise<void> {
  const { endpoint } = await upDetached(upOptions.parse({ port: 0, data, enforce: 'off' }));
  try {
    await work(endpoint);
  } finally {
    deepEqual(await down({ data }), { wasRunning: true });
  }
}

const web = {
  IpProtocol: 'tcp',
  FromPort: 80,
  ToPort: 80,
  IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'everybody & all' }],
};

test('a group made, opened and described by the SDK is still there after a restart', () =>
  inDirectory(async (data) => {
    let groupId = '';
    await session(data, async (endpoint) => {
      const ec2 = new EC2Client(clientOptions(endpoint));
      const made = await ec2.send(
        new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web servers' }),
      );
      match(String(made.$metadata.requestId), /^[0-9a-f-]{36}$/);
      groupId = String(made.GroupId);
      const opened = await ec2.send(
        new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [web] }),
      );
      equal(opened.SecurityGroupRules?.length, 1);
      await rejects(
        ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [web] })),
        { name: 'InvalidPermission.Duplicate' },
      );
      await rejects(
        ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'again', DryRun: true })),
        { name: 'InvalidGroup.Duplicate' },
      );
      ec2.destroy();
    });
    await session(data, async (endpoint) => {
      const ec2 = new EC2Client(clientOptions(endpoint));
      const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
      const [group] = SecurityGroups ?? [];
      equal(group?.GroupName, 'web');
      deepEqual(group?.IpPermissions?.[0]?.IpRanges, web.IpRanges);
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [web] }));
      const after = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
      deepEqual(after.SecurityGroups?.[0]?.IpPermissions ?? [], []);
      ec2.destroy();
    });
  }));

test('accounts and regions keep their resources apart', () =>
  inDirectory((data) =>
    session(data, async (endpoint) => {
      const places = [
        clientOptions(endpoint),
        clientOptions(endpoint, '999999999999'),
        clientOptions(endpoint, undefined, 'eu-west-1'),
      ];
      for (const place of places) {
        const ec2 = new EC2Client(place);
        await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web servers' }));
        const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
        deepEqual(SecurityGroups?.map(({ GroupName }) => GroupName).sort(), ['default', 'web']);
        ec2.destroy();
      }
      const sts = new STSClient(clientOptions(endpoint, '999999999999'));
      const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
      deepEqual([Account, Arn], ['999999999999', 'arn:aws:iam::999999999999:root']);
      sts.destroy();
    }),
  ));

test('a region that AWS does not have is refused', () =>
  inDirectory((data) =>
    session(data, async (endpoint) => {
      const ec2 = new EC2Client(clientOptions(endpoint, undefined, 'mars-north-1'));
      await rejects(ec2.send(new DescribeSecurityGroupsCommand({})), { name: /./ });
      ec2.destroy();
    }),
  ));
