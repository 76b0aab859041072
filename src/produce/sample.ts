import { HeaderParser } from '../decode/headers/header-parser.ts';
import type { Packet } from '../decode/packet.ts';
import { FlowRecord } from '../flow/flow-record.ts';
import type { Datagram } from '../listen/datagram.ts';
import type { Counters } from '../metrics/counters.ts';
import { FixedProducer } from './netflow-fixed.ts';
import type { Emit, Producer } from './producer.ts';
import { SFlowProducer } from './sflow.ts';
import { TemplatedProducer } from './templated.ts';
import type { TemplatedProducerOptions } from './templated.ts';

/** `-produce sample`: one flow message for each flow record and each sampled packet. */
export class SampleProducer implements Producer {
  /** What is emitted, filled again for each flow. */
  readonly flow = new FlowRecord();
  readonly #fixed: FixedProducer;
  readonly #sflow: SFlowProducer;
  readonly #templated: TemplatedProducer;

  /** @param options of what reads NetFlow v9 and IPFIX */
  constructor(counters: Counters, options: TemplatedProducerOptions = {}) {
    const { flow } = this;
    this.#fixed = new FixedProducer(flow, counters);
    const headers = new HeaderParser();
    this.#sflow = new SFlowProducer(flow, counters, headers);
    this.#templated = new TemplatedProducer(flow, counters, headers, options);
  }

  produce(packet: Packet, datagram: Datagram, emit: Emit): void {
    switch (packet.kind) {
      case 'netflow_v1':
      case 'netflow_v5':
      case 'netflow_v7':
        this.#fixed.produce(packet, datagram, emit);
        break;
      case 'sflow_5':
        this.#sflow.produce(packet, datagram, emit);
        break;
      case 'netflow_v9':
      case 'ipfix':
        this.#templated.produce(packet, datagram, emit);
        break;
    }
  }
}
