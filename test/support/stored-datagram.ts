import { Source } from '#src/listen/datagram.js';
import type { Datagram } from '#src/listen/datagram.js';
import { parseAddress } from '#src/flow/address.js';
import { putSeconds } from '#src/flow/u64.js';
import { openFile } from '#src/pcap/byte-source.js';
import { readDatagrams } from '#src/pcap/read-datagrams.js';

/** A datagram that a test keeps: with a copy of its octets. */
export interface StoredDatagram {
  readonly bytes: Uint8Array;
  readonly source: Source;
  readonly sourcePort: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

const defaultSource = new Source(parseAddress('192.0.2.1')!);

/** A datagram as the vectors assume it: from 192.0.2.1:50000, received at 1700000000.123456789. */
export function storedDatagram(bytes: Uint8Array, changes: Partial<StoredDatagram> = {}): StoredDatagram {
  const defaults = { source: defaultSource, sourcePort: 50_000, seconds: 1_700_000_000, nanoseconds: 123_456_789 };
  return { bytes, ...defaults, ...changes };
}

/** Fills the datagram that decoders are handed. */
export function fill(datagram: Datagram, stored: StoredDatagram): Datagram {
  datagram.setBytes(stored.bytes);
  datagram.source = stored.source;
  datagram.sourcePort = stored.sourcePort;
  putSeconds(datagram.received, 0, stored.seconds, stored.nanoseconds);
  return datagram;
}

/** Every datagram of a capture, in its order. */
export async function readCapture(path: string): Promise<StoredDatagram[]> {
  const stored: StoredDatagram[] = [];
  await readDatagrams(await openFile(path), path, (captured) => {
    const { sourceBytes, sourceAt, sourceLength } = captured;
    stored.push({
      bytes: captured.bytes.slice(captured.offset, captured.offset + captured.length),
      source: new Source(sourceBytes.slice(sourceAt, sourceAt + sourceLength)),
      sourcePort: captured.sourcePort,
      seconds: captured.seconds,
      nanoseconds: captured.nanoseconds,
    });
  });
  return stored;
}
