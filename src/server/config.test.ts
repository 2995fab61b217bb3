import { deepEqual, rejects } from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig, quotasBy } from './config.ts';

test('an account has its own limits, and the common ones besides', () => {
  const own = { vpcsPerRegion: 2 };
  const common = { vpcsPerRegion: 1, elasticIpsPerRegion: 7 };
  const account = '123456789012';
  const rows = [
    [{}, account, {}],
    [{ default: common }, account, common],
    [{ [account]: own }, account, own],
    [{ [account]: own }, '210987654321', {}],
    [{ default: common, [account]: own }, account, { vpcsPerRegion: 2, elasticIpsPerRegion: 7 }],
    [{ default: common, [account]: own }, '210987654321', common],
    [{ default: common }, 'constructor', common],
  ] as const;
  for (const [quotas, asked, expected] of rows) {
    deepEqual(
      quotasBy({ allowedHosts: [], quotas })(asked),
      expected,
      `${asked} of ${JSON.stringify(quotas)}`,
    );
  }
});

test('limits that AWS itself could not grant are refused, an account’s together with the common ones, and unknown names', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rampart-config-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const account = '123456789012';
  const asked = (quotas: object) => {
    writeFileSync(join(directory, 'rampart.yaml'), JSON.stringify({ quotas }));
    return loadConfig(undefined, directory);
  };
  const rows: readonly (readonly [quotas: object, refused: RegExp | undefined])[] = [
    [{ default: { securityGroupsPerInterface: 16 } }, undefined],
    [
      { default: { securityGroupsPerInterface: 17 } },
      /rampart\.yaml: quotas\.default: .*is 17; the most is 16/,
    ],
    [{ default: { securityGroupsPerInterface: 10, rulesPerSecurityGroup: 100 } }, undefined],
    [
      { default: { securityGroupsPerInterface: 10 }, [account]: { rulesPerSecurityGroup: 101 } },
      /quotas\.123456789012: .*is 1010; the most is 1000/,
    ],
    [
      { accounts: { [account]: { vpcsPerRegion: 1 } } },
      /quotas\.accounts: this is neither an account id nor "default"/,
    ],
    [{ default: { vpcs: 1 } }, /quotas\.default: .*"vpcs"/],
  ];
  for (const [quotas, refused] of rows) {
    if (refused) await rejects(asked(quotas), refused);
    else deepEqual((await asked(quotas)).quotas, quotas);
  }
});
