/**
 * The entry of a server's own process: keeps compiled code between starts, which halves the time of one. It is JavaScript
 * for the reason in cli/main.js.
 */
import './own-modules.js';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/rampart', import.meta.url)));
await import('./detached.ts');
