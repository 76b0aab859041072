import type { Decoder } from '#src/decode/decoder.js';
import { HeaderParser } from '#src/decode/headers/header-parser.js';
import { NetFlowV5Decoder } from '#src/decode/netflow-v5/decoder.js';
import type { Packet } from '#src/decode/packet.js';
import { SFlowDecoder } from '#src/decode/sflow/decoder.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { Datagram } from '#src/listen/datagram.js';
import { Counters } from '#src/metrics/counters.js';
import type { Failure } from '#src/metrics/reasons.js';
import { NetFlowV5Producer } from '#src/produce/netflow-v5.js';
import { SFlowProducer } from '#src/produce/sflow.js';
import { fill } from './stored-datagram.ts';
import type { StoredDatagram } from './stored-datagram.ts';

/** Takes a flow, with the datagram that it came in (which for held data is an earlier one). Valid during the call. */
export type OnFlow = (flow: FlowRecord, datagram: Datagram) => void;

/**
 * All decoders and producers of one thread, without formats and output: what tests need who look at flows, packets
 * and counters. It keeps the books of the stages before the output.
 */
export class WholeChain {
  readonly counters = new Counters();
  /** Told about each packet before its flows are produced. */
  onPacket: ((packet: Packet, datagram: Datagram) => void) | undefined;
  readonly #flow = new FlowRecord();
  readonly #datagram = new Datagram();
  readonly #v5 = new NetFlowV5Decoder(this.counters);
  readonly #v5Producer = new NetFlowV5Producer(this.#flow, this.counters);
  readonly #sflow = new SFlowDecoder(this.counters);
  readonly #sflowProducer = new SFlowProducer(this.#flow, this.counters, new HeaderParser());
  readonly #onFlow: OnFlow;

  constructor(onFlow: OnFlow = () => {}) {
    this.#onFlow = onFlow;
  }

  /** Takes one datagram through; why it was discarded whole, if it was. */
  take(stored: StoredDatagram): Failure | undefined {
    const { counters } = this;
    const datagram = fill(this.#datagram, stored);
    counters.add('datagrams_received');
    const failure = this.#decoder(datagram)?.decode(datagram, this.#produce) ?? undefined;
    if (failure === undefined) counters.add('datagrams_decoded');
    else counters.add(`datagrams_failed:${failure}`);
    return failure;
  }

  /** Sets that are held for their template. */
  get pendingSets(): number {
    return 0;
  }

  #decoder({ bytes }: Datagram): Decoder | undefined {
    if (bytes[0] === 0 && bytes[1] === 5) return this.#v5;
    return bytes[0] === 0 && bytes[1] === 0 ? this.#sflow : undefined;
  }

  readonly #produce = (packet: Packet, datagram: Datagram): void => {
    this.onPacket?.(packet, datagram);
    const emit = (flow: FlowRecord): void => {
      this.counters.add('flows_produced');
      this.#onFlow(flow, datagram);
    };
    if (packet.kind === 'netflow_v5') this.#v5Producer.produce(packet, datagram, emit);
    else if (packet.kind === 'sflow_5') this.#sflowProducer.produce(packet, datagram, emit);
  };
}
