import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeReply } from './time.ts';

const query = (first: number, bytes = 48): Buffer => {
  const message = Buffer.alloc(bytes);
  message.writeUInt8(first);
  return message;
};
/** Leap bits, version, mode. */
const head = (version: number, mode: number): number => (version << 3) | mode;

test('a client’s message is answered in its version', () => {
  for (const version of [1, 3, 4]) {
    assert.equal(timeReply(query(head(version, 3)), 0)?.readUInt8(0), head(version, 4));
  }
});

test('what is no client’s message is not', () => {
  const others = [head(0, 3), head(5, 3), head(4, 4), head(4, 1), head(4, 6)];
  for (const first of others) assert.equal(timeReply(query(first), 0), undefined, String(first));
  assert.equal(timeReply(query(head(4, 3), 47), 0), undefined);
  assert.equal(timeReply(Buffer.alloc(0), 0), undefined);
});

test('times count from 1900, and the client’s own comes back', () => {
  const asked = query(head(4, 3));
  asked.write('12345678', 40, 'latin1');
  const reply = timeReply(asked, 1_500);
  assert.equal(reply?.toString('latin1', 24, 32), '12345678');
  assert.deepEqual([reply?.readUInt32BE(40), reply?.readUInt32BE(44)], [2_208_988_801, 0x8000_0000]);
});
