import { columns } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';

/** Flows that are written together. */
const TOGETHER = 32;

const listCounts = columns.filter(({ list }) => list >= 0).map(({ slot }) => slot);

/**
 * Flows that were read, until some are written one after the other. What reads and what writes are so much code each
 * that the first cache of a processor does not hold both: 4 to 10 % of the time, measured.
 */
export class KeptFlows {
  readonly #flow: FlowRecord;
  readonly #write: () => void;
  readonly #words: readonly Uint32Array[];
  readonly #aside: Uint32Array;
  #length = 0;

  /**
   * @param flow the record that all of them are read into and written from
   * @param write writes the flow that is in the record
   */
  constructor(flow: FlowRecord, write: () => void) {
    this.#flow = flow;
    this.#write = write;
    const { length } = flow.words;
    this.#words = Array.from({ length: TOGETHER }, () => new Uint32Array(length));
    this.#aside = new Uint32Array(length);
  }

  /** Keeps the flow in the record; false for one that has more than its words. */
  add(): boolean {
    const { words } = this.#flow;
    let entries = 0;
    for (let i = 0; i < listCounts.length; i++) entries |= words[listCounts[i]!]!;
    if (entries !== 0) return false;
    this.#words[this.#length++]!.set(words);
    if (this.#length === TOGETHER) this.#writeAll();
    return true;
  }

  /** Writes the flows that are kept. The one in the record stays there. */
  flush(): void {
    if (this.#length === 0) return;
    this.#aside.set(this.#flow.words);
    this.#writeAll();
    this.#flow.words.set(this.#aside);
  }

  #writeAll(): void {
    const { words } = this.#flow;
    for (let i = 0; i < this.#length; i++) {
      words.set(this.#words[i]!);
      this.#write();
    }
    this.#length = 0;
  }
}
