/** Where a text stops being JSON (RFC 8259). `JSON.parse` says that it does, but not always where. */

export type Fault = { readonly line: number; readonly column: number; readonly reason: string };

export type Parsed =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'broken'; readonly fault: Fault };

/** The value of a text, or the first place that is wrong; lines and columns count from 1. */
export function parseJson(text: string): Parsed {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: 'broken', fault: faultIn(text) };
  }
}

const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these inside a string.
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const blank = /[ \t\n\r]*/y;

type Expecting = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'comma';

/** Walks the text token by token, with the open brackets on a stack, until one does not fit. */
function faultIn(text: string): Fault {
  const open: ('{' | '[')[] = [];
  let at = 0;
  let expecting: Expecting = 'value';
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found !== null;
  };
  for (;;) {
    match(blank);
    const char = text[at];
    const inside = open.at(-1);
    const closer = inside === '{' ? '}' : ']';
    if (char === undefined) return faultAt(text, at, 'the text ends too early');
    if (expecting === 'comma') {
      if (inside === undefined) return faultAt(text, at, 'there is more after the end');
      if (char !== ',' && char !== closer) return faultAt(text, at, `a comma or ${closer} is missing`);
      if (char === closer) open.pop();
      else expecting = inside === '{' ? 'name' : 'value';
      at++;
    } else if (expecting === 'name' || expecting === 'nameOrEnd') {
      if (char === '}' && expecting === 'nameOrEnd') {
        open.pop();
        at++;
        expecting = 'comma';
        continue;
      }
      if (!match(string)) return faultAt(text, at, 'a name in quotes is missing');
      match(blank);
      if (text[at] !== ':') return faultAt(text, at, 'a colon is missing');
      at++;
      expecting = 'value';
    } else if (char === ']' && expecting === 'valueOrEnd') {
      open.pop();
      at++;
      expecting = 'comma';
    } else if (char === '{' || char === '[') {
      open.push(char);
      at++;
      expecting = char === '{' ? 'nameOrEnd' : 'valueOrEnd';
    } else if (match(char === '"' ? string : scalar)) expecting = 'comma';
    else return faultAt(text, at, char === '"' ? 'a text is not ended' : 'a value is missing');
  }
}

function faultAt(text: string, at: number, reason: string): Fault {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { line, column: at - before.lastIndexOf('\n'), reason };
}
