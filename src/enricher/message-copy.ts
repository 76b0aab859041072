import { column } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { writeAddressOctets, writeCode } from '../format/binary-list.ts';
import { binaryBound, binaryPlan, Kind } from '../format/binary-plan.ts';
import type { BinaryStep } from '../format/binary-plan.ts';
import type { BinaryReader } from '../format/binary-reader.ts';
import type { ByteWriter } from '../format/byte-writer.ts';
import { varintLength, writeVarint, writeVarint64, writeVarintExactly } from '../format/varint.ts';
import type { MessageStream } from './message-stream.ts';

/** The columns that an enricher looks at or sets. */
export const enrichedColumns = (
  ['sampling_rate', 'src_addr', 'dst_addr', 'src_as', 'dst_as', 'src_country', 'dst_country'] as const
).map(column);

const slots = new Set(enrichedColumns.map(({ slot }) => slot));
const plan = binaryPlan.filter(({ slot }) => slots.has(slot));

/** From protobuf to protobuf: the enriched columns are written, and all other fields copied octet for octet. */
export class MessageCopy {
  readonly #reader: BinaryReader;
  /** Octets of the length of the last message: the guess for the next one. */
  #prefix = 1;

  /** @param reader has read {@link enrichedColumns} and nothing else */
  constructor(reader: BinaryReader) {
    this.#reader = reader;
  }

  bound({ from, to }: MessageStream): number {
    return binaryBound.fixed + to - from;
  }

  /** Writes the message with its length before it. */
  write({ bytes, view: source }: MessageStream, { words }: FlowRecord, out: ByteWriter): void {
    const { view, pos: start } = out;
    const { others, othersLength } = this.#reader;
    const body = start + this.#prefix;
    let pos = body;
    for (let i = 0; i < plan.length; i++) pos = writeStep(view, pos, plan[i]!, words);
    for (let i = 0; i < othersLength;) {
      let at = others[i]!;
      // Fields that stand side by side go in one.
      while (i + 2 < othersLength && others[i + 1] === others[i + 2]) i += 2;
      const end = others[i + 1]!;
      i += 2;
      for (; at + 4 <= end; at += 4, pos += 4) view.setInt32(pos, source.getInt32(at, true), true);
      for (; at < end; at++, pos++) view.setUint8(pos, bytes[at]!);
    }
    const length = pos - body;
    const prefix = varintLength(length);
    if (prefix !== this.#prefix) {
      out.bytes.copyWithin(start + prefix, body, pos);
      this.#prefix = prefix;
    }
    writeVarintExactly(view, start, length);
    out.pos = start + prefix + length;
  }
}

function writeStep(view: DataView, pos: number, step: BinaryStep, words: Uint32Array): number {
  const { kind, slot, tag } = step;
  const behind = pos + step.tagLength;
  if (words[kind === Kind.address ? slot + 4 : slot] === 0 && (kind !== Kind.u64 || words[slot + 1] === 0)) return pos;
  view.setUint16(pos, tag, true);
  switch (kind) {
    case Kind.address:
      return writeAddressOctets(view, behind, words, slot);
    case Kind.code:
      return writeCode(view, behind, words[slot]! | 0);
    case Kind.u64:
      return writeVarint64(view, behind, words, slot);
    default:
      return writeVarint(view, behind, words[slot]! | 0);
  }
}
