import { column } from 'goflow2plus/flow';
import type { FlowRecord } from 'goflow2plus/flow';
import type { ByteWriter, Format } from 'goflow2plus/format';

/** The schema of the records that are written, for whoever reads them. */
export const schema = {
  type: 'record',
  name: 'Flow',
  fields: [
    { name: 'time_received_ns', type: 'long' },
    { name: 'src_addr', type: 'bytes' },
    { name: 'dst_addr', type: 'bytes' },
    { name: 'src_port', type: 'int' },
    { name: 'dst_port', type: 'int' },
    { name: 'bytes', type: 'long' },
    { name: 'packets', type: 'long' },
  ],
} as const;

const longs = new Set(['time_received_ns', 'bytes', 'packets']);
const addresses = new Set(['src_addr', 'dst_addr']);
const fields = schema.fields.map(({ name }) => ({
  slot: column(name).slot,
  write: longs.has(name) ? writeU64 : addresses.has(name) ? writeAddress : writeU32,
}));

/** A long is at most 10 octets, an address its length and 16. */
const BOUND = fields.length * 17;

/** Flows as Avro records in binary encoding (Avro 1.12, "Binary Encoding"). */
export class AvroFormat implements Format {
  bound(): number {
    return BOUND;
  }

  write(flow: FlowRecord, out: ByteWriter): void {
    for (const { slot, write } of fields) write(flow, slot, out);
  }
}

export default (): Format => new AvroFormat();

/** A number below 2^32 as the zigzag varint of its double. */
function writeU32({ words }: FlowRecord, slot: number, out: ByteWriter): void {
  writeVarint(words[slot]! * 2, out);
}

/** 64 bits, low word first; from 2^63 up there is no such long, and the largest one stands for it. */
function writeU64({ words }: FlowRecord, slot: number, out: ByteWriter): void {
  let high = words[slot + 1]!;
  let low = words[slot]!;
  if (high > 0x7fffffff) [high, low] = [0x7fffffff, 0xffffffff];
  high = ((high << 1) | (low >>> 31)) >>> 0;
  low = (low << 1) >>> 0;
  while (high > 0 || low > 0x7f) {
    out.bytes[out.pos++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  out.bytes[out.pos++] = low;
}

/** Four or sixteen octets, or none. */
function writeAddress({ words, octets }: FlowRecord, slot: number, out: ByteWriter): void {
  const length = words[slot + 4]!;
  writeVarint(length * 2, out);
  for (let i = 0; i < length; i++) out.bytes[out.pos++] = octets[slot * 4 + i]!;
}

function writeVarint(value: number, out: ByteWriter): void {
  let rest = value;
  while (rest > 0x7f) {
    out.bytes[out.pos++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  out.bytes[out.pos++] = rest;
}
