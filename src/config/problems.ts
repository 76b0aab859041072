import { ConfigError, GoFlowError } from './errors.ts';
import type { ConfigPlace, ErrorCode } from './errors.ts';

/** Problems of one file that are told; the rest is counted. */
const MAX_PROBLEMS = 50;

/** What is wrong with a configuration: the first problems with their places, and how many there are. */
export class Problems {
  readonly code: ErrorCode;
  readonly list: ConfigError[] = [];
  count = 0;
  /** The first problem of each key, of all keys. */
  readonly keys = new Map<string, ConfigError>();
  /** What has no effect and is no mistake, as far as that is told. */
  readonly notes: string[] = [];

  constructor(code: ErrorCode) {
    this.code = code;
  }

  /** Takes down a mistake at a place of a file. */
  add(place: ConfigPlace, message: string): void {
    this.addError(new ConfigError(this.code, place, message));
  }

  /** Takes down that something at a place has no effect for now. */
  note(place: ConfigPlace, message: string): void {
    if (this.notes.length < MAX_PROBLEMS) this.notes.push(new ConfigError(this.code, place, message).message);
  }

  addError(error: ConfigError): void {
    this.count++;
    if (error.key !== undefined && !this.keys.has(error.key)) this.keys.set(error.key, error);
    if (this.list.length < MAX_PROBLEMS) this.list.push(error);
  }

  /** Runs a part of the reading; takes down the mistake that ends it, if one does. */
  catch(part: () => void): void {
    try {
      part();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.addError(error);
    }
  }

  /** @throws ConfigErrors when there is a problem */
  throwIfAny(): void {
    if (this.count > 0) throw new ConfigErrors(this);
  }
}

/** A configuration that cannot be used: its message has a line for each problem. */
export class ConfigErrors extends GoFlowError {
  override name = 'ConfigErrors';
  readonly problems: readonly ConfigError[];
  readonly count: number;

  constructor({ code, list, count }: Problems) {
    const more = count > list.length ? [`and ${count - list.length} more problems`] : [];
    super(code, [...list.map(({ message }) => message), ...more].join('\n'));
    this.problems = list;
    this.count = count;
  }
}
