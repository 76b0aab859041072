import { createRequire } from 'node:module';
import type { parse } from '@bufbuild/cel';
import { ConfigError } from '../config/errors.ts';

/** A node of a parsed expression. */
export type Node = ReturnType<typeof parse>['expr'];

/** What an expression may be long at most; the grammar takes about half a second for that. */
const MAX_CHARACTERS = 32_768;

const require = createRequire(import.meta.url);

/** An expression as the grammar of CEL has it; what it means is not looked at yet. */
export class ParsedExpression {
  readonly root: Node;
  readonly #text: string;
  readonly #positions: Readonly<Record<string, number>>;

  /** @throws ConfigError with the place of what is no CEL */
  constructor(text: string) {
    this.#text = text;
    if (text.length > MAX_CHARACTERS) throw filterError(`longer than ${MAX_CHARACTERS} characters`);
    // Loaded when there is a filter: it takes longer than the rest of the start.
    const cel = require('@bufbuild/cel') as { parse: typeof parse };
    try {
      const { expr, sourceInfo } = cel.parse(text);
      this.root = expr;
      this.#positions = sourceInfo?.positions ?? {};
    } catch (error) {
      if (error instanceof RangeError) throw filterError('nested too deep', error);
      const { location, rawMessage } = error as { location?: { start: { offset: number } }; rawMessage?: string };
      const offset = location?.start.offset;
      throw filterError(`${this.#at(offset)}${syntaxText(rawMessage, text, offset)}`, error);
    }
  }

  /** An error about a node. */
  error(node: Node, message: string, cause?: unknown): ConfigError {
    return filterError(`${this.#at(this.#positions[String(node.id)])}${message}`, cause);
  }

  /** Lines and columns count from 1; the line is named where there are several. */
  #at(offset: number | undefined): string {
    if (offset === undefined) return '';
    // The place of an operator is where the blanks in front of it begin.
    const behind = /^\s+(?=\S)/.exec(this.#text.slice(offset))?.[0].length ?? 0;
    const before = this.#text.slice(0, offset + behind).split('\n');
    const column = `column ${before.at(-1)!.length + 1}: `;
    return this.#text.includes('\n') ? `line ${before.length}, ${column}` : column;
  }
}

/** The list of all that might follow helps nobody: what was found does. */
function syntaxText(message: string | undefined, text: string, offset: number | undefined): string {
  if (message === undefined || offset === undefined) return 'no CEL expression';
  if (text.slice(offset).trim() === '')
    return text.trim() === '' ? 'an expression is missing' : 'something is missing at the end';
  const found = /^\s*(\w+|["'].{0,20}|.)/su.exec(text.slice(offset))?.[1];
  return `${JSON.stringify(found)} cannot stand here`;
}

export function filterError(message: string, cause?: unknown): ConfigError {
  return new ConfigError('GF_FILTER', { option: 'filter' }, message, cause);
}
