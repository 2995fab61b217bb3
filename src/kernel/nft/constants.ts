/** Numbers of linux/netfilter/nf_tables.h and of nft's own type list, under the names used there. */

export const SUBSYSTEM = 10;
export const FAMILY_INET = 1;

export const message = {
  newTable: 0,
  getTable: 1,
  deleteTable: 2,
  newChain: 3,
  getChain: 4,
  deleteChain: 5,
  newRule: 6,
  getRule: 7,
  deleteRule: 8,
  newSet: 9,
  getSet: 10,
  deleteSet: 11,
  newElement: 12,
  getElement: 13,
  deleteElement: 14,
  getGeneration: 16,
  newObject: 18,
  getObject: 19,
  deleteObject: 20,
} as const;

/** Of a batch's frame; see linux/netfilter/nfnetlink.h. */
export const BATCH_GENERATION = 1;
export const generation = { id: 1 } as const;

export const LIST_ELEM = 1;

export const table = { name: 1 } as const;
export const chain = { table: 1, name: 3, hook: 4, policy: 5, type: 7 } as const;
export const hookNumber = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const;
export const hook = { number: 1, priority: 2 } as const;
export const rule = { table: 1, chain: 2, expressions: 4, userdata: 7 } as const;
export const set = {
  table: 1,
  name: 2,
  flags: 3,
  keyType: 4,
  keyLength: 5,
  dataType: 6,
  dataLength: 7,
  description: 9,
  id: 10,
  timeout: 11,
  userdata: 13,
} as const;
export const setDescription = { size: 1, concat: 2, fieldLength: 1 } as const;
export const setFlag = { interval: 0x4, map: 0x8, timeout: 0x10, eval: 0x20, concat: 0x80 } as const;
export const object = { table: 1, name: 2, type: 3, data: 4 } as const;
export const OBJECT_CT_TIMEOUT = 7;
export const timeout = { family: 1, protocol: 2, policy: 3 } as const;
/** Attributes of a policy (linux/netfilter/nfnetlink_cttimeout.h). */
export const timeoutPolicy = { tcpEstablished: 3, udpUnreplied: 1, udpReplied: 2 } as const;
export const elementList = { table: 1, set: 2, elements: 3 } as const;
export const element = { key: 1, data: 2, flags: 3, expression: 7, keyEnd: 10, expressions: 11 } as const;
/** This element is the first number after a range. */
export const ELEMENT_INTERVAL_END = 1;
export const data = { value: 1, verdict: 2 } as const;
export const verdict = { code: 1, chain: 2 } as const;

/** Verdict codes; the negative ones are the machine's own, stored as unsigned numbers. */
export const verdictCode = {
  drop: 0,
  accept: 1,
  jump: -3 >>> 0,
  goto: -4 >>> 0,
  return: -5 >>> 0,
} as const;

/** Type of a set's data when it is a verdict. */
export const DATA_TYPE_VERDICT = 0xffffff00;

export const register = {
  verdict: 0,
  /** First of sixteen registers of four bytes. */
  first: 8,
} as const;

/** Type of a comment in user data, the same for rules, sets and tables as nft writes it. */
export const USERDATA_COMMENT = 0;
