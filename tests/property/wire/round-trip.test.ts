/** Every operation of every model against the real AWS SDK: what it sends is what we read, and the other way round. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeInput } from '#wire/input.ts';
import { operationNames } from '#wire/operation.ts';
import { encodeError, encodeOutput } from '#wire/output.ts';
import { readRequest } from '#wire/request.ts';
import type { Call, RawRequest } from '#wire/wire.ts';
import { serviceNames } from '#wire/wire.ts';
import { arbitraryOf } from './arbitrary.ts';
import { credentials, modelFile, region, sdkSender } from './sdk.ts';

const numRuns = Number(process.env['RAMPART_WIRE_RUNS'] ?? 8);

for (const service of serviceNames) {
  const model = modelFile(service);
  const isXml = model.protocol === 'ec2Query' || model.protocol === 'awsQuery';
  let output: unknown;
  let received: { call: Call; input: unknown } | undefined;
  const send = sdkSender(service, (request) => {
    received = decoded(request);
    return encodeOutput(received.call.operation, output, 'request-id');
  });

  test(`${service}: inputs and outputs of all operations survive the SDK`, async () => {
    for (const operation of operationNames(service)) {
      const [inputShape = null, outputShape = null] = model.operations[operation] ?? [];
      const property = fc.asyncProperty(
        arbitraryOf(model, inputShape, 'request'),
        arbitraryOf(model, outputShape, isXml ? 'xmlResponse' : 'jsonResponse'),
        async (input, answer) => {
          output = answer;
          const got = await send(operation, input);
          assert.equal(received?.call.operation.name, operation);
          assert.equal(received?.call.account, credentials.accessKeyId);
          assert.equal(received?.call.region, region);
          assert.deepEqual(received?.input, input, `${operation}: input`);
          assert.deepEqual(got, answer, `${operation}: output`);
        },
      );
      await fc.assert(property, { numRuns });
    }
  });

  test(`${service}: the SDK reads our errors`, async () => {
    const refusing = sdkSender(service, () =>
      encodeError(model.protocol, { code: 'Some.Code', message: 'Not <this> & that', status: 400 }, 'rid-1'),
    );
    const [operation = ''] = operationNames(service);
    const [inputShape = null] = model.operations[operation] ?? [];
    const [input = {}] = fc.sample(arbitraryOf(model, inputShape, 'request'), 1);
    await assert.rejects(refusing(operation, input), (error: Error & { $metadata?: object }) => {
      assert.equal(error.name, 'Some.Code');
      assert.equal(error.message, 'Not <this> & that');
      assert.partialDeepStrictEqual(error.$metadata, { httpStatusCode: 400, requestId: 'rid-1' });
      return true;
    });
  });
}

function decoded(request: RawRequest): { call: Call; input: unknown } {
  const call = readRequest(request);
  assert.ok(call.kind === 'call', JSON.stringify(call));
  const input = decodeInput(call);
  assert.ok(input.kind === 'input', JSON.stringify(input));
  return { call, input: input.input };
}
