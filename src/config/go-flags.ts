import { GoFlowError } from './errors.ts';
import type { ErrorCode } from './errors.ts';
import { defaultValues, valueTypes } from './option.ts';
import type { OptionSpec, OptionTable, OptionValue, OptionValues } from './option.ts';
import { usageText } from './usage.ts';

/** A command line that cannot be read. `usage` is what to print below the message. */
export class FlagError extends GoFlowError {
  override name = 'FlagError';
  readonly usage: string;

  constructor(code: ErrorCode, message: string, usage: string) {
    super(code, message);
    this.usage = usage;
  }
}

/** A command line that was read. */
export interface ParsedFlags<Table extends OptionTable> {
  readonly values: OptionValues<Table>;
  /** Names of the options that were given, whatever name they were given under. */
  readonly given: ReadonlySet<keyof Table>;
  /** What was left when reading stopped; with `anywhere`, all that was no flag. */
  readonly positional: readonly string[];
  /** `-h`, `-help` or `--help` came before any mistake: nothing after it was read. */
  readonly help: boolean;
}

export interface FlagRules {
  /** Name in the usage text. */
  readonly program: string;
  /** Flags may also come after positional arguments, up to `--`. Without it the first of those ends the flags. */
  readonly anywhere?: boolean;
}

/**
 * Reads a command line by the rules of Go's `flag` package.
 *
 * `-name` and `--name` are the same; a value follows `=` or is the next argument, whatever it looks like; a boolean
 * never takes the next argument; the last of several wins; reading stops at the first argument that is no flag, at a
 * lone `-`, and behind `--`.
 *
 * @param argv arguments without the program's own name.
 * @throws FlagError with the words of the Go program, exit code 2.
 * @example
 * parseFlags({ 'err.cnt': { type: 'int', default: '10', help: '' } }, ['-err.cnt=5'], { program: 'demo' }).values
 */
export function parseFlags<const Table extends OptionTable>(
  table: Table,
  argv: readonly string[],
  rules: FlagRules,
): ParsedFlags<Table> {
  const values: Record<string, OptionValue> = defaultValues(table);
  const names = namesOf(table);
  const usedNames = new Map<string, string>();
  const positional: string[] = [];
  const parsed = (rest: readonly string[], help: boolean) => ({
    values: values as OptionValues<Table>,
    given: new Set<keyof Table>(usedNames.keys()),
    positional: [...positional, ...rest],
    help,
  });
  const refuse = (code: ErrorCode, message: string): never => {
    throw new FlagError(code, message, usageText(rules.program, table));
  };

  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === '--') return parsed(argv.slice(i + 1), false);
    if (!/^-./s.test(argument)) {
      if (rules.anywhere !== true) return parsed(argv.slice(i), false);
      positional.push(argument);
      continue;
    }
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argument);
    if (match === null) return refuse('GF_FLAG_SYNTAX', `bad flag syntax: ${argument}`);
    const name = match[1]!;
    const option = names.get(name);
    if (option === undefined) {
      if (name === 'h' || name === 'help') return parsed([], true);
      return refuse('GF_FLAG_UNKNOWN', `flag provided but not defined: -${name}`);
    }
    const { type } = table[option]!;
    let text = match[2];
    if (text === undefined) {
      text = type === 'bool' ? 'true' : argv[++i];
      if (text === undefined) return refuse('GF_FLAG_NO_VALUE', `flag needs an argument: -${name}`);
    }
    const value = valueTypes[type].parse(text);
    if (value === undefined) return refuse('GF_FLAG_VALUE', badValue(type, name, text));
    const earlier = usedNames.get(option) ?? name;
    if (earlier !== name) refuse('GF_FLAG_TWICE', `-${earlier} and -${name} are the same option: give one of them`);
    usedNames.set(option, name);
    values[option] = value;
  }
  return parsed([], false);
}

/** Option by each of the names it has. */
function namesOf(table: OptionTable): Map<string, string> {
  const names = new Map<string, string>();
  for (const [option, { aliases = [] }] of Object.entries(table)) {
    for (const name of [option, ...aliases]) names.set(name, option);
  }
  return names;
}

function badValue(type: OptionSpec['type'], name: string, text: string): string {
  const subject =
    type === 'bool'
      ? `invalid boolean value ${JSON.stringify(text)} for -${name}`
      : `invalid value ${JSON.stringify(text)} for flag -${name}`;
  return `${subject}: parse error: ${valueTypes[type].expected} was expected`;
}
