/**
 * How many distinct subjects all workers together may use: a set of hashes in shared memory that only grows. Two
 * subjects with the same hash of 32 bits count as one, which lets one more pass.
 */
export class SubjectLimit {
  readonly #words: Int32Array;
  readonly #max: number;

  constructor(memory: SharedArrayBuffer, max: number) {
    this.#words = new Int32Array(memory);
    this.#max = max;
  }

  /** Memory for a limit, to be shared by those who keep to it: one word for their number, then a table. */
  static memory(max: number): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * (1 + 2 ** Math.ceil(Math.log2(2 * max + 2))));
  }

  /** Whether the subject with this hash may be used: because it is used already, or because there is room. */
  admit(hash: number): boolean {
    const words = this.#words;
    const wanted = hash | 0 || 1; // 0 is a free place
    const mask = words.length - 2;
    for (let at = wanted & mask; ; at = (at + 1) & mask) {
      const found = Atomics.load(words, 1 + at);
      if (found === wanted) return true;
      if (found !== 0) continue;
      if (Atomics.add(words, 0, 1) >= this.#max) {
        Atomics.sub(words, 0, 1);
        return false;
      }
      const before = Atomics.compareExchange(words, 1 + at, 0, wanted);
      if (before === 0) return true;
      // Another worker has taken the place in the meantime, perhaps for the same subject.
      Atomics.sub(words, 0, 1);
      if (before === wanted) return true;
    }
  }
}
