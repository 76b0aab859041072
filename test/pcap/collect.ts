import { memorySource } from '#src/pcap/byte-source.js';
import { CaptureError } from '#src/pcap/capture-error.js';
import { CaptureReader } from '#src/pcap/capture-reader.js';
import { newCounts } from '#src/pcap/outcome.js';
import type { CaptureCounts } from '#src/pcap/outcome.js';
import { UdpExtractor } from '#src/pcap/udp-extractor.js';

/** A datagram as plain values, for comparison. */
export interface PlainDatagram {
  readonly source: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly time: string;
  readonly payload: string;
}

/** A packet as plain values. */
export interface PlainPacket {
  readonly octets: string;
  readonly originalLength: number;
  readonly linkType: number;
  readonly time: string;
}

export interface Collected {
  readonly packets: PlainPacket[];
  readonly datagrams: PlainDatagram[];
  readonly counts: Readonly<CaptureCounts>;
  /** The error that ended it; anything but a `CaptureError` is thrown on. */
  readonly error: CaptureError | undefined;
}

const hex = (bytes: Uint8Array, at: number, length: number) =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('hex');
const time = (seconds: number, nanoseconds: number) => `${seconds}.${String(nanoseconds).padStart(9, '0')}`;

/** Reads a capture from memory: all that came before the error that ended it, if one did. */
export async function collect(capture: Uint8Array, windowSize = 65_536): Promise<Collected> {
  const reader = new CaptureReader(memorySource(capture), 'test.pcap', windowSize);
  const extractor = new UdpExtractor();
  const packets: PlainPacket[] = [];
  const datagrams: PlainDatagram[] = [];
  let error: CaptureError | undefined;
  try {
    await reader.open();
    do {
      while (reader.next()) {
        const { packet } = reader;
        packets.push({
          octets: hex(packet.bytes, packet.offset, packet.length),
          originalLength: packet.originalLength,
          linkType: packet.linkType,
          time: time(packet.seconds, packet.nanoseconds),
        });
        if (extractor.extract(packet) !== 'datagram') continue;
        const found = extractor.datagram;
        datagrams.push({
          source: hex(found.sourceBytes, found.sourceAt, found.sourceLength),
          sourcePort: found.sourcePort,
          destinationPort: found.destinationPort,
          time: time(found.seconds, found.nanoseconds),
          payload: hex(found.bytes, found.offset, found.length),
        });
      }
    } while (await reader.fill());
  } catch (thrown) {
    if (!(thrown instanceof CaptureError)) throw thrown;
    error = thrown;
  }
  return { packets, datagrams, counts: extractor.counts, error };
}

/** The counters that are not zero. */
export function nonZero(counts: Readonly<CaptureCounts>): Partial<CaptureCounts> {
  return Object.fromEntries(Object.entries({ ...newCounts(), ...counts }).filter(([, count]) => count !== 0));
}
