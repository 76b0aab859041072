import type { ErrorCode } from './errors.ts';
import { parseGoBool, parseGoDuration, parseGoInt } from './go-literals.ts';
import { parseSize } from './size.ts';

/**
 * One row of the option table. Parser, typed values, `--help` and `docs/flags.md` are made from the rows.
 *
 * @example
 * const spec: OptionSpec = { type: 'duration', default: '10s', help: 'muting interval' };
 */
export interface OptionSpec {
  readonly type: keyof ValueTypes;
  /** As it would be written on the command line; shown in the help when it is not empty, zero or false. */
  readonly default: string;
  /** Text for people: half a sentence without a full stop; more sentences may follow on lines of their own. */
  readonly help: string;
  /** What the value stands for in the help; without it the name of its type. */
  readonly hint?: string;
  /** Further names of the same option. To give it under two names at once is an error. */
  readonly aliases?: readonly string[];
  /** The values that a string may have. Anything else ends the start with `refusal`. */
  readonly choices?: readonly string[];
  readonly refusal?: { readonly code: ErrorCode; readonly message: (value: string) => string };
}

/** Rows by the name of their option. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** A part of the table with its title in the documentation. */
export interface OptionGroup {
  readonly title: string;
  readonly options: OptionTable;
}

/** What the values of each type are in the program. */
export interface ValueTypes {
  string: string;
  bool: boolean;
  int: number;
  /** Milliseconds. */
  duration: number;
  /** Octets. */
  size: number;
  /** Elements between commas, without blanks around them; empty ones are left out. */
  list: readonly string[];
}

export type OptionValue = ValueTypes[keyof ValueTypes];

type ValueOf<Spec extends OptionSpec> = Spec extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : ValueTypes[Spec['type']];

/** The values of a table, by option name. */
export type OptionValues<Table extends OptionTable> = { -readonly [Name in keyof Table]: ValueOf<Table[Name]> };

interface ValueType {
  /** Undefined when the text is none of this type. */
  parse(text: string): OptionValue | undefined;
  /** Follows the flag in the help; nothing for one that takes no value. */
  readonly hint: string;
  /** What is expected, for error messages. */
  readonly expected: string;
}

export const valueTypes: Readonly<Record<keyof ValueTypes, ValueType>> = {
  string: { parse: (text) => text, hint: 'string', expected: 'text' },
  bool: { parse: parseGoBool, hint: '', expected: 'true or false' },
  int: { parse: parseGoInt, hint: 'int', expected: 'a whole number of at most 64 bits' },
  duration: { parse: parseGoDuration, hint: 'duration', expected: 'a duration with its unit, such as 10s or 1m30s' },
  size: { parse: parseSize, hint: 'size', expected: 'a size, such as 500kB or 64MiB' },
  list: { parse: splitList, hint: 'list', expected: 'values between commas' },
};

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((element) => element.trim())
    .filter((element) => element !== '');
}

/** The values of a table when nothing is given. */
export function defaultValues<Table extends OptionTable>(table: Table): OptionValues<Table> {
  const entries = Object.entries(table).map(([name, { type, default: text }]) => {
    const value = valueTypes[type].parse(text);
    if (value === undefined) throw new TypeError(`the default of -${name} is no ${type}: ${text}`);
    return [name, value] as const;
  });
  return Object.fromEntries(entries) as OptionValues<Table>;
}
