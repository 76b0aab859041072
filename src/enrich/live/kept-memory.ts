import { newMemory } from '../context/table-memory.ts';
import type { AllocateMemory } from '../context/table-memory.ts';

/** Octets that memory is a multiple of, so that it still does when a context grows a little. */
const STEP = 64 * 1024;

/** Memory that is free may have so many times the octets that are needed. */
const MAX_SPARE = 2;

/** Pieces that are free and kept: those of four builds. */
const MAX_FREE = 12;

/**
 * Memory of contexts that no flow is looked up in any more, for those that follow. A garbage collector does not know how
 * much memory it is that threads share, and would leave it lying for hours.
 */
export class KeptMemory {
  /** Pieces by the build that they were given to. */
  readonly #given = new Map<number, SharedArrayBuffer[]>();
  #free: SharedArrayBuffer[] = [];
  /** Octets that were allocated so far. */
  allocated = 0;

  /** Takes back what was given to builds before this one. */
  release(build: number): void {
    for (const number of this.#given.keys()) if (number < build) this.#takeBack(number);
  }

  /** For one attempt at a build; what was given to the one before is free. */
  for(build: number): AllocateMemory {
    this.#takeBack(build);
    const given: SharedArrayBuffer[] = [];
    this.#given.set(build, given);
    return (octets) => {
      const memory = this.#take(octets) ?? this.#allocate(octets);
      given.push(memory);
      return memory;
    };
  }

  #takeBack(build: number): void {
    this.#free = [...this.#free, ...(this.#given.get(build) ?? [])].slice(-MAX_FREE);
    this.#given.delete(build);
  }

  #take(octets: number): SharedArrayBuffer | undefined {
    const at = this.#free.findIndex(
      ({ byteLength }) => byteLength >= octets && byteLength <= octets * MAX_SPARE + STEP,
    );
    return at < 0 ? undefined : this.#free.splice(at, 1)[0];
  }

  #allocate(octets: number): SharedArrayBuffer {
    const memory = newMemory(Math.ceil(octets / STEP) * STEP);
    this.allocated += memory.byteLength;
    return memory;
  }
}
