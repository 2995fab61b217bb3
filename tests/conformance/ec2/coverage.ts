/**
 * What the suite reached of the server's code, from V8's coverage of the server's processes: stripping types keeps
 * positions, so that offsets are those of the sources.
 */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

type Range = { readonly startOffset: number; readonly endOffset: number; readonly count: number };
type CoveredFunction = { readonly functionName: string; readonly ranges: readonly Range[] };
type Script = { readonly url: string; readonly functions: readonly CoveredFunction[] };

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A function for what cannot happen. */
const onlyThrows = /^\(\w*\) => \{\s*throw /;

/** A place in the sources, as `path:line text`. */
export type Place = string;

/** Every refusal and every function of the sources that no process reached. */
export function unreached(coverageDirectory: string, pattern: string): readonly Place[] {
  const reports = readdirSync(coverageDirectory).map(
    (name) =>
      (JSON.parse(readFileSync(join(coverageDirectory, name), 'utf8')) as { result: readonly Script[] })
        .result,
  );
  return globSync(pattern, { cwd: root })
    .filter((path) => !path.endsWith('.test.ts'))
    .sort()
    .flatMap((path) => {
      const url = pathToFileURL(join(root, path)).href;
      const scripts = reports.flatMap((report) => report.filter((script) => script.url === url));
      const text = readFileSync(join(root, path), 'utf8');
      return unreachedOffsets(text, scripts).map((offset) => placeOf(path, text, offset));
    });
}

function unreachedOffsets(text: string, scripts: readonly Script[]): readonly number[] {
  const calls = [...text.matchAll(/\brefuse\w*\(/g)]
    .map(({ index }) => index)
    .filter((index) => !/(function|import[^;]*)\s$/.test(text.slice(Math.max(0, index - 20), index)));
  const functions = new Set(
    scripts
      .flatMap((script) => script.functions.map(({ ranges }) => ranges[0]?.startOffset ?? 0))
      .filter((start) => !onlyThrows.test(text.slice(start))),
  );
  return [...new Set([...calls, ...functions])]
    .sort((a, b) => a - b)
    .filter((offset) => !scripts.some((script) => countAt(script, offset) > 0));
}

/** How often the innermost range around an offset ran. */
function countAt(script: Script, offset: number): number {
  let [size, count] = [Number.POSITIVE_INFINITY, 0];
  for (const range of script.functions.flatMap(({ ranges }) => ranges)) {
    const isAround = range.startOffset <= offset && offset < range.endOffset;
    const extent = range.endOffset - range.startOffset;
    if (isAround && extent <= size) [size, count] = [extent, range.count];
  }
  return count;
}

function placeOf(path: string, text: string, offset: number): Place {
  const line = text.slice(0, offset).split('\n').length;
  return `${path}:${line} ${text.slice(offset).split('\n', 1)[0]?.slice(0, 60).trim()}`;
}
