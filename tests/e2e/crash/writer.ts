/**
 * Writes to the data directory in the first argument until it is killed. Says the number of each request on standard
 * output once it is acknowledged. A request makes a VPC and a gateway and updates a subnet of all requests.
 */
import { writeSync } from 'node:fs';
import { prepareDataDirectory } from '#state/data-directory.ts';
import { Database } from '#state/database.ts';
import { openSqliteStore } from '#state/sqlite-store.ts';
import type { Transaction } from '#state/transaction.ts';
import { gatewayOf, scope, tallyOf, vpcOf } from './resources.ts';

const lanes = 8;
const database = await Database.open(openSqliteStore(prepareDataDirectory(process.argv[2] ?? '')));
let next = database.sequence + 1;

async function write(): Promise<void> {
  for (;;) {
    const n = next++;
    const meta = { timeMs: n, principal: 'writer', action: 'Write', requestId: `request-${n}` };
    await database.change(scope, meta, (transaction) => writeOne(transaction, n));
    writeSync(1, `${n}\n`);
  }
}

function writeOne(transaction: Transaction, n: number): void {
  transaction.put('vpc', vpcOf(n));
  transaction.put('prefixList', tallyOf(n));
  transaction.put('internetGateway', gatewayOf(n));
  if (n % 3 === 0) transaction.remove('vpc', vpcOf(n - 2).id);
}

await Promise.all(Array.from({ length: lanes }, write));
