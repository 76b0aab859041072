import { Random } from './random.ts';

export interface ImpairmentOptions {
  readonly seed: number;
  /** Shares of the datagrams, 0 to 1, together at most 1: each datagram meets one fate. */
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  /** How many datagrams pass untouched at first, so that a receiver can get its bearings. */
  readonly spared?: number;
}

/** What an impairment did, exactly: `received + duplicated = delivered + lost + held`. */
export interface ImpairmentAccount {
  received: number;
  delivered: number;
  lost: number;
  /** Copies beyond the first. */
  duplicated: number;
  /** Datagrams that another one of their stream has overtaken. */
  reordered: number;
  /** Datagrams that wait to be overtaken. */
  held: number;
}

/**
 * A path that loses, duplicates and reorders. Which datagram meets which fate follows from the seed and from the order
 * of the calls alone.
 *
 * A datagram to be reordered is held until the next one of its stream has gone ahead of it, so it comes late by exactly
 * one place. One is held for each stream at most.
 */
export class Impairment<T> {
  readonly account: ImpairmentAccount = { received: 0, delivered: 0, lost: 0, duplicated: 0, reordered: 0, held: 0 };
  readonly #random: Random;
  readonly #options: Required<ImpairmentOptions>;
  readonly #held = new Map<string, T>();

  constructor(options: ImpairmentOptions) {
    this.#options = { loss: 0, duplicate: 0, reorder: 0, spared: 0, ...options };
    const { seed, loss, duplicate, reorder } = this.#options;
    if (Math.min(loss, duplicate, reorder) < 0 || loss + duplicate + reorder > 1) {
      throw new RangeError('shares of loss, duplicate and reorder: at least 0, together at most 1');
    }
    this.#random = new Random(seed);
  }

  /** What goes on now that `item` of `stream` has come, in order. */
  pass(item: T, stream: string): T[] {
    const { loss, duplicate, reorder, spared } = this.#options;
    const { account } = this;
    const fate = ++account.received <= spared ? 1 : this.#random.fraction();
    if (fate < loss) {
      account.lost++;
      return [];
    }
    const late = this.#held.get(stream);
    if (fate < loss + duplicate) {
      account.duplicated++;
      return this.#deliver(stream, [item, item], late);
    }
    if (fate < loss + duplicate + reorder && late === undefined) {
      this.#held.set(stream, item);
      account.held++;
      return [];
    }
    return this.#deliver(stream, [item], late);
  }

  /** Everything that is still held; it was not overtaken and does not count as reordered. */
  flush(): T[] {
    const items = [...this.#held.values()];
    this.#held.clear();
    this.account.held = 0;
    this.account.delivered += items.length;
    return items;
  }

  #deliver(stream: string, items: T[], late: T | undefined): T[] {
    if (late !== undefined) {
      this.#held.delete(stream);
      this.account.held--;
      this.account.reordered++;
      items.push(late);
    }
    this.account.delivered += items.length;
    return items;
  }
}
