/** `dump:PATH`: output of `aws ec2 describe-*` in files, by any names and in any folders. */
import { type OnProgress, unseen, type Watch } from '#proof/progress.ts';
import { readKeys } from '../describe/calls.ts';
import type { Document } from '../describe/found.ts';
import { worldOf } from '../describe/world.ts';
import { type Imported, type Problem, problemPlace, UnreadableSource } from '../imported.ts';
import { parseJson } from '../json/fault.ts';
import { isObject } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import { type DumpFile, dumpFiles } from './files.ts';

/** Reads a file or a folder. Throws `UnreadableSource` where nothing in it describes a network. */
export function readDump(path: string, watch: Watch = unseen): Imported {
  const { documents, problems, others } = watch('megabytes read:', (note) => filesOf(path, note));
  if (!documents.some(({ body }) => Object.keys(body).some((key) => readKeys.has(key)))) {
    const faults = problems.map((each) => `${problemPlace(each)}: ${each.reason}`);
    const nothing = others === 0 ? 'it is an empty folder' : 'nothing of it is JSON';
    const [why = nothing] = [...faults, ...documents.map(otherJson)];
    throw new UnreadableSource(`${path} holds no output of aws ec2 describe-*; ${why}`);
  }
  const imported = worldOf(documents, stableHex, watch);
  const skipped = others === 0 ? [] : [{ what: 'files that are not JSON', count: others }];
  return {
    ...imported,
    skipped: [...imported.skipped, ...skipped],
    problems: [...problems, ...imported.problems],
  };
}

/** The outputs in the files, what cannot be read, and how many files are no JSON. */
function filesOf(path: string, onProgress: OnProgress) {
  const documents: Document[] = [];
  const problems: Problem[] = [];
  let others = 0;
  for (const file of dumpFiles(path, onProgress)) {
    const read = documentOf(file);
    if (read.kind === 'document') documents.push(read.document);
    else if (read.kind === 'problem') problems.push(read.problem);
    else others++;
  }
  return { documents, problems, others };
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
  const isNamedJson = /\.json(\.gz)?$/i.test(file);
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
