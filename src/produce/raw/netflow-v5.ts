import { Cursor } from '../../decode/cursor.ts';
import { RECORD_LENGTH } from '../../decode/netflow-v5/layout.ts';
import type { NetFlowV5Packet } from '../../decode/packet.ts';
import { addressText } from '../../flow/address.ts';
import type { Datagram } from '../../listen/datagram.ts';
import type { RawObject } from './json-text.ts';

const cursor = new Cursor();

/** A NetFlow v5 datagram with the whole records that are there. */
export function netFlowV5Message(packet: NetFlowV5Packet, datagram: Datagram): RawObject {
  const { recordsAt, records } = packet;
  cursor.reset(datagram.bytes, datagram.view, recordsAt, recordsAt + records * RECORD_LENGTH);
  return {
    version: 5,
    count: packet.count,
    'sys-uptime': packet.sysUptimeMs,
    'unix-secs': packet.unixSeconds,
    'unix-nsecs': packet.unixNanoseconds,
    'flow-sequence': packet.sequence,
    'engine-type': packet.engineType,
    'engine-id': packet.engineId,
    'sampling-interval': packet.samplingInterval,
    records: Array.from({ length: records }, nextRecord),
  };
}

function nextRecord(): RawObject {
  cursor.take(RECORD_LENGTH);
  const address = (offset: number) => addressText(cursor.bytes, cursor.at + offset, 4);
  return {
    'src-addr': address(0),
    'dst-addr': address(4),
    'next-hop': address(8),
    input: cursor.u16(12),
    output: cursor.u16(14),
    dpkts: cursor.u32(16),
    doctets: cursor.u32(20),
    first: cursor.u32(24),
    last: cursor.u32(28),
    'src-port': cursor.u16(32),
    'dst-port': cursor.u16(34),
    pad1: cursor.u8(36),
    'tcp-flags': cursor.u8(37),
    proto: cursor.u8(38),
    tos: cursor.u8(39),
    'src-as': cursor.u16(40),
    'dst-as': cursor.u16(42),
    'src-mask': cursor.u8(44),
    'dst-mask': cursor.u8(45),
    pad2: cursor.u16(46),
  };
}
