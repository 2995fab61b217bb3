import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { quotasBy } from './config.ts';

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
