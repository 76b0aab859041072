import type { Datagram } from '../../listen/datagram.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { Failure } from '../../metrics/reasons.ts';
import { Cursor } from '../cursor.ts';
import type { Decoder, OnPacket } from '../decoder.ts';
import type { FixedPacket } from '../packet.ts';
import { unsupportedVersion } from '../unsupported-version.ts';
import type { SequenceTracker } from '../sequence/tracker.ts';
import { fixedLayout } from './layout.ts';
import type { FixedLayout } from './layout.ts';

/**
 * NetFlow v1, v5 and v7. The whole records that are there are handed on, never more than the header announces: a count
 * above what the octets hold, also above the most that the format allows, costs nothing but itself. A cut off record is counted. The largest
 * datagram holds 1,364 records, so that no further limit is needed.
 */
export class FixedDecoder implements Decoder {
  readonly #counters: Counters;
  readonly #sequences: SequenceTracker | undefined;
  readonly #cursor = new Cursor();
  readonly #packet: FixedPacket = {
    layout: fixedLayout(5)!,
    kind: 'netflow_v5',
    count: 0,
    sysUptimeMs: 0,
    unixSeconds: 0,
    unixNanoseconds: 0,
    sequence: 0,
    engineType: 0,
    engineId: 0,
    samplingInterval: 0,
    reserved: 0,
    recordsAt: 0,
    records: 0,
  };

  constructor(counters: Counters, sequences?: SequenceTracker) {
    this.#counters = counters;
    this.#sequences = sequences;
  }

  decode(datagram: Datagram, onPacket: OnPacket): Failure | undefined {
    const cursor = this.#cursor;
    cursor.reset(datagram.bytes, datagram.view, datagram.offset, datagram.offset + datagram.length);
    if (!cursor.take(2)) return 'too_short';
    const layout = fixedLayout(cursor.u16(0));
    if (layout === undefined) {
      this.#counters.add(`unsupported:${unsupportedVersion(datagram)}`);
      return 'unsupported_version';
    }
    if (!cursor.take(layout.headerLength - 2)) return 'too_short';
    this.#readHeader(layout);
    if (this.#packet.count === 0) return 'bad_record_count';
    this.#measureRecords();
    this.#sequences?.fixed(this.#packet, datagram);
    onPacket(this.#packet, datagram);
    return undefined;
  }

  /** Reads the header, of which everything after the version is claimed. */
  #readHeader(layout: FixedLayout): void {
    const cursor = this.#cursor;
    const packet = this.#packet;
    packet.layout = layout;
    packet.kind = layout.kind;
    packet.count = cursor.u16(0);
    packet.sysUptimeMs = cursor.u32(2);
    packet.unixSeconds = cursor.u32(6);
    packet.unixNanoseconds = cursor.u32(10);
    packet.sequence = layout.routing ? cursor.u32(14) : 0;
    const isV5 = layout.version === 5;
    packet.engineType = isV5 ? cursor.u8(18) : 0;
    packet.engineId = isV5 ? cursor.u8(19) : 0;
    packet.samplingInterval = isV5 ? cursor.u16(20) : 0;
    packet.reserved = layout.version === 7 ? cursor.u32(18) : 0;
  }

  #measureRecords(): void {
    const { left, pos } = this.#cursor;
    const packet = this.#packet;
    const { recordLength } = packet.layout;
    packet.recordsAt = pos;
    packet.records = Math.min(packet.count, Math.floor(left / recordLength));
    const rest = left - packet.records * recordLength;
    if (packet.records < packet.count) {
      this.#counters.add('notices:count_mismatch');
      if (rest > 0) this.#counters.add('notices:truncated_records');
    } else if (rest > 0) {
      this.#counters.add('notices:trailing_bytes');
    }
  }
}
