import type { Decoder } from '#src/decode/decoder.js';
import { HeaderParser } from '#src/decode/headers/header-parser.js';
import { IpfixDecoder } from '#src/decode/ipfix/decoder.js';
import { NetFlowV5Decoder } from '#src/decode/netflow-v5/decoder.js';
import { NetFlowV9Decoder } from '#src/decode/netflow-v9/decoder.js';
import type { Packet } from '#src/decode/packet.js';
import { SFlowDecoder } from '#src/decode/sflow/decoder.js';
import { MemoryTemplateStore } from '#src/decode/templates/memory-store.js';
import { PendingSets } from '#src/decode/templates/pending.js';
import { RecordWalker } from '#src/decode/templates/records.js';
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

/** What a test may change about the chain. */
export interface WholeChainOptions {
  readonly maxTemplateBytes?: number;
  readonly maxPendingBytes?: number;
}

/** Which decoder a datagram goes to. */
export type Protocol = 'netflow-v5' | 'netflow-v9' | 'ipfix' | 'sflow';

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
  readonly #templates: MemoryTemplateStore;
  readonly #pending: PendingSets;
  #nowMs = 0;
  readonly #v5Producer = new NetFlowV5Producer(this.#flow, this.counters);
  readonly #sflowProducer = new SFlowProducer(this.#flow, this.counters, new HeaderParser());
  readonly #walker = new RecordWalker();
  readonly #decoders: Record<Protocol, Decoder>;
  readonly #onFlow: OnFlow;

  constructor(onFlow: OnFlow = () => {}, { maxTemplateBytes, maxPendingBytes }: WholeChainOptions = {}) {
    this.#onFlow = onFlow;
    this.#templates = new MemoryTemplateStore({
      counters: this.counters,
      ...(maxTemplateBytes === undefined ? {} : { maxBytes: maxTemplateBytes }),
    });
    this.#pending = new PendingSets({
      counters: this.counters,
      now: () => this.#nowMs,
      ...(maxPendingBytes === undefined ? {} : { maxBytes: maxPendingBytes }),
    });
    const parts = { counters: this.counters, templates: this.#templates, pending: this.#pending };
    this.#decoders = {
      'netflow-v5': new NetFlowV5Decoder(this.counters),
      'netflow-v9': new NetFlowV9Decoder(parts),
      ipfix: new IpfixDecoder(parts),
      sflow: new SFlowDecoder(this.counters),
    };
  }

  /** Takes one datagram through; why it was discarded whole, if it was. By default its version tells the decoder. */
  take(stored: StoredDatagram, protocol: Protocol | undefined = protocolOf(stored.bytes)): Failure | undefined {
    const { counters } = this;
    const datagram = fill(this.#datagram, stored);
    counters.add('datagrams_received');
    const failure =
      protocol === undefined ? 'unsupported_version' : this.#decoders[protocol].decode(datagram, this.#produce);
    if (failure === undefined) counters.add('datagrams_decoded');
    else counters.add(`datagrams_failed:${failure}`);
    return failure;
  }

  /** Lets time pass for templates and held data. */
  wait(ms: number): void {
    this.#nowMs += ms;
    this.#templates.tick(this.#nowMs);
    this.#pending.tick(this.#nowMs);
  }

  /** Sets that are held for their template. */
  get pendingSets(): number {
    return this.#pending.count;
  }

  readonly #produce = (packet: Packet, datagram: Datagram): void => {
    this.onPacket?.(packet, datagram);
    const emit = (flow: FlowRecord): void => {
      this.counters.add('flows_produced');
      this.#onFlow(flow, datagram);
    };
    if (packet.kind === 'netflow_v5') this.#v5Producer.produce(packet, datagram, emit);
    else if (packet.kind === 'sflow_5') this.#sflowProducer.produce(packet, datagram, emit);
    else {
      for (const set of packet.sets.slice(0, packet.setCount)) {
        if (set.template === undefined) continue;
        this.#walker.begin(datagram, set.template, set.at, set.end);
        for (let i = 0; i < set.records; i++) {
          if (!this.#walker.next()) throw new Error('fewer records');
          if (set.kind === 'data') emit(this.#flow);
          else this.counters.add('records_dropped:no_flow');
        }
      }
    }
  };
}

/** By the version at the beginning; undefined for others. */
export function protocolOf(bytes: Uint8Array): Protocol | undefined {
  const version = bytes.length < 2 ? -1 : (bytes[0]! << 8) | bytes[1]!;
  if (version === 5) return 'netflow-v5';
  if (version === 9) return 'netflow-v9';
  if (version === 10) return 'ipfix';
  return version === 0 && bytes[3] === 5 ? 'sflow' : undefined;
}
