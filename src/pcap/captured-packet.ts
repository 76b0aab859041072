/** One packet as it is in a capture. Readers reuse one instance: it is valid until the next one is asked for. */
export class CapturedPacket {
  /** Memory that holds the packet, between `offset` and `offset + length`. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Spans the same memory as `bytes`, with the same origin. */
  view: DataView = new DataView(new ArrayBuffer(0));
  offset = 0;
  /** Octets that were captured. */
  length = 0;
  /** Octets that the packet had; more than `length` when the capture's snapshot length cut it. */
  originalLength = 0;
  /** Kind of the link layer header, as https://www.tcpdump.org/linktypes.html numbers them. */
  linkType = 0;
  /** When it was captured: Unix seconds, 0 to 2^34 - 1, and nanoseconds of the second. */
  seconds = 0;
  nanoseconds = 0;
}
