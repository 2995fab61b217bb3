/** Numbers with what they count, in messages. */

/** `1 interface is reached`, `2 interfaces are reached`; the plural of a noun alone gets its s by itself. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
