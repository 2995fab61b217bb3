import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type QuotaOverrides, quotaOf, quotaProblem } from './quotas.ts';

test('an override stands in for AWS’s default', () => {
  assert.equal(quotaOf('rulesPerSecurityGroup'), 60);
  assert.equal(quotaOf('rulesPerSecurityGroup', { rulesPerSecurityGroup: 0 }), 0);
  assert.equal(quotaOf('rulesPerSecurityGroup', { vpcsPerRegion: 9 }), 60);
});

test('overrides that AWS could grant, and others', () => {
  const rows: readonly (readonly [overrides: QuotaOverrides, fine: boolean])[] = [
    [{}, true],
    [{ vpcsPerRegion: 0 }, true],
    [{ vpcsPerRegion: -1 }, false],
    [{ vpcsPerRegion: 1.5 }, false],
    [{ nonsense: 1 } as QuotaOverrides, false],
    [{ securityGroupsPerInterface: 16 }, true],
    [{ securityGroupsPerInterface: 17, rulesPerSecurityGroup: 1 }, false],
    [{ rulesPerSecurityGroup: 200 }, true],
    [{ rulesPerSecurityGroup: 201 }, false],
    [{ rulesPerSecurityGroup: 1000, securityGroupsPerInterface: 1 }, true],
  ];
  for (const [overrides, fine] of rows) {
    assert.equal(quotaProblem(overrides) === undefined, fine, JSON.stringify(overrides));
  }
});
