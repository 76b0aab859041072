import {
  FixedExporter,
  SFlowExporter,
  TemplatedExporter,
  Traffic,
  type SimulatedExporter,
} from '#src/simulate/index.js';
import type { PreparedDatagram } from './load-sender.ts';

export const protocols = ['netflow5', 'netflow9', 'ipfix', 'sflow'] as const;
export type Protocol = (typeof protocols)[number];

export interface Preparation {
  readonly protocol: Protocol;
  readonly seed: number;
  /** Flow records or samples in each datagram. */
  readonly records: number;
  /** Datagrams of the circle; templates come with the first one. */
  readonly datagrams: number;
  /** Share of flows over IPv6, 0 to 1. */
  readonly ipv6: number;
}

/** Where each header has its sequence number (sFlow: behind an IPv4 agent). */
const sequenceOffsets: Record<Protocol, number> = { netflow5: 16, netflow9: 12, ipfix: 8, sflow: 16 };

/** The datagrams of one exporter; `stream` tells the traffic of several apart. */
export function prepare(options: Preparation, stream: number): PreparedDatagram[] {
  const now = BigInt(Date.now()) * 1_000_000n;
  const exporter = build(options.protocol, now - 3_600_000_000_000n);
  const traffic = new Traffic({
    seed: options.seed,
    stream: stream % 128,
    start: now - 60_000_000_000n,
    ipv6: options.ipv6,
  });
  const made: Uint8Array[] = [];
  const count = options.datagrams + 1; // one more: its sequence number says how far the last of the circle counts
  for (let i = 0; made.length < count; i++) {
    const flows = Array.from({ length: options.records }, (_, j) => traffic.flow(i * options.records + j));
    made.push(...exporter.export(flows, now));
  }
  const offset = sequenceOffsets[options.protocol];
  const numbers = made.map((bytes) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset));
  return made.slice(0, options.datagrams).map((bytes, i) => ({
    bytes,
    sequence: { offset, step: numbers[i + 1]! - numbers[i]! },
  }));
}

function build(protocol: Protocol, boot: bigint): SimulatedExporter {
  const payload = 8900; // so that a datagram has the records that were asked for
  if (protocol === 'netflow5') return new FixedExporter({ boot });
  if (protocol === 'sflow') return new SFlowExporter({ boot, payload });
  return new TemplatedExporter({ version: protocol === 'ipfix' ? 10 : 9, boot, payload });
}
