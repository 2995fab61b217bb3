/**
 * Every operation against the botocore of Debian's awscli: an implementation of the protocols that shares nothing with
 * the SDK from which our models come. It is older than they are; what it does not know yet is left out.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeInput } from '#wire/input.ts';
import { olderVersions } from '#wire/older-versions.ts';
import { operationNames, operationOf } from '#wire/operation.ts';
import { encodeOutput } from '#wire/output.ts';
import { readRequest } from '#wire/request.ts';
import { type ServiceName, serviceNames } from '#wire/wire.ts';
import { arbitraryOf } from '../../property/wire/arbitrary.ts';
import { modelFile } from '../../property/wire/sdk.ts';

const python = '/usr/bin/python3';
const samplesPerOperation = 4;
const seed = Number(process.env['RAMPART_SEED'] ?? Date.now() % 2 ** 31);
const boto3Missing = spawnSync(python, ['-c', 'import botocore']).status !== 0;
const missing = spawnSync(python, ['-c', 'import awscli.botocore']).status !== 0;

type Case = {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly response: string;
};

type Result =
  | { readonly known: false }
  | {
      readonly known: true;
      readonly input: unknown;
      /** Form parameters, or JSON text. */
      readonly body: Readonly<Record<string, string>> | string;
      readonly target: string | null;
      readonly difference: unknown;
    };

function casesOf(service: ServiceName): readonly Case[] {
  const model = modelFile(service);
  const side = model.protocol.startsWith('awsJson') ? 'jsonResponse' : 'xmlResponse';
  return operationNames(service).flatMap((operation) => {
    const [inputShape = null, outputShape = null] = model.operations[operation] ?? [];
    const wireOperation = operationOf(service, operation);
    assert.ok(wireOperation);
    const pairs = fc.tuple(arbitraryOf(model, inputShape, 'request'), arbitraryOf(model, outputShape, side));
    return fc.sample(pairs, { numRuns: samplesPerOperation, seed }).map(([input, output]) => ({
      service,
      operation,
      input: tagged(input, 1000),
      output: tagged(output),
      response: encodeOutput(wireOperation, output, 'rid').body,
    }));
  });
}

/** A value as JSON that keeps dates and bytes apart from text. Botocore sends no parts of seconds in JSON. */
function tagged(value: unknown, precisionMs = 1): unknown {
  if (value instanceof Date) return { $date: value.getTime() - (value.getTime() % precisionMs) };
  if (value instanceof Uint8Array) return { $blob: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map((item) => tagged(item, precisionMs));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tagged(item, precisionMs)]));
}

function decoded(service: ServiceName, { body, target }: Extract<Result, { known: true }>): unknown {
  const credential = `AKID/20260101/us-east-1/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  const text = typeof body === 'string' ? body : new URLSearchParams(body).toString();
  const call = readRequest({
    method: 'POST',
    path: '/',
    query: '',
    headers: {
      authorization: [authorization],
      ...(target === null
        ? { 'content-type': ['application/x-www-form-urlencoded; charset=utf-8'] }
        : { 'content-type': ['application/x-amz-json-1.1'], 'x-amz-target': [target] }),
    },
    body: new TextEncoder().encode(text),
  });
  assert.ok(call.kind === 'call', JSON.stringify(call));
  const input = decodeInput(call);
  assert.ok(input.kind === 'input', `RAMPART_SEED=${seed} ${text}: ${JSON.stringify(input)}`);
  return tagged(input.input);
}

for (const service of serviceNames) {
  test(`${service}: botocore writes what we read and reads what we write`, {
    skip: missing && 'the Debian package awscli is not installed',
  }, () => {
    const cases = casesOf(service);
    const script = new URL('./botocore.py', import.meta.url).pathname;
    const run = spawnSync(python, [script], { input: JSON.stringify(cases), maxBuffer: 2 ** 28 });
    assert.equal(run.status, 0, run.stderr.toString());
    const results = JSON.parse(run.stdout.toString()) as Result[];
    let known = 0;
    for (const [index, result] of results.entries()) {
      if (!result.known) continue;
      known++;
      const name = cases[index]?.operation;
      assert.deepEqual(decoded(service, result), result.input, `${name}: input (RAMPART_SEED=${seed})`);
      assert.equal(JSON.stringify(result.difference), 'null', `${name}: output (RAMPART_SEED=${seed})`);
    }
    assert.ok(known > cases.length * 0.8, `botocore knows ${known} of ${cases.length}`);
  });
}

test('the older versions of EC2 name everything as the newest one does', {
  skip: boto3Missing && 'the Debian package python3-boto3, which brings their models, is not installed',
}, () => {
  const script = new URL('./older-versions.py', import.meta.url).pathname;
  const input = JSON.stringify({ operations: operationNames('ec2'), version: modelFile('ec2').version });
  // -P: the script beside it is called botocore, too.
  const run = spawnSync(python, ['-P', script], { input, maxBuffer: 2 ** 28 });
  assert.equal(run.status, 0, run.stderr.toString());
  const { versions, members, lost } = JSON.parse(run.stdout.toString());
  assert.deepEqual(
    versions.filter((version: string) => !olderVersions.ec2.includes(version)),
    [],
  );
  assert.ok(versions.length > 5 && members > 5_000, `${versions.length} versions, ${members} members`);
  assert.deepEqual(lost, []);
});
