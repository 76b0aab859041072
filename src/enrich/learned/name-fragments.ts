import { MAX_LEARNED_NAME_BYTES } from '../../decode/limits.ts';
import { FragmentBank } from '../../flow/flow-context.ts';
import { FragmentFiller } from '../context/fragments.ts';
import type { ContextOutput } from '../context/fragments.ts';
import { TextTable } from '../context/sequence-table.ts';
import type { NameEntry } from './name-entries.ts';
import type { NameKind } from './told-name.ts';

/** Keys of the names of each kind: both roles of what plays two, as ingress and as egress. */
const keysOfKinds: Record<NameKind, readonly [first: string, second: string]> = {
  exporter: ['exporter', 'exporter'],
  interface: ['in_if', 'out_if'],
  vrf: ['ingress_vrf', 'egress_vrf'],
  application: ['application', 'application'],
};

/** Every key that a learned name gives flows. */
export const learnedKeys: readonly string[] = [
  ...new Set(Object.values(keysOfKinds).flatMap((keys) => keys.flatMap((key) => [key, descriptionOf(key)]))),
];

function descriptionOf(key: string): string {
  return `${key}_description`;
}

/**
 * Names as the format at work writes them, made when a flow needs one first. What was made of names that are others now
 * stays in memory until that is full; then all is made anew.
 */
export class NameFragments {
  readonly #output: ContextOutput;
  readonly #maxWords: number;
  /** Counts the times that all was made anew; names carry the number that their fragments are of. */
  #number = 0;
  #texts!: TextTable;
  #filler!: FragmentFiller;
  #words!: Uint32Array;
  #bank!: FragmentBank;

  constructor(output: ContextOutput, maxBytes = MAX_LEARNED_NAME_BYTES) {
    this.#output = output;
    this.#maxWords = maxBytes / 4;
    this.#begin();
  }

  /** Where the fragments are: another one when there are new ones. */
  get bank(): FragmentBank {
    return this.#bank;
  }

  /** Fragment of a name, in its second role if it plays two; 0 for one that says nothing. */
  of(entry: NameEntry, second: boolean): number {
    if (entry.bank !== this.#number) this.#make(entry);
    return second ? entry.second : entry.first;
  }

  #begin(): void {
    this.#number++;
    this.#texts = new TextTable();
    this.#filler = new FragmentFiller(this.#texts, this.#output);
    for (const key of learnedKeys) this.#filler.keys.number(key);
    this.#words = new Uint32Array(1024);
    this.#filler.into(this.#words);
  }

  #make(entry: NameEntry): void {
    if (this.#filler.end + this.#texts.start(this.#texts.count) / 4 > this.#maxWords) this.#begin();
    const [first, second] = keysOfKinds[entry.kind];
    entry.first = this.#add(first, entry);
    entry.second = second === first ? entry.first : this.#add(second, entry);
    entry.bank = this.#number;
    const texts = this.#texts;
    const { buffer, byteOffset, byteLength } = texts.items;
    const octets = new Uint8Array(buffer, byteOffset, byteLength);
    this.#bank = new FragmentBank(this.#words, this.#filler.keys.names, texts.starts, octets);
  }

  #add(key: string, { name, description }: NameEntry): number {
    const { keys } = this.#filler;
    const pairs: number[] = [];
    if (name !== '') pairs.push(keys.number(key), this.#texts.internText(name));
    if (description !== '') pairs.push(keys.number(descriptionOf(key)), this.#texts.internText(description));
    const needed = this.#filler.end + this.#filler.bound(pairs);
    if (needed > this.#words.length) {
      const grown = new Uint32Array(Math.max(needed, 2 * this.#words.length));
      grown.set(this.#words);
      this.#words = grown;
      this.#filler.into(grown, this.#filler.end);
    }
    return this.#filler.add(pairs, pairs.length);
  }
}
