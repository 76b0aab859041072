import type { Datagram } from '../listen/datagram.ts';
import type { Failure } from '../metrics/reasons.ts';
import type { Packet } from './packet.ts';

/** Takes a packet; `datagram` is the one that it came in, which for held data is an earlier one. */
export type OnPacket = (packet: Packet, datagram: Datagram) => void;

/**
 * Second stage: the framing of a datagram.
 *
 * The framing of the whole datagram is checked first and its templates are staged; only then is anything handed to
 * `onPacket` or kept (D-1). Problems are codes that are counted, never exceptions.
 */
export interface Decoder {
  /** Why the datagram was discarded whole; undefined when it was decoded. */
  decode(datagram: Datagram, onPacket: OnPacket): Failure | undefined;
}
