/** Text inside XML elements. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML cannot carry
const special = /[&<>\r\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
const specials = new RegExp(special.source, 'g');

/**
 * Text escaped for an element. XML 1.0 has no way to write control characters and U+FFFE/U+FFFF (section 2.2): they
 * become U+FFFD. A carriage return is written as a reference, else parsers turn it into a line feed (section 2.11).
 */
export function escapeXml(text: string): string {
  return special.test(text) ? text.replace(specials, escapeChar) : text;
}

function escapeChar(char: string): string {
  switch (char) {
    case '&':
      return '&amp;';
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '\r':
      return '&#xD;';
    default:
      return '\ufffd';
  }
}
