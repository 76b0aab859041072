import { randomInt } from 'node:crypto';
import { noCustomFields } from '../flow/custom-fields.ts';
import type { CustomLayout } from '../flow/custom-fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { PartitionKey } from '../format/key.ts';
import { parseSubjectPattern } from '../format/subject-pattern.ts';
import { SubjectWriter } from '../format/subject.ts';
import { keyColumns, layoutOf } from '../mapping/apply.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { counterIndex } from '../metrics/counters.ts';
import type { Counters } from '../metrics/counters.ts';
import { SubjectLimit } from './subject-limit.ts';

/** By what flows are told apart on their way out. */
export interface SubjectSettings {
  /** Subject pattern, known to be right. */
  readonly pattern: string;
  /** Names of columns that flows of one partition have in common; empty: partitions are random. */
  readonly key: readonly string[];
  /** Distinct subjects that all workers may use, and where they count them: see {@link SubjectLimit}. */
  readonly max: number;
  readonly memory: SharedArrayBuffer;
}

const OTHER_SUBJECT = counterIndex('flows_other_subject');

const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
const SMALLEST_TABLE = 64;

/** The subjects of the flows of one worker, by small numbers, so that nothing is made for a flow whose subject is known. */
export class FlowSubjects {
  readonly #writer: SubjectWriter;
  readonly #limit: SubjectLimit;
  readonly #values: Float64Array;
  readonly #texts: string[] = [];
  readonly #octets: Uint8Array[] = [];
  readonly #hashes: number[] = [];
  /** Number + 1 of a subject by its hash, in open addressing; 0 is a free place. */
  #table = new Uint32Array(SMALLEST_TABLE);
  /** Hashes of subjects for which there was no room: they are not asked for again. */
  readonly #refused = new Set<number>();

  /** @param mapping whose key goes before the one of the settings */
  constructor({ pattern, key, max, memory }: SubjectSettings, counters: Counters, mapping?: Mapping) {
    const partitionKey = partitionKeyOf(key, noCustomFields);
    this.#writer = new SubjectWriter(parseSubjectPattern(pattern, 'subject'), partitionKey, randomNumbers());
    if (mapping !== undefined) this.useKey(mapping);
    this.#limit = new SubjectLimit(memory, max);
    this.#values = counters.values;
  }

  /** Tells partitions by the key of another mapping from now on. */
  useKey(mapping: Mapping): void {
    this.#writer.key = partitionKeyOf(mapping.key, layoutOf(mapping));
  }

  /** Number of the subject of a flow. */
  of(flow: FlowRecord): number {
    return this.#number(this.#writer.write(flow), false);
  }

  /** Number of the subject of a message that is no flow. */
  withoutFlow(): number {
    return this.#number(this.#writer.writeWithoutFlow(), true);
  }

  /** The subject of that number. */
  text(number: number): string {
    return this.#texts[number]!;
  }

  #number(length: number, isOther: boolean): number {
    const { octets } = this.#writer;
    let hash = FNV_BASIS;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ octets[i]!, FNV_PRIME);
    const table = this.#table;
    const mask = table.length - 1;
    // The low bits of this hash differ least.
    let at = (hash ^ (hash >>> 15)) & mask;
    for (; table[at] !== 0; at = (at + 1) & mask) {
      const number = table[at]! - 1;
      if (this.#hashes[number] === hash && this.#isSame(number, length)) return number;
    }
    if (isOther || this.#admit(hash)) return this.#add(hash, length);
    this.#values[OTHER_SUBJECT]! += 1;
    return this.#number(this.#writer.writeOther(), true);
  }

  #admit(hash: number): boolean {
    if (this.#refused.has(hash)) return false;
    if (this.#limit.admit(hash)) return true;
    if (this.#refused.size < 100_000) this.#refused.add(hash);
    return false;
  }

  #isSame(number: number, length: number): boolean {
    const known = this.#octets[number]!;
    if (known.length !== length) return false;
    const { octets } = this.#writer;
    for (let i = 0; i < length; i++) if (known[i] !== octets[i]) return false;
    return true;
  }

  #add(hash: number, length: number): number {
    const octets = this.#writer.octets.slice(0, length);
    const number = this.#texts.push(new TextDecoder().decode(octets)) - 1;
    this.#octets.push(octets);
    this.#hashes.push(hash);
    if (2 * this.#texts.length > this.#table.length) this.#table = new Uint32Array(2 * this.#table.length);
    else return this.#enter(number);
    for (let i = 0; i <= number; i++) this.#enter(i);
    return number;
  }

  #enter(number: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    const hash = this.#hashes[number]!;
    let at = (hash ^ (hash >>> 15)) & mask;
    while (table[at] !== 0) at = (at + 1) & mask;
    table[at] = number + 1;
    return number;
  }
}

/** Undefined without columns: partitions are random then. */
function partitionKeyOf(names: readonly string[], layout: CustomLayout): PartitionKey | undefined {
  return names.length === 0 ? undefined : new PartitionKey(keyColumns(names, layout));
}

/** Random numbers below 2^32: xorshift of Marsaglia, begun anywhere. */
function randomNumbers(): () => number {
  let state = randomInt(1, 0x7fffffff) | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
