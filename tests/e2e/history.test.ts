/** `rampart history` and `rampart reset`: what a server has been through, and its first state again. */
import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { ran } from '../support/ran.ts';
import { ec2Call, send, withServer } from '../support/server.ts';

async function groupWithRule(endpoint: string): Promise<string> {
  const made = await send(
    endpoint,
    ec2Call('CreateSecurityGroup', { GroupName: 'w', GroupDescription: 'w' }),
  );
  const [groupId = ''] = /sg-[0-9a-f]{17}/.exec(made.body) ?? [];
  const permission = { IpProtocol: 'tcp', FromPort: '22', ToPort: '22', 'IpRanges.1.CidrIp': '10.0.0.0/8' };
  const named = Object.entries(permission).map(([name, value]) => [`IpPermissions.1.${name}`, value]);
  const call = ec2Call('AuthorizeSecurityGroupIngress', { GroupId: groupId, ...Object.fromEntries(named) });
  equal((await send(endpoint, call)).status, 200);
  return groupId;
}

test('history names each change, its time, who made it, and what of it became of what', () =>
  withServer(async ({ endpoint }) => {
    const group = await groupWithRule(endpoint);
    const ask = (...args: readonly string[]) => ran(['history', ...args], { RAMPART_ENDPOINT: endpoint });
    const rows: readonly (readonly [args: readonly string[], status: number, says: RegExp])[] = [
      [[], 0, /^ {2}journal {2}time/],
      [[], 0, /\n {2}3 +\d{4}-\S+Z {2}123456789012:root +AuthorizeSecurityGroupIngress +changed sg-/],
      [[], 0, /\n {2}1 +\S+ +\S+ +CreateDefaultVpc +created .* and \d+ more\n3 changes\n$/],
      [[group], 0, /\n2 changes\n$/],
      [['--limit', '2'], 0, /\n2 changes; older ones: --before 2\n$/],
      [['--before', '2'], 0, /CreateDefaultVpc.*\n1 change\n$/],
      [['--before', '1'], 0, /^0 changes\n$/],
      [['sg-00000000000000000'], 0, /^0 changes\n$/],
      [['--limit', '0'], 2, /--limit 0: give a number from 1 to 1000/],
      [['--limit', '1001'], 2, /--limit 1001/],
      [['--before', 'now'], 2, /--before now: give a journal sequence/],
    ];
    for (const [args, status, says] of rows) {
      const { status: got, stdout, stderr } = await ask(...args);
      equal(got, status, stderr);
      match(status === 0 ? stdout : stderr, says);
    }
    const { changes } = JSON.parse((await ask(group, '--json')).stdout);
    deepEqual(
      changes.map((each: Record<string, unknown>) => [each['sequence'], each['action'], each['resources']]),
      [
        [3, 'AuthorizeSecurityGroupIngress', [{ kind: 'securityGroup', id: group, change: 'changed' }]],
        [2, 'CreateSecurityGroup', [{ kind: 'securityGroup', id: group, change: 'created' }]],
      ],
    );
  }));

test('reset removes all state where the server allows it, and only there', async () => {
  for (const allowReset of [true, false]) {
    await withServer(
      async ({ endpoint, health }) => {
        await groupWithRule(endpoint);
        const { status, stdout, stderr } = await ran(['reset'], { RAMPART_ENDPOINT: endpoint });
        equal(status, allowReset ? 0 : 1);
        match(allowReset ? stdout : stderr, allowReset ? /All state is gone/ : /with --allow-reset/);
        equal(health().sequence, allowReset ? 0 : 3);
      },
      { allowReset },
    );
  }
});
