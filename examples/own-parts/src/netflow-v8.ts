import type { Protocol } from 'goflow2plus';
import { Cursor } from 'goflow2plus/decode';
import type { CustomPacket, Decoder, OnPacket } from 'goflow2plus/decode';
import { column } from 'goflow2plus/flow';
import type { FlowRecord } from 'goflow2plus/flow';
import type { Datagram } from 'goflow2plus/listen';
import type { Failure } from 'goflow2plus/metrics';
import { putDatagramColumns } from 'goflow2plus/produce';
import type { Emit } from 'goflow2plus/produce';

/**
 * NetFlow v8, router-based aggregation by autonomous systems (scheme 1).
 *
 *     header, 28 octets               record, 28 octets
 *      0  version = 8                  0  flows
 *      2  count                        4  packets
 *      4  sysUptime, ms                8  octets
 *      8  UNIX seconds                12  first, ms of sysUptime
 *     12  nanoseconds                 16  last
 *     16  sequence                    20  source AS
 *     20  engine type, id             22  destination AS
 *     22  aggregation, its version    24  input interface
 *     24  reserved                    26  output interface
 */
const HEADER = 28;
const RECORD = 28;
const BY_AS = 1;

const slots = {
  bytes: column('bytes').slot,
  packets: column('packets').slot,
  sourceAs: column('src_as').slot,
  destinationAs: column('dst_as').slot,
  input: column('in_if').slot,
  output: column('out_if').slot,
};

/** A datagram; one instance is used again and again. */
class AsPacket implements CustomPacket {
  readonly kind = 'custom';
  readonly name = 'netflowv8';
  readonly cursor = new Cursor();
  records = 0;
  sequence = 0;

  produce(flow: FlowRecord, datagram: Datagram, emit: Emit): void {
    const { cursor } = this;
    for (let i = 0; i < this.records && cursor.take(RECORD); i++) {
      putDatagramColumns(flow, datagram, 0, this.sequence);
      flow.words[slots.packets] = cursor.u32(4);
      flow.words[slots.bytes] = cursor.u32(8);
      flow.words[slots.sourceAs] = cursor.u16(20);
      flow.words[slots.destinationAs] = cursor.u16(22);
      flow.words[slots.input] = cursor.u16(24);
      flow.words[slots.output] = cursor.u16(26);
      emit(flow);
    }
  }

  raw(): Record<string, unknown> {
    return { version: 8, aggregation: BY_AS, 'flow-sequence': this.sequence, count: this.records };
  }
}

class NetFlowV8Decoder implements Decoder {
  readonly #packet = new AsPacket();

  decode(datagram: Datagram, onPacket: OnPacket): Failure | undefined {
    const packet = this.#packet;
    const { bytes, view, offset, length } = datagram;
    const { cursor } = packet;
    cursor.reset(bytes, view, offset, offset + length);
    if (!cursor.take(HEADER)) return 'too_short';
    if (cursor.u8(22) !== BY_AS) return 'unsupported_version';
    // whole records alone, however many the header announces
    packet.records = Math.min(cursor.u16(2), Math.floor(cursor.left / RECORD));
    if (packet.records === 0) return 'bad_record_count';
    packet.sequence = cursor.u32(16);
    onPacket(packet, datagram);
    return undefined;
  }
}

export default (): Protocol => ({ version: 8, decoder: new NetFlowV8Decoder() });
