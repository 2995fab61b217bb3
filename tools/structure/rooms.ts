/** The rooms of src/ in their order: a room imports only rooms above it (docs/ARCHITECTURE.md). */

export type RoomKind = 'pure' | 'adapter' | 'services' | 'program';

/** Adapters stand on one step, since they never import each other; every other room has a step of its own. */
const steps: readonly { readonly kind: RoomKind; readonly rooms: readonly string[] }[] = [
  { kind: 'pure', rooms: ['net'] },
  { kind: 'pure', rooms: ['table'] },
  { kind: 'pure', rooms: ['vpc'] },
  { kind: 'pure', rooms: ['policy'] },
  { kind: 'pure', rooms: ['proof'] },
  { kind: 'pure', rooms: ['audit'] },
  { kind: 'pure', rooms: ['wire'] },
  { kind: 'adapter', rooms: ['state', 'kernel', 'flowlogs', 'waf', 'import'] },
  { kind: 'services', rooms: ['services'] },
  { kind: 'program', rooms: ['server'] },
  { kind: 'program', rooms: ['agent'] },
  { kind: 'program', rooms: ['cli'] },
];

/** The room of a path such as `src/net/cidr.ts`; undefined outside src/. */
export function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

/** What sort of room it is; undefined for a room that is not in the order. */
export function kindOf(room: string): RoomKind | undefined {
  return steps.find(({ rooms }) => rooms.includes(room))?.kind;
}

/** Whether files of one room may import another room's. */
export function mayImport(from: string, to: string): boolean {
  const stepOf = (room: string) => steps.findIndex(({ rooms }) => rooms.includes(room));
  return stepOf(to) >= 0 && stepOf(to) < stepOf(from);
}
