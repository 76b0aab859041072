import type { Datagram } from '../../listen/datagram.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { Failure } from '../../metrics/reasons.ts';
import { Cursor } from '../cursor.ts';
import type { Decoder, OnPacket } from '../decoder.ts';
import type { NetFlowV5Packet } from '../packet.ts';
import { unsupportedVersion } from '../unsupported-version.ts';
import type { SequenceTracker } from '../sequence/tracker.ts';
import { HEADER_LENGTH, RECORD_LENGTH } from './layout.ts';

/**
 * NetFlow v5. The whole records that are there are handed on, never more than the header announces: a count above what
 * the octets hold, also above the 30 of the format, costs nothing but itself. A cut off record is counted. The largest
 * datagram holds 1,364 records, so that no further limit is needed.
 */
export class NetFlowV5Decoder implements Decoder {
  readonly #counters: Counters;
  readonly #sequences: SequenceTracker | undefined;
  readonly #cursor = new Cursor();
  readonly #packet: NetFlowV5Packet = {
    kind: 'netflow_v5',
    count: 0,
    sysUptimeMs: 0,
    unixSeconds: 0,
    unixNanoseconds: 0,
    sequence: 0,
    engineType: 0,
    engineId: 0,
    samplingInterval: 0,
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
    if (cursor.u16(0) !== 5) {
      this.#counters.add(`unsupported:${unsupportedVersion(datagram)}`);
      return 'unsupported_version';
    }
    if (!cursor.take(HEADER_LENGTH - 2)) return 'too_short';
    this.#readHeader();
    if (this.#packet.count === 0) return 'bad_record_count';
    this.#measureRecords();
    this.#sequences?.netflowV5(this.#packet, datagram);
    onPacket(this.#packet, datagram);
    return undefined;
  }

  /** Reads the header, of which everything after the version is claimed. */
  #readHeader(): void {
    const cursor = this.#cursor;
    const packet = this.#packet;
    packet.count = cursor.u16(0);
    packet.sysUptimeMs = cursor.u32(2);
    packet.unixSeconds = cursor.u32(6);
    packet.unixNanoseconds = cursor.u32(10);
    packet.sequence = cursor.u32(14);
    packet.engineType = cursor.u8(18);
    packet.engineId = cursor.u8(19);
    packet.samplingInterval = cursor.u16(20);
  }

  #measureRecords(): void {
    const { left, pos } = this.#cursor;
    const packet = this.#packet;
    packet.recordsAt = pos;
    packet.records = Math.min(packet.count, Math.floor(left / RECORD_LENGTH));
    const rest = left - packet.records * RECORD_LENGTH;
    if (packet.records < packet.count) {
      this.#counters.add('notices:count_mismatch');
      if (rest > 0) this.#counters.add('notices:truncated_records');
    } else if (rest > 0) {
      this.#counters.add('notices:trailing_bytes');
    }
  }
}
