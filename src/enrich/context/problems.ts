import { ConfigError, GoFlowError } from '../../config/errors.ts';
import type { ConfigPlace } from '../../config/errors.ts';
import { MAX_PROBLEMS } from './limits.ts';

/** What is wrong with a context: the first problems with their places, and how many there are. */
export class Problems {
  readonly list: ConfigError[] = [];
  count = 0;

  /** Takes down a mistake at a place of a file. */
  add(place: ConfigPlace, message: string): void {
    this.addError(new ConfigError('GF_CONTEXT_FILE', place, message));
  }

  addError(error: ConfigError): void {
    this.count++;
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

  /** @throws ContextError when there is a problem */
  throwIfAny(): void {
    if (this.count > 0) throw new ContextError(this);
  }
}

/** A context that cannot be used: its message has a line for each problem. */
export class ContextError extends GoFlowError {
  override name = 'ContextError';
  readonly problems: readonly ConfigError[];
  readonly count: number;

  constructor({ list, count }: Problems) {
    const more = count > list.length ? [`and ${count - list.length} more problems`] : [];
    super('GF_CONTEXT_FILE', [...list.map(({ message }) => message), ...more].join('\n'));
    this.problems = list;
    this.count = count;
  }
}
