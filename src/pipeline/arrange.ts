import type { SubjectRun } from '../transport/transport.ts';
import { messageEnd, messageIndex } from '../transport/transport.ts';

/** Puts the messages of a batch in the order of their subjects, so that the output has few and long runs. */
export class Arrangement {
  /** Messages of each subject, by its number; all 0 between two batches. */
  #counts = new Uint32Array(64);
  /** Messages in their new order. */
  #order = new Uint32Array(1024);
  /** Subjects of the batch, in the order in which they came first. */
  readonly #present: number[] = [];

  /**
   * The runs of a batch whose message `i` has the subject `subjects[i]`. With more than one run the messages have to be
   * copied: see {@link copy}.
   */
  runs(subjects: Uint32Array, count: number, text: (subject: number) => string): SubjectRun[] {
    this.#present.length = 0;
    for (let i = 0; i < count; i++) {
      const subject = subjects[i]!;
      if (subject >= this.#counts.length) this.#counts = grown(this.#counts, subject + 1);
      if (this.#counts[subject] === 0) this.#present.push(subject);
      this.#counts[subject]! += 1;
    }
    const runs = this.#present.map((subject) => ({ subject: text(subject), count: this.#counts[subject]! }));
    if (runs.length > 1) this.#sort(subjects, count);
    for (const subject of this.#present) this.#counts[subject] = 0;
    return runs;
  }

  /** Copies the messages of the batch that {@link runs} was called for to another one, in their new order. */
  copy(from: Uint8Array, to: Uint8Array, count: number): void {
    const ends = messageIndex({ buffer: from });
    const newEnds = messageIndex({ buffer: to });
    let pos = 0;
    for (let i = 0; i < count;) {
      // Neighbours that stay neighbours are copied together.
      const first = this.#order[i]!;
      let next = first;
      while (i < count && this.#order[i] === next) {
        const shift = pos - messageEnd(ends, first - 1);
        newEnds[newEnds.length - 1 - i] = messageEnd(ends, next) + shift;
        next++;
        i++;
      }
      const [start, stop] = [messageEnd(ends, first - 1), messageEnd(ends, next - 1)];
      to.set(from.subarray(start, stop), pos);
      pos += stop - start;
    }
  }

  #sort(subjects: Uint32Array, count: number): void {
    if (this.#order.length < count) this.#order = grown(this.#order, count);
    let at = 0;
    for (const subject of this.#present) {
      const messages = this.#counts[subject]!;
      this.#counts[subject] = at;
      at += messages;
    }
    const places = this.#counts;
    for (let i = 0; i < count; i++) {
      const subject = subjects[i]!;
      this.#order[places[subject]!] = i;
      places[subject]! += 1;
    }
  }
}

function grown(words: Uint32Array, least: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(least, 2 * words.length));
  larger.set(words);
  return larger;
}
