/** Writes docs/operations.md. */
import { writeFileSync } from 'node:fs';
import { documentOf } from './document.ts';
import { root, serviceFacts } from './facts.ts';

writeFileSync(`${root}docs/operations.md`, documentOf(serviceFacts()));
