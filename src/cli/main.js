/**
 * The one entry of `rampart`: keeps compiled code between starts, runs a command, turns failures into exit codes. It is
 * JavaScript since it runs before there is kept code: Node would load its TypeScript parser for these lines, at every start.
 */
import '#server/own-modules.js';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/rampart', import.meta.url)));
const { runCli } = await import('./run.ts');
process.exitCode = await runCli(process.argv.slice(2));
