import { ADDRESS_WORDS, columns } from '#src/flow/fields.js';
import type { FlowRecord } from '#src/flow/flow-record.js';

const lists = columns
  .filter(({ list }) => list >= 0)
  .map(({ list, slot, type }) => ({ list, slot, width: type === 'address[]' ? ADDRESS_WORDS : 1 }));

/** A running hash over flows: equal runs have equal hashes. */
export class Digest {
  #hash = 0x811c9dc5;

  get value(): number {
    return this.#hash >>> 0;
  }

  add(flow: FlowRecord): void {
    this.#words(flow.words, flow.words.length);
    for (const { list, slot, width } of lists) {
      const count = flow.words[slot]!;
      if (count > 0) this.#words(flow.lists[list]!, count * width);
    }
  }

  #words(words: Uint32Array, count: number): void {
    let hash = this.#hash;
    for (let i = 0; i < count; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193) ^ (hash >>> 15);
    this.#hash = hash;
  }
}
