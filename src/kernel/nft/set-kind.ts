/** What makes one set exchangeable for another of the same name: types, flags and the parts of the key. */
import { type Attributes, eachAttribute, nested, readAttributes } from '../netlink/reader.ts';
import * as nf from './constants.ts';
import { datatypeBytes, keyBytes, keyTypes, typeNumber } from './datatype.ts';
import { shapeOf } from './element.ts';
import type { SetSpec } from './statement.ts';

/** The flags that a set is made with. */
export function setFlags(set: SetSpec): number {
  return (
    (shapeOf(set) === 'exact' ? 0 : nf.setFlag.interval) |
    (set.key.length > 1 ? nf.setFlag.concat : 0) |
    (set.data === undefined ? 0 : nf.setFlag.map) |
    (set.dynamic ? nf.setFlag.eval | nf.setFlag.timeout : 0)
  );
}

/** nft's number of the type that a map's values have; 0 for sets. */
export function dataTypeNumber({ data }: SetSpec): number {
  if (data === undefined) return 0;
  return data === 'verdict' ? nf.DATA_TYPE_VERDICT : typeNumber([data]);
}

/** The kind of a set that is to be made, as a text that equals `kindRead` of one in the kernel that can take its place. */
export function kindOf(set: SetSpec): string {
  const key = keyTypes(set);
  const fields = key.length > 1 ? key.map(datatypeBytes) : [];
  const { sizeMax = 0, timeoutMs = 0 } = set.dynamic ?? {};
  return text([
    setFlags(set),
    typeNumber(key),
    keyBytes(key),
    dataTypeNumber(set),
    sizeMax,
    timeoutMs,
    ...fields,
  ]);
}

/** The kind of a set as the kernel shows it. */
export function kindRead(attributes: Attributes): string {
  const number = (type: number) => attributes.get(type)?.readUInt32BE(0) ?? 0;
  const description = nested(attributes, nf.set.description);
  const fields: number[] = [];
  const concat = description.get(nf.setDescription.concat);
  if (concat) {
    eachAttribute(concat, (_type, part) => {
      fields.push(readAttributes(part).get(nf.setDescription.fieldLength)?.readUInt32BE(0) ?? 0);
    });
  }
  return text([
    number(nf.set.flags),
    number(nf.set.keyType),
    number(nf.set.keyLength),
    number(nf.set.dataType),
    description.get(nf.setDescription.size)?.readUInt32BE(0) ?? 0,
    Number(attributes.get(nf.set.timeout)?.readBigUInt64BE(0) ?? 0n),
    ...fields,
  ]);
}

const text = (numbers: readonly number[]): string => numbers.join(' ');
