/** Subjects of messages: what a subject pattern becomes for a flow. */
import type { ContextKey } from '../flow/context-key.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { cellBounds, writeCell } from './cell.ts';
import type { Cell } from './cell.ts';
import { writeU32 } from './decimal.ts';
import type { PartitionKey } from './key.ts';
import { LITERAL_SLACK } from './literal.ts';
import { cellOf } from './renderers.ts';
import type { SubjectPattern } from './subject-pattern.ts';

/** What stands for a column where there would be too many subjects. */
const OTHER = new TextEncoder().encode('_other');

/** Octets of a value at most; the rest is left out. */
const LONGEST_VALUE = 64;

const UNDERSCORE = 0x5f;
const DOT = 0x2e;
const ASTERISK = 0x2a;
const GREATER = 0x3e;

type Step =
  | { readonly kind: 'literal'; readonly octets: Uint8Array }
  | { readonly kind: 'column'; readonly slot: number; readonly cell: Cell; readonly wide: boolean }
  | { readonly kind: 'context'; readonly key: ContextKey }
  | { readonly kind: 'partition'; readonly partitions: number };

/** Writes the subjects of flows. */
export class SubjectWriter {
  /** The subject that was written last; what lies beyond its length is spoilt. */
  readonly octets: Uint8Array;
  readonly #view: DataView;
  readonly #steps: readonly Step[];
  /** What flows of one partition have in common; without it partitions are random. */
  key: PartitionKey | undefined;
  readonly #random: () => number;
  #partitionHash = 0;

  /**
   * @param key what flows of one partition have in common; without it partitions are random
   * @param random numbers below 2^32, for partitions without a key
   */
  constructor(pattern: SubjectPattern, key: PartitionKey | undefined, random: () => number) {
    this.#steps = pattern.parts.map((part): Step => {
      if (part.kind === 'literal') return { kind: 'literal', octets: new TextEncoder().encode(part.text) };
      if (part.kind === 'partition' || part.kind === 'context') return part;
      const { column } = part;
      return { kind: 'column', slot: column.slot, cell: cellOf(column, column.renderer), wide: column.type === 'u64' };
    });
    const most = Math.max(...cellBounds, LONGEST_VALUE) + LITERAL_SLACK;
    const bound = this.#steps.reduce((sum, step) => sum + (step.kind === 'literal' ? step.octets.length : most), 0);
    this.octets = new Uint8Array(bound + LITERAL_SLACK);
    this.#view = new DataView(this.octets.buffer);
    this.key = key;
    this.#random = random;
  }

  /** Writes the subject of a flow; tells its length. */
  write(flow: FlowRecord): number {
    this.#partitionHash = this.key === undefined ? this.#random() : this.key.hash(flow);
    return this.#write(flow);
  }

  /** The same as the last one, with `_other` in place of its columns. */
  writeOther(): number {
    return this.#write(undefined);
  }

  /** The subject of a message that is no flow: `_other` in place of columns, a partition by chance. */
  writeWithoutFlow(): number {
    this.#partitionHash = this.#random();
    return this.#write(undefined);
  }

  #write(flow: FlowRecord | undefined): number {
    let pos = 0;
    for (const step of this.#steps) {
      if (step.kind === 'partition') {
        pos = writeU32(this.#view, pos, this.#partitionHash % step.partitions);
      } else if (step.kind === 'column' && flow !== undefined) {
        const end = writeCell(this.#view, pos, step.cell, flow.words, step.slot, step.wide, flow);
        pos = this.#makeSafe(pos, end);
      } else if (step.kind === 'context' && flow !== undefined) {
        pos = this.#makeSafe(pos, step.key.copy(flow.context, this.octets, pos, LONGEST_VALUE));
      } else {
        const octets = step.kind === 'literal' ? step.octets : OTHER;
        this.octets.set(octets, pos);
        pos += octets.length;
      }
    }
    return pos;
  }

  /** Makes a value part of one token, whatever is in it. */
  #makeSafe(from: number, end: number): number {
    const { octets } = this;
    if (end === from) {
      octets[from] = UNDERSCORE;
      return from + 1;
    }
    const to = Math.min(end, from + LONGEST_VALUE);
    for (let i = from; i < to; i++) {
      const octet = octets[i]!;
      if (octet <= 0x20 || octet >= 0x7f || octet === DOT || octet === ASTERISK || octet === GREATER) {
        octets[i] = UNDERSCORE;
      }
    }
    return to;
  }
}
