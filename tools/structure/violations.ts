/** The rules of the house that no other tool holds, each as a function from sources to sentences. */
import { kindOf, mayImport, roomOf } from './rooms.ts';
import { importsOf, isTest, packageOf, type Source, targetOf } from './source.ts';

/** Lines that a file may have; design: median 100, normally 250. */
const linesMax = 400;
const testLinesMax = 600;

const bannedNames = /(^|[/.-])(utils?|helpers?|managers?)([/.-]|$)/;

/** Every violation in these sources, one sentence each. `packages` are the production dependencies. */
export function violations(sources: readonly Source[], packages: readonly string[]): readonly string[] {
  return [
    ...sources.flatMap(sizeViolations),
    ...sources.flatMap(nameViolations),
    ...sources.flatMap(directionViolations),
    ...sources.flatMap((source) => packageViolations(source, packages)),
    ...sources.flatMap(suppressionViolations),
    ...cycles(sources),
  ];
}

function sizeViolations({ path, text }: Source): readonly string[] {
  const lines = text.split('\n').length - 1;
  const max = isTest(path) ? testLinesMax : linesMax;
  return lines > max ? [`${path} has ${lines} lines; ${max} are allowed`] : [];
}

function nameViolations({ path }: Source): readonly string[] {
  return bannedNames.test(path) ? [`${path}: name the thing it holds, not utils, helpers or manager`] : [];
}

function directionViolations(source: Source): readonly string[] {
  const { path } = source;
  const room = roomOf(path);
  if (room === undefined) return [];
  if (!kindOf(room)) return [`${path}: the room ${room} is not in the order of tools/structure/rooms.ts`];
  return importsOf(source).flatMap(({ specifier }) => {
    const target = targetOf(path, specifier);
    if (target === undefined) return [];
    const targetRoom = roomOf(target);
    if (targetRoom === room) {
      return specifier.startsWith('#') ? [`${path} imports its own room as ${specifier}; write ./…`] : [];
    }
    if (targetRoom === undefined) {
      const shared = isTest(path) && target.startsWith('tests/support/');
      return shared ? [] : [`${path} imports ${specifier} from outside src/`];
    }
    if (!specifier.startsWith('#')) return [`${path} imports ${specifier}; write #${targetRoom}/…`];
    return mayImport(room, targetRoom) ? [] : [`${path} imports ${specifier}, against the order of rooms`];
  });
}

function packageViolations(source: Source, packages: readonly string[]): readonly string[] {
  const { path } = source;
  const room = roomOf(path);
  if (room === undefined || isTest(path)) return [];
  const pure = kindOf(room) === 'pure';
  return importsOf(source).flatMap(({ specifier, typeOnly }) => {
    const name = packageOf(specifier);
    const outside = name !== undefined || specifier.startsWith('node:');
    if (pure && outside && !typeOnly) return [`${path} is in a pure room and imports ${specifier}`];
    if (name === undefined || typeOnly || packages.includes(name)) return [];
    return [`${path} imports ${name}, which is not among the dependencies of package.json`];
  });
}

function suppressionViolations({ path, text }: Source): readonly string[] {
  const bare = /@ts-(ignore|nocheck)|@ts-expect-error\s*$|biome-ignore-all/m.exec(text);
  return bare && !path.startsWith('tools/structure/')
    ? [`${path}: ${bare[0].trim()}; suppress one line, with @ts-expect-error and the reason`]
    : [];
}

/** Circles of files that import each other, each named once from its first file on. */
function cycles(sources: readonly Source[]): readonly string[] {
  const known = new Set(sources.map(({ path }) => path));
  const targets = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source).flatMap(({ specifier }) => {
        const target = targetOf(source.path, specifier);
        return target !== undefined && known.has(target) ? [target] : [];
      }),
    ]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(`import cycle: ${[...trail.slice(start), path].join(' → ')}`);
    if (start >= 0 || done.has(path)) return;
    trail.push(path);
    for (const target of targets.get(path) ?? []) visit(target);
    trail.pop();
    done.add(path);
  };
  for (const path of targets.keys()) visit(path);
  return found;
}
