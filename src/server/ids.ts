/** Random digits for new resource ids, drawn from a pool: asking the system for each costs more than the rest. */
import { randomFillSync } from 'node:crypto';

const bytesPerId = 9;
const pool = Buffer.alloc(bytesPerId * 256);
let used = pool.length;

/** 17 random hex digits. */
export function hex17(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytesPerId;
  return pool.toString('hex', used - bytesPerId, used).slice(0, 17);
}
