import { Layer, slotOf } from '../../flow/fields.ts';
import type { LayerParser } from './layer-parser.ts';

const SRC_PORT = slotOf('src_port');
const DST_PORT = slotOf('dst_port');
const TCP_FLAGS = slotOf('tcp_flags');

/**
 * TCP (RFC 9293 section 3.1):
 *
 *     source port; destination port; sequence number; acknowledgment number
 *     data offset 4 bits in words of 32 bits, reserved 4 bits; control bits 8; window
 *     checksum; urgent pointer; options up to the data offset
 */
export const tcp: LayerParser = {
  name: 'tcp',
  layer: Layer.TCP,
  keys: ['tcp', '4'],
  group: 40,
  prolongs: false,
  minimum: 20,
  etherType: 0,
  parse(frame) {
    const { cursor, words } = frame;
    const ports = cursor.u32(0);
    const offsetAndFlags = cursor.u16(12);
    if (frame.fills) {
      words[SRC_PORT] = ports >>> 16;
      words[DST_PORT] = ports & 0xffff;
      words[TCP_FLAGS] = offsetAndFlags & 0xff;
    }
    const size = (offsetAndFlags >>> 12) * 4;
    if (size < 20) return undefined; // where the payload begins is not known
    frame.size = size;
    return frame.byTcpPort(ports);
  },
};
