import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, Registry } from 'prom-client';
import { histogramText, type Series, Tally } from './histogram.ts';

const bounds = [0.5, 1, 2.5];
const labels = 'service="ec2",action="CreateVpc"';

function seriesOf(values: readonly number[]): Series {
  const tally = new Tally(bounds);
  for (const value of values) tally.observe(value);
  return [labels, tally.figures()];
}

/** Lines without the order of labels, which means nothing. */
function linesOf(text: string): readonly string[] {
  const sorted = (inside: string) => inside.split(',').sort().join(',');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\{(.*)\}/, (_, inside: string) => `{${sorted(inside)}}`));
}

test('counts and writes what the client library of Prometheus does, on both sides of every bound', async () => {
  const rows: readonly (readonly number[])[] = [[0], [0.5, 0.500001], [1, 1, 1.25], [2.5, 2.75, 1e9], []];
  for (const values of rows) {
    const registry = new Registry();
    const name = 'seconds';
    const theirs = new Histogram({
      ...{ name, help: 'how long', buckets: bounds, labelNames: ['service', 'action'] },
      registers: [registry],
    });
    const called = { service: 'ec2', action: 'CreateVpc' };
    if (values.length === 0) theirs.zero(called);
    for (const value of values) theirs.observe(called, value);
    const ours = histogramText(name, 'how long', [seriesOf(values)]);
    deepEqual(linesOf(ours), linesOf(await registry.metrics()), `${values}`);
  }
});

test('a histogram without labels has no braces of its own', () => {
  const [, figures] = seriesOf([1]);
  const text = histogramText('x', 'y', [['', figures]]);
  equal(text.includes('x_sum 1\nx_count 1\n'), true, text);
  equal(text.includes('x_bucket{le="1"} 1\n'), true, text);
});
