import { HeaderParser } from '#src/decode/headers/header-parser.js';
import type { HeaderParserOptions } from '#src/decode/headers/header-parser.js';
import { FixedDecoder } from '#src/decode/netflow-fixed/decoder.js';
import { SFlowDecoder } from '#src/decode/sflow/decoder.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { putSeconds } from '#src/flow/u64.js';
import { Datagram, Source } from '#src/listen/datagram.js';
import { Counters } from '#src/metrics/counters.js';
import type { Failure } from '#src/metrics/reasons.js';
import { FixedProducer } from '#src/produce/netflow-fixed.js';
import { SFlowProducer } from '#src/produce/sflow.js';
import { columnsOf } from './flow-columns.ts';
import type { Columns } from './flow-columns.ts';

/** What became of a datagram. */
export interface Outcome {
  readonly failure: Failure | undefined;
  readonly flows: Columns[];
  readonly counters: Record<string, number>;
}

/** A datagram as the vectors have it: from 192.0.2.1:50000, received at 1700000000.123456789. */
export function datagramOf(octets: Uint8Array): Datagram {
  const datagram = new Datagram();
  datagram.setBytes(octets);
  datagram.source = new Source(Uint8Array.of(192, 0, 2, 1));
  datagram.sourcePort = 50_000;
  putSeconds(datagram.received, 0, 1_700_000_000, 123_456_789);
  return datagram;
}

/** A decoder of one datagram with the producer behind it. */
export type Chain = (octets: Uint8Array) => Outcome;

/** Decodes and produces one NetFlow v5 datagram. */
export const fixed: Chain = (octets) => {
  const counters = new Counters();
  const flow = new FlowRecord();
  const producer = new FixedProducer(flow, counters);
  const flows: Columns[] = [];
  const failure = new FixedDecoder(counters).decode(datagramOf(octets), (packet, datagram) => {
    if (!('recordsAt' in packet)) throw new Error(`unexpected packet: ${packet.kind}`);
    producer.produce(packet, datagram, () => flows.push(columnsOf(flow)));
  });
  return { failure, flows, counters: counters.snapshot() };
};

/** Decodes and produces one sFlow datagram. */
export function sflow(octets: Uint8Array, options: HeaderParserOptions = {}): Outcome {
  const counters = new Counters();
  const flow = new FlowRecord();
  const producer = new SFlowProducer(flow, counters, new HeaderParser(options));
  const flows: Columns[] = [];
  const failure = new SFlowDecoder(counters).decode(datagramOf(octets), (packet, datagram) => {
    if (packet.kind !== 'sflow_5') throw new Error(`unexpected packet: ${packet.kind}`);
    producer.produce(packet, datagram, () => flows.push(columnsOf(flow)));
  });
  return { failure, flows, counters: counters.snapshot() };
}
