/** Members of JSON objects that are given twice, of which a parser takes the last without a word. */

const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/** The first member that an object in a text of valid JSON has twice; undefined where none has. */
export function repeatedMember(json: string): string | undefined {
  const tokens = json.match(token) ?? [];
  /** The names so far in each object and list that is open; lists have none. */
  const open: Set<string>[] = [];
  for (const [index, text] of tokens.entries()) {
    if (text === '{' || text === '[') open.push(new Set());
    else if (text === '}' || text === ']') open.pop();
    else if (text !== ':' && tokens[index + 1] === ':') {
      // The same name may be written with escapes.
      const name = String(JSON.parse(text));
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return undefined;
}
