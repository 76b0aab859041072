import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';
import { fileURLToPath } from 'node:url';

/** A block of code that V8 counts: a function, a branch, what follows a return. */
export interface Block {
  /** Path below dist, such as `decode/cursor.js`. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** The blocks of one process, by `file:start-end`, and whether each ran. */
export type BlockStates = readonly (readonly [string, boolean])[];

/**
 * Which blocks of src/decode ran, by V8's precise coverage. It is started before the code is loaded, so that every
 * function of it is seen.
 */
export class Coverage {
  readonly #session = new Session();
  readonly #folder: string;
  /** All blocks, by `file:start-end`; the value tells whether it ran. */
  readonly #blocks = new Map<string, boolean>();

  /** @param folder what is measured, as in `/dist/decode/` */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Adds what ran since the last call; how many blocks ran for the first time. */
  async take(): Promise<number> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    let fresh = 0;
    for (const script of result) {
      const at = script.url.indexOf(this.#folder);
      if (at >= 0) fresh += this.#add(script.url.slice(script.url.indexOf('/dist/') + 6), script.functions);
    }
    return fresh;
  }

  async stop(): Promise<void> {
    await this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  /** What can go to another process. */
  get blocks(): BlockStates {
    return [...this.#blocks];
  }

  #add(file: string, functions: readonly Profiler.FunctionCoverage[]): number {
    let fresh = 0;
    for (const { ranges } of functions) {
      for (const { startOffset, endOffset, count } of ranges) {
        const key = `${file}:${startOffset}-${endOffset}`;
        const known = this.#blocks.get(key);
        if (count > 0 && known !== true) fresh++;
        if (known !== true) this.#blocks.set(key, count > 0);
      }
    }
    return fresh;
  }
}

/** `decode/cursor.js:12: code of the block`, for people. */
export function describeBlock({ file, start, end }: Block): string {
  const text = readFileSync(fileURLToPath(new URL(`../../dist/${file}`, import.meta.url)), 'utf8');
  const line = text.slice(0, start).split('\n').length;
  return `${file}:${line}: ${text.slice(start, end).trim().replace(/\s+/g, ' ').slice(0, 100)}`;
}
