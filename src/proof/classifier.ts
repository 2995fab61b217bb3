/**
 * Decisions in bulk: many regions (one per policy class and direction) compiled to tables, so that a packet costs a few
 * memory reads. Services are cut into atoms that all classes share; a class has a bit for each of its stretches of
 * addresses and each atom. IPv4 alone: IPv6 packets are rare in bulk and ask `spansAt`.
 */
import type { Region } from './region.ts';
import type { Spans } from './spans.ts';

/** Buckets of the address index for each stretch: more find the stretch at once, and take more memory. */
const bucketsPerStretch = 8;

const protocolShift = 16;
const [tcp, udp] = [6, 17];

type CompiledClass = {
  /** First addresses of the stretches, ascending; the first is 0. */
  readonly firsts: Uint32Array;
  /** For each stretch, where its bits start in `bits`. */
  readonly rows: Uint32Array;
  readonly bits: Uint32Array;
  readonly index: AddressIndex;
};

/** Where to search for an address: buckets of equal width from the first cut to the last. */
type AddressIndex = {
  /** The first cut, and the binary logarithm of the width. */
  readonly low: number;
  readonly shift: number;
  /** The last stretch that starts at or before each bucket, and at the end the last of all. */
  readonly table: Uint32Array;
};

export class Classifier {
  readonly #classes: readonly CompiledClass[];
  /** Atom of each TCP port, then of each UDP port. */
  readonly #portAtoms: Uint16Array;
  /** First service numbers of the atoms, ascending. */
  readonly #atoms: Uint32Array;

  /** Compiles regions of IPv4. The class of a region is its place in the list. */
  constructor(regions: readonly Region[]) {
    this.#atoms = atomsOf(regions);
    this.#portAtoms = portAtoms(this.#atoms);
    const pool = new Map<string, Uint32Array>();
    this.#classes = regions.map((region) => compile(region, this.#atoms, pool));
  }

