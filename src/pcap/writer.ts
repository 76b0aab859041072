import { FILE_HEADER, NANOSECONDS, RECORD_HEADER } from './classic.ts';
import { udpFrames } from './udp-frame.ts';
import type { UdpFrame } from './udp-frame.ts';

const ETHERNET = 1;
const SNAPSHOT_LENGTH = 262_144;

/**
 * Writes a classic pcap capture with nanoseconds, big-endian, into memory. What was written can be taken away piece by
 * piece, so that a long capture goes to a file in parts.
 *
 * @example
 *     const writer = new PcapWriter();
 *     writer.datagram({ source, destination, sourcePort: 50000, destinationPort: 2055, payload }, 1700000000, 0);
 *     await writeFile('exporter.pcap', writer.take());
 */
export class PcapWriter {
  #bytes = new Uint8Array(65_536);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** @param linkType of the frames, as https://www.tcpdump.org/linktypes.html numbers them */
  constructor(linkType = ETHERNET) {
    const at = this.#grow(FILE_HEADER);
    this.#view.setUint32(at, NANOSECONDS);
    this.#view.setUint16(at + 4, 2);
    this.#view.setUint16(at + 6, 4);
    this.#view.setUint32(at + 16, SNAPSHOT_LENGTH);
    this.#view.setUint32(at + 20, linkType);
  }

  /** Adds a datagram in an Ethernet frame, or several when it has an MTU to keep. */
  datagram(udp: UdpFrame, seconds: number, nanoseconds: number): void {
    for (const frame of udpFrames(udp)) this.frame(frame, seconds, nanoseconds);
  }

  /** Adds a frame; `originalLength` is larger than its own when it was cut. */
  frame(frame: Uint8Array, seconds: number, nanoseconds: number, originalLength = frame.length): void {
    const at = this.#grow(RECORD_HEADER + frame.length);
    this.#view.setUint32(at, seconds);
    this.#view.setUint32(at + 4, nanoseconds);
    this.#view.setUint32(at + 8, frame.length);
    this.#view.setUint32(at + 12, originalLength);
    this.#bytes.set(frame, at + RECORD_HEADER);
  }

  /** Octets that wait to be taken. */
  get length(): number {
    return this.#length;
  }

  /** A copy of what was written since the last call, the file header first of all. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Makes room for `length` more octets, all zero, and returns where they begin. */
  #grow(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#bytes.fill(0, at, this.#length);
    return at;
  }
}
