import type { FlowRecord } from '../flow/flow-record.ts';
import { writeCode } from '../format/binary-list.ts';
import { binaryBound, binaryPlan, Kind } from '../format/binary-plan.ts';
import type { BinaryStep } from '../format/binary-plan.ts';
import type { ByteWriter } from '../format/byte-writer.ts';
import { varintLength, writeVarint, writeVarint64, writeVarintExactly } from '../format/varint.ts';
import type { MessageScan } from './message-scan.ts';
import type { MessageStream } from './message-stream.ts';

/** From protobuf to protobuf: all octets of a message are copied but for the replaced columns, which stand behind them. */
export class MessageCopy {
  readonly #scan: MessageScan;
  readonly #steps: readonly BinaryStep[];
  /** Octets of the length of the last message: the guess for the next one. */
  #prefix = 1;

  /** @param scan has read the message */
  constructor(scan: MessageScan) {
    this.#scan = scan;
    const slots = new Set(scan.replaced.map(({ slot }) => slot));
    this.#steps = binaryPlan.filter(({ slot }) => slots.has(slot));
  }

  bound({ from, to }: MessageStream): number {
    return binaryBound.fixed + to - from;
  }

  /** Writes the message with its length before it. */
  write({ bytes, view: source }: MessageStream, { words }: FlowRecord, out: ByteWriter): void {
    const { view, pos: start } = out;
    const { kept, keptLength } = this.#scan;
    const steps = this.#steps;
    const body = start + this.#prefix;
    let pos = body;
    for (let i = 0; i < keptLength; i += 2) {
      let at = kept[i]!;
      const end = kept[i + 1]!;
      for (; at + 4 <= end; at += 4, pos += 4) view.setInt32(pos, source.getInt32(at, true), true);
      for (; at < end; at++, pos++) view.setUint8(pos, bytes[at]!);
    }
    for (let i = 0; i < steps.length; i++) pos = writeStep(view, pos, steps[i]!, words);
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
  if (words[slot] === 0 && (kind !== Kind.u64 || words[slot + 1] === 0)) return pos;
  view.setUint16(pos, tag, true);
  const behind = pos + step.tagLength;
  if (kind === Kind.code) return writeCode(view, behind, words[slot]! | 0);
  return kind === Kind.u64 ? writeVarint64(view, behind, words, slot) : writeVarint(view, behind, words[slot]! | 0);
}
