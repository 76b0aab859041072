import { writeFileSync } from 'node:fs';
import { PcapWriter } from '#src/pcap/writer.js';

/** NetFlow and IPFIX, and sFlow, go to these ports. */
export const FLOW_PORT = 2055;
export const SFLOW_PORT = 6343;

/** The exporter and the collector of {@link writeDatagrams}: 192.0.2.1:50000 and 192.0.2.254. */
const ends = {
  source: Uint8Array.of(192, 0, 2, 1),
  destination: Uint8Array.of(192, 0, 2, 254),
  sourcePort: 50_000,
};

/** Writes datagrams of one exporter as a capture, one a second from `start` (Unix seconds). */
export function writeDatagrams(
  path: string,
  payloads: readonly Uint8Array[],
  destinationPort: number,
  start = 1_700_000_000,
): void {
  const writer = new PcapWriter();
  payloads.forEach((payload, i) => writer.datagram({ ...ends, destinationPort, payload }, start + i, 0));
  writeFileSync(path, writer.take());
}

/** Writes Ethernet frames as a capture, `gapMs` apart from `start` (Unix seconds). */
export function writeFrames(path: string, frames: readonly Uint8Array[], gapMs = 10, start = 1_700_000_000): void {
  const writer = new PcapWriter();
  frames.forEach((frame, i) => {
    const milliseconds = i * gapMs;
    writer.frame(frame, start + Math.floor(milliseconds / 1_000), (milliseconds % 1_000) * 1_000_000);
  });
  writeFileSync(path, writer.take());
}
