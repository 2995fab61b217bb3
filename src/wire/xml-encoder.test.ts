import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceModel } from './model.ts';
import { xmlEncoders } from './xml-encoder.ts';

const model: ServiceModel = {
  notice: '',
  protocol: 'awsQuery',
  version: '1',
  xmlNamespace: '',
  target: '',
  operations: {},
  shapes: {
    Output: {
      kind: 'struct',
      members: {
        Names: 'Names',
        Others: ['Others', 'others'],
        Ratio: 'double',
        At: 'epochSeconds',
        On: 'httpDate',
        Key: 'blob',
        Next: 'Output',
      },
    },
    Names: { kind: 'list', of: 'string' },
    Others: { kind: 'list', of: 'string', item: 'other' },
  },
};

const rows: readonly (readonly [unknown, string])[] = [
  [{ Names: ['a', ''] }, '<Names><member>a</member><member/></Names>'],
  [{ Others: ['a'] }, '<others><other>a</other></others>'],
  [{ Names: [], Others: undefined, Next: null }, '<Names/>'],
  [{ Ratio: 1.5 }, '<Ratio>1.5</Ratio>'],
  [{ At: new Date(1500) }, '<At>1.5</At>'],
  [{ On: new Date(0) }, '<On>Thu, 01 Jan 1970 00:00:00 GMT</On>'],
  [{ Key: Uint8Array.of(0) }, '<Key>AA==</Key>'],
  [{ Next: { Next: {} } }, '<Next><Next/></Next>'],
];

for (const [output, expected] of rows) {
  test(`XML of ${JSON.stringify(output)}`, () => {
    assert.equal(xmlEncoders(model)('Output')(output), expected);
  });
}

const misfits: readonly unknown[] = [{ At: 1 }, { At: '1970' }, { Key: 'AA==' }, { Ratio: '1' }, 1, null];

for (const output of misfits) {
  test(`no XML of ${JSON.stringify(output)}`, () => {
    assert.throws(() => xmlEncoders(model)('Output')(output), TypeError);
  });
}
