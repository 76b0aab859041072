import type { ByteSource } from './byte-source.ts';
import type { CapturedDatagram } from './captured-datagram.ts';
import { CaptureReader } from './capture-reader.ts';
import type { CaptureCounts } from './outcome.ts';
import { UdpExtractor } from './udp-extractor.ts';

/**
 * Hands every UDP datagram of a capture to `onDatagram`, in the order of the file; it is valid during the call. Closes
 * the source.
 *
 * @returns what became of the packets
 * @throws CaptureError when the capture cannot be read to its end, after all that comes before was handed over
 *
 * @example
 *     await readDatagrams(await openFile(path), path, ({ bytes, offset, length }) => ...);
 */
export async function readDatagrams(
  source: ByteSource,
  file: string,
  onDatagram: (datagram: CapturedDatagram) => void,
): Promise<Readonly<CaptureCounts>> {
  const reader = new CaptureReader(source, file);
  const extractor = new UdpExtractor();
  try {
    await reader.open();
    do {
      while (reader.next()) if (extractor.extract(reader.packet) === 'datagram') onDatagram(extractor.datagram);
    } while (await reader.fill());
  } finally {
    await source.close();
  }
  return extractor.counts;
}
