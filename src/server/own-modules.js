/**
 * Tells Node where this program's own modules are: a specifier says it already, with its whole path and extension.
 * Asked itself, Node looks for a package.json in each folder above each of some 550 files and follows their links, a third
 * of a start. It is JavaScript for the reason in cli/main.js, and imported before all that it is to find.
 */
import { registerHooks } from 'node:module';

const source = new URL('../', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const parent = context.parentURL;
    if (!parent?.startsWith(source) || !specifier.endsWith('.ts')) return next(specifier, context);
    // As `imports` in package.json says of every room.
    const url = specifier.startsWith('#') ? source + specifier.slice(1) : new URL(specifier, parent).href;
    return { url, format: 'module-typescript', shortCircuit: true };
  },
});
