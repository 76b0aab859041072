import { parseGoBool, parseGoUint } from '../config/go-literals.ts';
import { parseSize } from '../config/size.ts';
import type { ListenOptionName } from './listen-options.ts';

/**
 * The options behind the `?` of a listen URI. Of several with one name the first counts. A value that cannot be read
 * goes to `refuse`, which throws.
 */
export class ListenQuery {
  readonly #values: URLSearchParams;
  readonly #refuse: (message: string) => never;

  constructor(text: string, refuse: (message: string) => never) {
    this.#values = new URLSearchParams(text);
    this.#refuse = refuse;
  }

  uint(key: ListenOptionName): number | undefined {
    return this.#read(key, parseGoUint, 'a whole number without sign');
  }

  bool(key: ListenOptionName): boolean | undefined {
    return this.#read(key, parseGoBool, 'true or false');
  }

  /** Octets, within bounds. */
  size(key: ListenOptionName, min: number, max: number): number | undefined {
    const within = (text: string) => {
      const size = parseSize(text);
      return size === undefined || size < min || size > max ? undefined : size;
    };
    return this.#read(key, within, `a size from ${min} to ${max} octets, such as 4MiB`);
  }

  choice<const Choice extends string>(key: ListenOptionName, choices: readonly Choice[]): Choice | undefined {
    return this.#read(key, (text) => choices.find((choice) => choice === text), choices.join(' or '));
  }

  /** A factor above 0 in decimal, or `max` for Infinity. */
  speed(key: ListenOptionName): number | undefined {
    return this.#read(key, parseSpeed, 'max or a number above 0');
  }

  /** Names that were given and are not among `known`. */
  unknown(known: object): string[] {
    return [...new Set(this.#values.keys())].filter((key) => !Object.hasOwn(known, key));
  }

  #read<T>(key: ListenOptionName, parse: (text: string) => T | undefined, expected: string): T | undefined {
    const text = this.#values.get(key);
    if (text === null) return undefined;
    const value = parse(text);
    return value === undefined ? this.#refuse(`${key}=${text} is not ${expected}`) : value;
  }
}

function parseSpeed(text: string): number | undefined {
  if (text === 'max') return Infinity;
  const factor = /^[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : 0;
  return factor > 0 && factor < Infinity ? factor : undefined;
}
