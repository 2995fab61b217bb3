import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { scalarTypes } from '../src/wire/model.ts';
import { fileText, modelFile, modelOf, serviceNames } from './generate-models.ts';

for (const service of serviceNames) {
  test(`the committed model of ${service} is what the generator writes`, () => {
    const committed = readFileSync(modelFile(service), 'utf8');
    assert.ok(committed === fileText(modelOf(service)), 'run npm run generate and review the difference');
  });

  test(`every type of ${service} is a scalar or a shape of the model`, () => {
    const { shapes, operations } = modelOf(service);
    const known = new Set<string>([...scalarTypes, ...Object.keys(shapes)]);
    const named = Object.values(shapes).flatMap((shape) =>
      'of' in shape
        ? [shape.of]
        : Object.values(shape.members).map((m) => (typeof m === 'string' ? m : m[0])),
    );
    const roots = Object.values(operations).flatMap((pair) => pair.filter((name) => name !== null));
    assert.deepEqual(
      [...named, ...roots].filter((name) => !known.has(name)),
      [],
    );
  });
}

test('the models stay slim', () => {
  const bytes = serviceNames.map((service) => readFileSync(modelFile(service)).length);
  assert.ok(Math.max(...bytes) < 400_000, `${bytes}`);
});
