/** `dump:PATH`: output of `aws ec2 describe-*` in files, by any names and in any folders. */
import { readKeys } from '../describe/calls.ts';
import type { Document } from '../describe/gather.ts';
import { worldOf } from '../describe/world.ts';
import { type Imported, type Problem, problemPlace, UnreadableSource } from '../imported.ts';
import { parseJson } from '../json/fault.ts';
import { isObject } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import { type DumpFile, dumpFiles } from './files.ts';

/** Reads a file or a folder. Throws `UnreadableSource` where nothing in it describes a network. */
export function readDump(path: string): Imported {
  const documents: Document[] = [];
  const problems: Problem[] = [];
  let [files, others] = [0, 0];
  for (const file of dumpFiles(path)) {
    files++;
    const read = documentOf(file);
    if (read.kind === 'document') documents.push(read.document);
    else if (read.kind === 'problem') problems.push(read.problem);
    else others++;
  }
  if (!documents.some(({ body }) => Object.keys(body).some((key) => readKeys.has(key)))) {
    const faults = problems.map((each) => `${problemPlace(each)}: ${each.reason}`);
    const nothing = files === 0 ? 'it is an empty folder' : 'nothing of it is JSON';
    const [why = nothing] = [...faults, ...documents.map(otherJson)];
    throw new UnreadableSource(`${path} holds no output of aws ec2 describe-*; ${why}`);
  }
  const imported = worldOf(documents, stableHex);
  const skipped = others === 0 ? [] : [{ what: 'files that are not JSON', count: others }];
  return {
    ...imported,
    skipped: [...imported.skipped, ...skipped],
    problems: [...problems, ...imported.problems],
  };
}

/** What a file holds that is no output of AWS. */
function otherJson({ file, body }: Document): string {
  if ('planned_values' in body || 'terraform_version' in body) return `${file} is of terraform: tfplan:FILE`;
  const [key] = Object.keys(body);
  return key === undefined ? `${file} is an empty object` : `${file} holds ${key}`;
}

type Read =
  | { readonly kind: 'document'; readonly document: Document }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'other' };

function documentOf(read: DumpFile): Read {
  const { folder, file } = read;
  if ('reason' in read) return problem({ file, reason: read.reason });
  const { text } = read;
  const isNamedJson = file.toLowerCase().endsWith('.json');
  const start = text.trimStart();
  if (start === '') {
    return isNamedJson
      ? problem({ file, reason: 'the file is empty; the call may have failed' })
      : { kind: 'other' };
  }
  if (!isNamedJson && !start.startsWith('{')) return { kind: 'other' };
  const parsed = parseJson(text);
  if (parsed.kind === 'broken') {
    const { line, column, reason } = parsed.fault;
    return problem({ file, line, column, reason });
  }
  if (!isObject(parsed.value))
    return problem({ file, line: 1, reason: 'it is no object, as every output is' });
  return { kind: 'document', document: { folder, file, body: parsed.value } };
}

const problem = (found: Problem): Read => ({ kind: 'problem', problem: found });