  /** Whether the class's region holds the address (32 bits) with the service (24 bits). */
  decide(classId: number, address: number, service: number): boolean {
    const compiled = this.#classes[classId];
    return compiled !== undefined && hasBit(compiled, stretchOf(compiled, address), this.#atomOf(service));
  }

  /** Decides packets of one class, as arrays of the same length; `verdicts` gets 1 where the region holds it. */
  decideAll(classId: number, addresses: Uint32Array, services: Uint32Array, verdicts: Uint8Array): void {
    const compiled = this.#classes[classId];
    if (!compiled) throw new Error(`there is no class ${classId}`);
    const { rows, bits } = compiled;
    const ports = this.#portAtoms;
    for (let at = 0; at < addresses.length; at++) {
      const service = services[at] as number;
      const protocol = service >>> protocolShift;
      const atom =
        protocol === tcp
          ? (ports[service & 0xffff] as number)
          : protocol === udp
            ? (ports[0x1_0000 | (service & 0xffff)] as number)
            : lastNotAbove(this.#atoms, service);
      const row = rows[stretchOf(compiled, addresses[at] as number)] as number;
      verdicts[at] = ((bits[row + (atom >>> 5)] as number) >>> (atom & 31)) & 1;
    }
  }

  #atomOf(service: number): number {
    const protocol = service >>> protocolShift;
    if (protocol === tcp) return this.#portAtoms[service & 0xffff] as number;
    if (protocol === udp) return this.#portAtoms[0x1_0000 | (service & 0xffff)] as number;
    return lastNotAbove(this.#atoms, service);
  }
}

function stretchOf({ firsts, index }: CompiledClass, address: number): number {
  const { low, shift, table } = index;
  if (address < low) return 0;
  const bucket = (address - low) >>> shift;
  if (bucket >= table.length - 1) return firsts.length - 1;
  let [from, to] = [table[bucket] as number, table[bucket + 1] as number];
  while (from < to) {
    const middle = (from + to + 1) >>> 1;
    if ((firsts[middle] as number) <= address) from = middle;
    else to = middle - 1;
  }
  return from;
}

function hasBit({ rows, bits }: CompiledClass, stretch: number, atom: number): boolean {
  const word = bits[(rows[stretch] as number) + (atom >>> 5)] as number;
  return ((word >>> (atom & 31)) & 1) === 1;
}

/** The last index whose value is at most the given one. */
function lastNotAbove(values: Uint32Array, value: number, from = 0, to = values.length - 1): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((values[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Service numbers at which some region begins or ends. */
function atomsOf(regions: readonly Region[]): Uint32Array {
  const cuts = new Set<number>([0]);
  const seen = new Set<Spans>();
  for (const { boxes } of regions) {
    for (const { spans } of boxes) {
      if (seen.has(spans)) continue;
      seen.add(spans);
      for (const { first, last } of spans) cuts.add(first).add(last + 1);
    }
  }
  return Uint32Array.from(cuts).sort();
}

function portAtoms(atoms: Uint32Array): Uint16Array {
  if (atoms.length > 0x1_0000) throw new Error('more atoms of services than a table of 16 bits can name');
  const table = new Uint16Array(0x2_0000);
  for (const [at, protocol] of [tcp, udp].entries()) {
    for (let port = 0, atom = 0; port < 0x1_0000; port++) {
      const service = (protocol << protocolShift) | port;
      while ((atoms[atom + 1] ?? Infinity) <= service) atom++;
      table[at * 0x1_0000 + port] = atom;
    }
  }
  return table;
}

function compile(region: Region, atoms: Uint32Array, pool: Map<string, Uint32Array>): CompiledClass {
  if (region.family !== 'ipv4') throw new Error('the classifier is for IPv4');
  const firsts: number[] = [];
  const stretches: Spans[] = [];
  const add = (first: number, spans: Spans) => {
    firsts.push(first);
    stretches.push(spans);
  };
  let next = 0;
  for (const { first, last, spans } of region.boxes) {
    if (Number(first) > next) add(next, []);
    add(Number(first), spans);
    next = Number(last) + 1;
  }
  if (next <= 0xffff_ffff) add(next, []);
  const words = (atoms.length + 31) >>> 5;
  const { rows, bits } = packRows(stretches, atoms, words, pool);
  return { firsts: Uint32Array.from(firsts), rows, bits, index: indexOf(Uint32Array.from(firsts)) };
}

/** One row of bits for each distinct set of services. */
function packRows(
  stretches: readonly Spans[],
  atoms: Uint32Array,
  words: number,
  pool: Map<string, Uint32Array>,
): Pick<CompiledClass, 'rows' | 'bits'> {
  const places = new Map<string, number>();
  const packed: Uint32Array[] = [];
  const rows = new Uint32Array(stretches.length);
  for (const [at, spans] of stretches.entries()) {
    const key = spans.map(({ first, last }) => `${first}-${last}`).join();
    let place = places.get(key);
    if (place === undefined) {
      place = packed.length * words;
      places.set(key, place);
      const row = pool.get(key) ?? rowOf(spans, atoms, words);
      pool.set(key, row);
      packed.push(row);
    }
    rows[at] = place;
  }
  const bits = new Uint32Array(packed.length * words);
  for (const [at, row] of packed.entries()) bits.set(row, at * words);
  return { rows, bits };
}

function rowOf(spans: Spans, atoms: Uint32Array, words: number): Uint32Array {
  const row = new Uint32Array(words);
  for (const { first, last } of spans) {
    for (let atom = lastNotAbove(atoms, first); atom < atoms.length; atom++) {
      if ((atoms[atom] as number) > last) break;
      row[atom >>> 5] = (row[atom >>> 5] as number) | (1 << (atom & 31));
    }
  }
  return row;
}

function indexOf(firsts: Uint32Array): AddressIndex {
  const low = firsts[1] ?? 0;
  const width = (firsts.at(-1) ?? 0) - low + 1;
  let shift = 0;
  while (width / 2 ** shift > firsts.length * bucketsPerStretch) shift++;
  const table = new Uint32Array(Math.ceil(width / 2 ** shift) + 1);
  for (let bucket = 0, stretch = 0; bucket < table.length; bucket++) {
    while ((firsts[stretch + 1] ?? Infinity) <= low + bucket * 2 ** shift) stretch++;
    table[bucket] = stretch;
  }
  return { low, shift, table };
}
