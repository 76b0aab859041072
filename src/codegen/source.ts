import { constantName, sequence } from './code.ts';
import type { Code } from './code.ts';

/** What a generated function takes, by the names that its statements use. */
export type Parameters = readonly ('view' | 'pos' | 'flow' | 'bytes' | 'at' | 'end' | 'offsets' | 'lengths')[];

/** A generated function, with the characters of its source. */
export interface Compiled<T> {
  readonly run: T;
  readonly size: number;
}

/**
 * Collects the statements of one function, and the values that they refer to.
 *
 * Values are bound as `const`s around the function: since one closure is made of each, the engine's optimising compiler
 * folds them, the place and size of tables too. Function parameters are not folded.
 */
export class Source {
  readonly #statements: Code[] = [];
  readonly #names = new Map<unknown, Code>();
  /** Characters of source text so far. */
  size = 0;

  /** The name of a constant with this value: a table, a function or any number. */
  bind(value: object | number): Code {
    let name = this.#names.get(value);
    if (name === undefined) {
      name = constantName(this.#names.size);
      this.#names.set(value, name);
    }
    return name;
  }

  emit(statement: Code): void {
    this.#statements.push(statement);
    this.size += statement.text.length;
  }

  /** Makes the function. `T` has the parameters of that name, in that order. */
  compile<T>(parameters: Parameters): T {
    const constants = [...this.#names.values()].map(({ text }, i) => `const ${text} = values[${i}];`).join('\n');
    const body = sequence(this.#statements).text;
    const make = new Function(
      'values',
      `'use strict';\n${constants}\nreturn function (${parameters.join(', ')}) {\n${body}\n};`,
    ) as (values: unknown[]) => T;
    return make([...this.#names.keys()]);
  }
}
