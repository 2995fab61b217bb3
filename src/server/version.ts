/** The product's version, as package.json says it. */
import { readFileSync } from 'node:fs';

const packageText = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');

export const productVersion: string = (JSON.parse(packageText) as { readonly version: string }).version;
