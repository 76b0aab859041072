/**
 * Partition keys: a 32-bit FNV-1 hash over the values of some columns, so that all flows with equal values reach the
 * same partition.
 *
 * Hashed is the text that Go's `fmt` prints for each value, one after the other: numbers in decimal, enums by name,
 * octets as `[192 0 2 1]`, lists as `[14 20 8]`. No renderer plays a part.
 */
import { ContextKey } from '../flow/context-key.ts';
import { CUSTOM_ENTRY_WORDS } from '../flow/custom-fields.ts';
import type { CustomField } from '../flow/custom-fields.ts';
import { ADDRESS_WORDS } from '../flow/fields.ts';
import type { Column } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';
import { cellBounds, writeCell } from './cell.ts';
import type { Cell } from './cell.ts';
import { writeU32 } from './decimal.ts';
import { LITERAL_SLACK } from './literal.ts';
import { cellOf } from './renderers.ts';

const OFFSET_BASIS = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

const OPEN = 0x5b;
const CLOSE = 0x5d;
const BLANK = 0x20;

/** What a key can be made of. */
export type KeyColumn = Column | CustomField | ContextKey;

/** One column of a key. */
interface Part {
  readonly column: Column | CustomField;
  /** How a number or an enum is written. */
  readonly cell: Cell;
  readonly wide: boolean;
  readonly isAddress: boolean;
  readonly isOctets: boolean;
  /** The word that is 0 when a flow does not have it: it adds nothing then. */
  readonly presence: number;
  /** Words of an entry of a list. */
  readonly stride: number;
}

/** Text of one value. */
const text = new DataView(new ArrayBuffer(Math.max(...cellBounds) + LITERAL_SLACK));

/** Hashes the columns of a key, in their order. */
export class PartitionKey {
  readonly #parts: readonly (Part | ContextKey)[];

  constructor(columns: readonly KeyColumn[]) {
    this.#parts = columns.map((column) => (column instanceof ContextKey ? column : toPart(column)));
  }

  /** The hash of a flow, an unsigned 32-bit number; that of no octets when there are no columns. */
  hash(flow: FlowRecord): number {
    const { words } = flow;
    let hash = OFFSET_BASIS;
    for (const part of this.#parts) {
      if (part instanceof ContextKey) {
        hash = hashContext(hash, part, flow);
        continue;
      }
      const { slot, list } = part.column;
      if (part.presence >= 0 && words[part.presence] === 0) continue;
      if (list < 0) hash = hashValue(hash, part, words, slot, flow);
      else hash = hashList(hash, part, flow.lists[list]!, words[slot]!, flow);
    }
    return hash >>> 0;
  }
}

function toPart(column: Column | CustomField): Part {
  const custom = 'presence' in column;
  const isAddress = column.type.startsWith('address');
  return {
    column,
    cell: cellOf(column, 'none'),
    wide: column.type === 'u64' || column.type === 'varint',
    isAddress,
    isOctets: column.type === 'octets',
    presence: custom ? column.presence : -1,
    stride: custom ? CUSTOM_ENTRY_WORDS : isAddress ? ADDRESS_WORDS : 1,
  };
}

/** Octets of a value of the context that count. */
const contextValue = new Uint8Array(1024);

function hashContext(start: number, key: ContextKey, { context }: FlowRecord): number {
  const length = key.copy(context, contextValue, 0, contextValue.length);
  let hash = start;
  for (let i = 0; i < length; i++) hash = mix(hash, contextValue[i]!);
  return hash;
}

function mix(hash: number, octet: number): number {
  return Math.imul(hash, PRIME) ^ octet;
}

function hashList(start: number, part: Part, entries: Uint32Array, count: number, flow: FlowRecord): number {
  const { stride } = part;
  let hash = mix(start, OPEN);
  for (let i = 0; i < count; i++) {
    if (i > 0) hash = mix(hash, BLANK);
    hash = hashValue(hash, part, entries, i * stride, flow);
  }
  return mix(hash, CLOSE);
}

function hashValue(start: number, part: Part, words: Uint32Array, at: number, flow: FlowRecord): number {
  if (part.isAddress) return hashAddress(start, words, at);
  if (part.isOctets) return hashOctets(start, flow.arena, words[at]!, words[at + 1]!);
  return hashText(start, writeCell(text, 0, part.cell, words, at, part.wide, flow));
}

/** Octets as numbers. */
function hashOctets(start: number, octets: Uint8Array, at: number, length: number): number {
  let hash = mix(start, OPEN);
  for (let i = 0; i < length; i++) {
    if (i > 0) hash = mix(hash, BLANK);
    hash = hashText(hash, writeU32(text, 0, octets[at + i]!));
  }
  return mix(hash, CLOSE);
}

/** The octets of an address as numbers. */
function hashAddress(start: number, words: Uint32Array, at: number): number {
  const length = words[at + 4]!;
  let hash = mix(start, OPEN);
  for (let i = 0; i < length; i++) {
    if (i > 0) hash = mix(hash, BLANK);
    const shift = NATIVE_LITTLE_ENDIAN ? 8 * (i & 3) : 24 - 8 * (i & 3);
    hash = hashText(hash, writeU32(text, 0, (words[at + (i >> 2)]! >>> shift) & 255));
  }
  return mix(hash, CLOSE);
}

/** Hashes the first octets of {@link text}. */
function hashText(start: number, length: number): number {
  let hash = start;
  for (let i = 0; i < length; i++) hash = mix(hash, text.getUint8(i));
  return hash;
}
