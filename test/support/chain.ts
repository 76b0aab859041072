import assert from 'node:assert/strict';
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

/** One way to make flows of sFlow datagrams; what the one before has left in the record is not to be seen in the next. */
class SFlowChain {
  readonly #counters = new Counters();
  readonly #flow = new FlowRecord();
  readonly #decoder = new SFlowDecoder(this.#counters);
  readonly #producer: SFlowProducer;

  constructor(options: HeaderParserOptions, codegen: boolean) {
    this.#producer = new SFlowProducer(this.#flow, this.#counters, new HeaderParser(options), {
      codegen,
      enriched: [],
    });
  }

  take(octets: Uint8Array): Outcome {
    this.#counters.values.fill(0);
    const flows: Columns[] = [];
    const failure = this.#decoder.decode(datagramOf(octets), (packet, datagram) => {
      if (packet.kind !== 'sflow_5') throw new Error(`unexpected packet: ${packet.kind}`);
      this.#producer.produce(packet, datagram, (flow) => flows.push(columnsOf(flow)));
    });
    return { failure, flows, counters: this.#counters.snapshot() };
  }
}

const usually: HeaderParserOptions = {};
const chains = new Map<HeaderParserOptions, readonly SFlowChain[]>();

/** Decodes and produces one sFlow datagram: with generated code and without it, which is held to be the same. */
export function sflow(octets: Uint8Array, options: HeaderParserOptions = usually): Outcome {
  let twins = chains.get(options);
  if (twins === undefined)
    chains.set(options, (twins = [true, false].map((codegen) => new SFlowChain(options, codegen))));
  const [outcome, twin] = twins.map((chain) => chain.take(octets));
  assert.deepEqual(outcome, twin, 'with generated code and without it');
  return outcome!;
}
