/** Pieces of outputs, with the documents that they stand in. */
import type { Json } from '../json/fields.ts';

/** One output of a call. `folder` and `file` are parts of its path, as messages show them. */
export type Document = { readonly folder: string; readonly file: string; readonly body: Json };

/** What an output lists under a key, where the subject is told by the file's name. */
export type Output = { readonly key: string; readonly items: readonly Json[]; readonly document: Document };

/** One resource as it was found. */
export type Found = { readonly key: string; readonly item: Json; readonly document: Document };
