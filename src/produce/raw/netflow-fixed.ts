import { Cursor } from '../../decode/cursor.ts';
import type { FixedPacket } from '../../decode/packet.ts';
import { addressText } from '../../flow/address.ts';
import type { Datagram } from '../../listen/datagram.ts';
import type { RawObject } from './json-text.ts';

const cursor = new Cursor();

/** A datagram of NetFlow v1, v5 or v7 with the whole records that are there. */
export function fixedMessage(packet: FixedPacket, datagram: Datagram): RawObject {
  const { recordsAt, records, layout } = packet;
  cursor.reset(datagram.bytes, datagram.view, recordsAt, recordsAt + records * layout.recordLength);
  return {
    version: layout.version,
    count: packet.count,
    'sys-uptime': packet.sysUptimeMs,
    'unix-secs': packet.unixSeconds,
    'unix-nsecs': packet.unixNanoseconds,
    ...(layout.routing && { 'flow-sequence': packet.sequence }),
    ...(layout.version === 5 && {
      'engine-type': packet.engineType,
      'engine-id': packet.engineId,
      'sampling-interval': packet.samplingInterval,
    }),
    ...(layout.version === 7 && { reserved: packet.reserved }),
    records: Array.from({ length: records }, () => {
      cursor.take(layout.recordLength);
      return { ...ends(), ...rests[layout.version]() };
    }),
  };
}

const address = (offset: number) => addressText(cursor.bytes, cursor.at + offset, 4);

/** The first 36 octets of a record, which all versions have in common. */
function ends(): RawObject {
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
  };
}

/** What v5 and v7 have in common after that; the pads of v5 are flags in v7. */
function routed(first: string, second: string): RawObject {
  return {
    [first]: cursor.u8(36),
    'tcp-flags': cursor.u8(37),
    proto: cursor.u8(38),
    tos: cursor.u8(39),
    'src-as': cursor.u16(40),
    'dst-as': cursor.u16(42),
    'src-mask': cursor.u8(44),
    'dst-mask': cursor.u8(45),
    [second]: cursor.u16(46),
  };
}

const rests = {
  1: (): RawObject => ({
    pad1: cursor.u16(36),
    proto: cursor.u8(38),
    tos: cursor.u8(39),
    'tcp-flags': cursor.u8(40),
    pad2: cursor.u24(41),
    reserved: cursor.u32(44),
  }),
  5: (): RawObject => routed('pad1', 'pad2'),
  7: (): RawObject => ({ ...routed('flags1', 'flags2'), 'router-sc': address(48) }),
} as const;
