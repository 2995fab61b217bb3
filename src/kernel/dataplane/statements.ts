/** Short makers of rule statements, so that chains read like nft(8). */
import type { Field, Statement, Value } from '../nft/statement.ts';

/** Values of `nfproto`. */
export const nfproto = { ipv4: 2, ipv6: 10 } as const;
/** Bits of `ct state` (linux/netfilter/nf_tables.h, NF_CT_STATE_BIT). */
export const ctState = { invalid: 1, established: 2, related: 4, new: 8 } as const;
/** Values of `ct direction`. */
const ctDirection = { original: 0, reply: 1 } as const;

export const is = (field: Field, value: Value): Statement => ({ kind: 'match', field, value });
export const isNot = (field: Field, value: Value): Statement => ({
  kind: 'match',
  field,
  value,
  negate: true,
});
export const isMasked = (field: Field, mask: number, value: number): Statement => ({
  kind: 'match',
  field,
  value,
  mask,
});
export const isNotMasked = (field: Field, mask: number, value: number): Statement => ({
  kind: 'match',
  field,
  value,
  mask,
  negate: true,
});
export const inSet = (fields: readonly Field[], set: string): Statement => ({ kind: 'lookup', fields, set });
export const notInSet = (fields: readonly Field[], set: string): Statement => ({
  kind: 'lookup',
  fields,
  set,
  negate: true,
});
/** `mask` applies to a single number. */
export const dispatch = (fields: readonly Field[], map: string, mask?: number): Statement => ({
  kind: 'dispatch',
  fields,
  map,
  ...(mask !== undefined && { mask }),
});
export const markFromMap = (fields: readonly Field[], map: string): Statement => ({
  kind: 'markFromMap',
  fields,
  map,
});
export const setMark = (value: number): Statement => ({ kind: 'setMark', and: 0, or: value });
export const keepMark = (bits: number): Statement => ({ kind: 'setMark', and: bits, or: 0 });
export const zoneFromMap = (fields: readonly Field[], map: string): Statement => ({
  kind: 'zoneFromMap',
  fields,
  map,
});
/** `ct mark set (ct mark & keep) | bits` */
export const setCtMark = (keep: number, bits: number): Statement => ({
  kind: 'setCtMark',
  and: keep,
  or: bits,
});
/** `ct mark set ct mark | bits` */
export const addCtMark = (bits: number): Statement => setCtMark(0xffffffff, bits);
export const jump = (chain: string): Statement => ({ kind: 'verdict', verdict: 'jump', chain });
export const goto = (chain: string): Statement => ({ kind: 'verdict', verdict: 'goto', chain });
export const accept: Statement = { kind: 'verdict', verdict: 'accept' };
export const drop: Statement = { kind: 'verdict', verdict: 'drop' };
export const back: Statement = { kind: 'verdict', verdict: 'return' };
export const original: Statement = is('ct direction', ctDirection.original);
export const reply: Statement = is('ct direction', ctDirection.reply);
