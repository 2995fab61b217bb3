import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateSecurityGroupResult, IpPermission } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { Account } from '../../../../tests/support/account.ts';

type Side = 'Ingress' | 'Egress';
type Step = {
  readonly verb: 'Authorize' | 'Revoke';
  readonly side: Side;
  readonly ports: readonly number[];
  readonly family: 4 | 6;
};

const limit = 4;

const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom('Authorize', 'Revoke'),
  side: fc.constantFrom('Ingress', 'Egress'),
  ports: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
  family: fc.constantFrom(4, 6),
});

const permission = (port: number, family: 4 | 6): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  ...(family === 4
    ? { IpRanges: [{ CidrIp: '10.0.0.0/8' }] }
    : { Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }] }),
});

/** What a request must do to a plain set of rules: the next set, or the code that refuses it. */
function model(held: ReadonlySet<string>, { verb, side, ports, family }: Step): ReadonlySet<string> | string {
  const keys = ports.map((port) => `${side} ${family} ${port}`);
  if (verb === 'Revoke') return new Set([...held].filter((key) => !keys.includes(key)));
  if (new Set(keys).size < keys.length) return 'InvalidParameterValue';
  if (keys.some((key) => held.has(key))) return 'InvalidPermission.Duplicate';
  const next = new Set([...held, ...keys]);
  const count = [...next].filter((key) => key.startsWith(`${side} ${family} `)).length;
  return count > limit ? 'RulesPerSecurityGroupLimitExceeded' : next;
}

function rulesOf(account: Account, id: string): readonly string[] {
  const rules = account.network.securityGroup.get(id)?.rules ?? [];
  return rules
    .map(({ direction, service, peer }) => {
      const family = peer.kind === 'cidr' && peer.cidr.includes(':') ? 6 : 4;
      const port = service.kind === 'ports' ? service.from : '';
      return `${direction === 'ingress' ? 'Ingress' : 'Egress'} ${family} ${port}`;
    })
    .sort();
}

test('any sequence of requests does to a group what it does to a set, or nothing', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const account = new Account({ quotas: { rulesPerSecurityGroup: limit } });
      const created = { GroupName: 'web', Description: 'd' };
      const id = account.call<CreateSecurityGroupResult>('CreateSecurityGroup', created).GroupId ?? '';
      account.call('RevokeSecurityGroupEgress', {
        GroupId: id,
        IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      });
      let held: ReadonlySet<string> = new Set();
      for (const each of steps) {
        const expected = model(held, each);
        const outcome = account.attempt(`${each.verb}SecurityGroup${each.side}`, {
          GroupId: id,
          IpPermissions: each.ports.map((port) => permission(port, each.family)),
        });
        assert.equal(
          outcome.kind === 'ok' ? 'ok' : outcome.code,
          typeof expected === 'string' ? expected : 'ok',
        );
        if (typeof expected !== 'string') held = expected;
        assert.deepEqual(rulesOf(account, id), [...held].sort());
      }
    }),
    { numRuns: 150 },
  );
});
