/** Patterns in which `*` is any text and `?` any character. */

export type Glob = (text: string) => boolean;

type Token =
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }
  | { readonly kind: 'char'; readonly char: string };

/** The test of a pattern. With `escapes` a backslash makes the next character plain. */
export function globOf(pattern: string, { escapes }: { readonly escapes: boolean }): Glob {
  const tokens = tokensOf(pattern, escapes);
  return (text) => matches(tokens, text);
}

function tokensOf(pattern: string, escapes: boolean): readonly Token[] {
  const tokens: Token[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern.charAt(index);
    if (char === '*') tokens.push({ kind: 'any' });
    else if (char === '?') tokens.push({ kind: 'one' });
    else if (escapes && char === '\\' && index + 1 < pattern.length)
      tokens.push({ kind: 'char', char: pattern.charAt(++index) });
    else tokens.push({ kind: 'char', char });
  }
  return tokens;
}

/** Goes back to the last `*` alone on a mismatch: at worst text × pattern steps, where a RegExp could hang. */
function matches(tokens: readonly Token[], text: string): boolean {
  let [at, token, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    const here = tokens[token];
    if (here?.kind === 'any') {
      star = token++;
      mark = at;
    } else if (here?.kind === 'one' || (here?.kind === 'char' && here.char === text.charAt(at))) {
      at++;
      token++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++mark;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every(({ kind }) => kind === 'any');
}
