import { parseGoBool, parseGoUint } from '../config/go-literals.ts';
import { parseSize } from '../config/size.ts';

/**
 * The options behind the `?` of a listen URI. Of several with one name the first counts. A value that cannot be read
 * goes to `refuse`, which throws.
 */
export class ListenQuery {
  readonly #values: URLSearchParams;
  readonly #refuse: (message: string) => never;
  readonly #known = new Set<string>();

  constructor(text: string, refuse: (message: string) => never) {
    this.#values = new URLSearchParams(text);
    this.#refuse = refuse;
  }

  uint(key: string): number | undefined {
    return this.#read(key, parseGoUint, 'a whole number without sign');
  }

  bool(key: string): boolean | undefined {
    return this.#read(key, parseGoBool, 'true or false');
  }

  /** Octets, within bounds. */
  size(key: string, min: number, max: number): number | undefined {
    const within = (text: string) => {
      const size = parseSize(text);
      return size === undefined || size < min || size > max ? undefined : size;
    };
    return this.#read(key, within, `a size from ${min} to ${max} octets, such as 4MiB`);
  }

  choice<const Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined {
    return this.#read(key, (text) => choices.find((choice) => choice === text), choices.join(' or '));
  }

  /** A factor above 0 in decimal, or `max` for Infinity. */
  speed(key: string): number | undefined {
    return this.#read(key, parseSpeed, 'max or a number above 0');
  }

  /** Names that were given and never asked for. */
  unknown(): string[] {
    return [...new Set(this.#values.keys())].filter((key) => !this.#known.has(key));
  }

  #read<T>(key: string, parse: (text: string) => T | undefined, expected: string): T | undefined {
    this.#known.add(key);
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
