import { messageEnd } from '../transport.ts';

/** Octets of the index for each flow. */
const INDEX_ENTRY = 4;

/**
 * A piece of memory with flow messages that wait, laid out as a batch is: octets from the beginning, the index of their
 * ends growing down from the end.
 */
export class WaitingChunk {
  readonly bytes: Uint8Array;
  /** Which chunk of all this is: older ones have lower numbers. */
  order = 0;
  readonly #index: Uint32Array;
  #count = 0;
  #next = 0;
  #from = 0;
  #end = 0;

  constructor(octets: number) {
    const memory = new ArrayBuffer((octets + 3) & ~3);
    this.bytes = new Uint8Array(memory);
    this.#index = new Uint32Array(memory);
  }

  /** Octets of a chunk that holds one flow message of this size. */
  static sizeFor(octets: number): number {
    return octets + INDEX_ENTRY + 3;
  }

  /** Flow messages that were not taken yet. */
  get flows(): number {
    return this.#count - this.#next;
  }

  /** Their octets. */
  get octets(): number {
    return this.#end - this.#from;
  }

  /** Where they begin in {@link bytes}. */
  get from(): number {
    return this.#from;
  }

  /** Forgets everything. */
  clear(): void {
    this.#count = this.#next = this.#from = this.#end = 0;
  }

  /** Copies messages `first` to before `last` of a batch, as many as fit; tells how many. */
  append(source: Uint8Array, index: Uint32Array, first: number, last: number): number {
    const start = messageEnd(index, first - 1);
    let room = this.bytes.length - this.#end - this.#count * INDEX_ENTRY;
    let until = first;
    // All of them, as a rule; else one by one.
    if (messageEnd(index, last - 1) - start + (last - first) * INDEX_ENTRY <= room) until = last;
    else {
      for (; until < last; until++) {
        room -= messageEnd(index, until) - messageEnd(index, until - 1) + INDEX_ENTRY;
        if (room < 0) break;
      }
    }
    if (until === first) return 0;
    const shift = this.#end - start;
    const ends = this.#index;
    for (let i = first; i < until; i++) ends[ends.length - 1 - this.#count++] = messageEnd(index, i) + shift;
    const stop = messageEnd(index, until - 1);
    this.bytes.set(source.subarray(start, stop), this.#end);
    this.#end += stop - start;
    return until - first;
  }

  /** How many of the next flows, `flows` at most, have no more than `octets` together; at least one if there is one. */
  fitting(flows: number, octets: number): number {
    const most = Math.min(flows, this.flows);
    if (most === 0) return 0;
    let count = most;
    while (count > 1 && this.octetsOf(count) > octets) count--;
    return count;
  }

  /** Octets of the next `count` flows. */
  octetsOf(count: number): number {
    return count === 0 ? 0 : messageEnd(this.#index, this.#next + count - 1) - this.#from;
  }

  /** The next `count` flows are taken. */
  take(count: number): void {
    this.#from += this.octetsOf(count);
    this.#next += count;
  }
}
