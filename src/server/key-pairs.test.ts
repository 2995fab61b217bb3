/** Making RSA keys beside other requests. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { ec2Call, send, withServer } from '../../tests/support/server.ts';

const create = (KeyName: string) => ec2Call('CreateKeyPair', { KeyName });

test('of creates of one name at once, exactly one succeeds', () =>
  withServer(async ({ endpoint }) => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(endpoint, create('web'))));
    deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400, 400, 400]);
    for (const { status, body } of answers) {
      match(body, status === 200 ? /BEGIN RSA PRIVATE KEY/ : /<Code>InvalidKeyPair.Duplicate</);
    }
    const { body } = await send(endpoint, ec2Call('DescribeKeyPairs'));
    equal(body.match(/<keyName>web</g)?.length, 1);
  }));

test('other requests are answered while keys are made', () =>
  withServer(async ({ endpoint }) => {
    const count = 6;
    let waiting = true;
    const keys = Promise.all(
      Array.from({ length: count }, async (_, index) => (await send(endpoint, create(`k${index}`))).status),
    ).finally(() => {
      waiting = false;
    });
    let answered = 0;
    for (; waiting; answered++) await send(endpoint, { path: '/_rampart/health' });
    deepEqual(new Set(await keys), new Set([200]));
    // A loop that stands still while it makes a key turns once a key at most.
    ok(answered > 2 * count, `health was answered ${answered} times`);
  }));
