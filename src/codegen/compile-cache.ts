import { LruList, LruNode } from '../decode/templates/lru-list.ts';
import type { Counters } from '../metrics/counters.ts';

/** What may be compiled, and how much of it. */
export interface CompileLimits {
  /** Records that are interpreted before a plan is compiled. */
  readonly afterRecords: number;
  /** Plans compiled in a second; a plan that is too much then is tried again later. */
  readonly perSecond: number;
  /** Fields of a template; with more it stays interpreted. */
  readonly fields: number;
  /** Compiled plans, and octets of their code by estimate; the longest unused are interpreted again. */
  readonly plans: number;
  readonly bytes: number;
}

/** Something that can be interpreted, and compiled to code of type `T`. */
export abstract class Compilable<T> extends LruNode {
  /** Fields of the template, which limit the size of the code. */
  abstract readonly fields: number;
  /** What compiling gave, while it is kept. */
  code: T | undefined;
  /** Octets that the code takes, by estimate. */
  codeBytes = 0;
  /** Records that were interpreted since it was made, or since its code was given up. */
  interpreted = 0;

  /** Makes the code; gives the characters of its source. */
  abstract compile(): { readonly code: T; readonly size: number };
}

/** Octets of heap for each character of source, measured: the text itself, bytecode, feedback and machine code. */
const BYTES_PER_CHARACTER = 16;

/**
 * Decides what is compiled, so that a flood of templates buys neither time nor memory: plans that have shown to be in
 * use, a limited number in a second, of a limited size, and no more than fit the cache.
 */
export class CompileCache {
  readonly #limits: CompileLimits;
  readonly #counters: Counters;
  readonly #now: () => number;
  readonly #kept = new LruList<Compilable<unknown>>();
  #plans = 0;
  #bytes = 0;
  /** The second at hand, and how many were compiled in it. */
  #second = 0;
  #inSecond = 0;

  /** @param now milliseconds of a monotonic clock; asked only when something is to be compiled */
  constructor(limits: CompileLimits, counters: Counters, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#counters = counters;
    this.#now = now;
  }

  /** The code for the next `records` records of a plan; undefined when they are to be interpreted. */
  codeFor<T>(plan: Compilable<T>, records: number): T | undefined {
    if (plan.code !== undefined) {
      this.#kept.touch(plan);
      return plan.code;
    }
    const before = plan.interpreted;
    plan.interpreted += records;
    const { afterRecords, fields } = this.#limits;
    if (before < afterRecords) {
      if (plan.fields > fields && plan.interpreted >= afterRecords) this.#counters.add('compiles_refused');
      return undefined;
    }
    return plan.fields > fields ? undefined : this.#compile(plan);
  }

  #compile<T>(plan: Compilable<T>): T | undefined {
    if (!this.#mayCompile()) {
      this.#counters.add('compiles_deferred');
      return undefined;
    }
    const { code, size } = plan.compile();
    plan.code = code;
    plan.codeBytes = size * BYTES_PER_CHARACTER;
    this.#plans++;
    this.#bytes += plan.codeBytes;
    this.#counters.add('compiles');
    this.#kept.touch(plan);
    while (this.#plans > this.#limits.plans || this.#bytes > this.#limits.bytes) this.#giveUp(this.#kept.oldest!);
    return code;
  }

  #mayCompile(): boolean {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#inSecond = 0;
    }
    return this.#inSecond++ < this.#limits.perSecond;
  }

  #giveUp(plan: Compilable<unknown>): void {
    this.#kept.remove(plan);
    this.#plans--;
    this.#bytes -= plan.codeBytes;
    plan.code = undefined;
    plan.interpreted = 0;
    this.#counters.add('compiles_given_up');
  }
}
