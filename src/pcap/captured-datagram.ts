/**
 * One UDP payload out of a capture. The extractor reuses one instance: it is valid until the next packet is looked at.
 */
export class CapturedDatagram {
  /** Memory that holds the payload, between `offset` and `offset + length`. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Spans the same memory as `bytes`, with the same origin. */
  view: DataView = new DataView(new ArrayBuffer(0));
  offset = 0;
  length = 0;
  /** Source address: `sourceLength` octets at `sourceAt` of `sourceBytes`, network byte order. */
  sourceBytes: Uint8Array = new Uint8Array(4);
  sourceAt = 0;
  sourceLength: 4 | 16 = 4;
  sourcePort = 0;
  destinationPort = 0;
  /** When the packet that completed it was captured: Unix seconds, 0 to 2^34 - 1, and nanoseconds of the second. */
  seconds = 0;
  nanoseconds = 0;
}
