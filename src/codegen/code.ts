/**
 * A piece of generated JavaScript. There is one way to make one, the tag {@link code}, so that no text from outside
 * can become source: what is put between its pieces is other code or an integer.
 */
class Snippet {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Code = Snippet;

/**
 * Source text with code and integers in it.
 *
 * @throws TypeError for anything that is neither, and for numbers that are no safe integers
 * @example
 * code`v = words[${slot}];`
 */
export function code(pieces: TemplateStringsArray, ...values: readonly (Code | number)[]): Code {
  return new Snippet(pieces.map((piece, i) => (i === 0 ? piece : textOf(values[i - 1]) + piece)).join(''));
}

/** Statements, one after the other. */
export function sequence(statements: readonly Code[]): Code {
  return new Snippet(statements.map(textOf).join('\n'));
}

/** The name of bound constant `index`. */
export function constantName(index: number): Code {
  return code`c${index}`;
}

function textOf(value: unknown): string {
  if (value instanceof Snippet) return value.text;
  if (!Number.isSafeInteger(value)) throw new TypeError('only code and integers become source text');
  const number = value as number;
  return number < 0 ? `(${number})` : String(number);
}
