/** Answers as Markdown, which a pull request shows. */
import { oneLine } from '../output.ts';

/**
 * Text that stands for itself: a change that names a thing `<!--` must not hide what it opens from its reviewers.
 * https://spec.commonmark.org/0.31.2/#backslash-escapes
 */
export function markdownText(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>#|~&!]/g, '\\$&');
}
