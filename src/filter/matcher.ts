import { createRequire } from 'node:module';
import type { RE2JS } from '@bufbuild/re2';

/** What a pattern may be long. Its matcher takes time in proportion to it for each character. */
const MAX_PATTERN = 1000;

/** Answers that are remembered: a context has few texts under one key. */
const MAX_ANSWERS = 4096;

const require = createRequire(import.meta.url);

/**
 * Whether a text has a match of a pattern, in the syntax of RE2, which is the one of CEL: no pattern takes more than
 * linear time, so none can hold a thread.
 *
 * @throws Error for a pattern that cannot be read
 */
export function compileMatcher(pattern: string): (text: string) => boolean {
  if (pattern.length > MAX_PATTERN) throw new Error(`the pattern is longer than ${MAX_PATTERN} characters`);
  const re2 = require('@bufbuild/re2') as { RE2JS: typeof RE2JS };
  const matcher = re2.RE2JS.compile(pattern);
  const answers = new Map<string, boolean>();
  return (text) => {
    let answer = answers.get(text);
    if (answer === undefined) {
      answer = matcher.test(text);
      if (answers.size >= MAX_ANSWERS) answers.clear();
      answers.set(text, answer);
    }
    return answer;
  };
}
