import { HeaderParser } from '../decode/headers/header-parser.ts';
import type { CustomPacket, Packet } from '../decode/packet.ts';
import type { CustomLayout } from '../flow/custom-fields.ts';
import { FlowRecord } from '../flow/flow-record.ts';
import type { Datagram } from '../listen/datagram.ts';
import type { Counters } from '../metrics/counters.ts';
import { FixedProducer } from './netflow-fixed.ts';
import { ElementMappings } from './mapped/element-mappings.ts';
import type { ElementMapping } from './mapped/element-mappings.ts';
import { LayerMappings } from './mapped/layer-mappings.ts';
import type { LayerMapping } from './mapped/layer-mappings.ts';
import { portParsers } from './mapped/port-names.ts';
import type { PortParserName } from './mapped/port-names.ts';
import type { Emit, Producer, Straight } from './producer.ts';
import { SFlowProducer } from './sflow.ts';
import { TemplatedProducer } from './templated.ts';
import type { TemplatedProducerOptions } from './templated.ts';

/** What a mapping file says of packets. */
export interface SampleMapping {
  /** Fields of a user's own, which all flows have room for. */
  readonly layout: CustomLayout;
  readonly elements: readonly ElementMapping[];
  readonly layers: readonly LayerMapping[];
  readonly ports: readonly PortParserName[];
}

/** Options of what reads NetFlow v9 and IPFIX, and which packet of a sampled tunnel columns tell about. */
export interface SampleProducerOptions extends TemplatedProducerOptions {
  readonly tunnels?: 'off' | 'inner' | undefined;
}

/** `-produce sample`: one flow message for each flow record and each sampled packet. */
export class SampleProducer implements Producer {
  /** What is emitted, filled again for each flow. */
  readonly flow: FlowRecord;
  readonly #fixed: FixedProducer;
  readonly #sflow: SFlowProducer;
  readonly #templated: TemplatedProducer;
  readonly #counters: Counters;
  readonly #layers: LayerMappings | undefined;

  constructor(counters: Counters, options: SampleProducerOptions = {}, mapping?: SampleMapping) {
    this.#counters = counters;
    const flow = new FlowRecord(mapping?.layout);
    this.flow = flow;
    let mapped: ElementMappings | undefined;
    if (mapping !== undefined) {
      const { layout, elements, layers } = mapping;
      if (elements.length > 0) mapped = new ElementMappings(elements, layout);
      if (layers.length > 0) this.#layers = new LayerMappings(layers, layout);
    }
    const { tunnels } = options;
    const headers = new HeaderParser({ tunnels, ports: portParsers(mapping?.ports ?? []), observer: this.#layers });
    this.#fixed = new FixedProducer(flow, counters);
    this.#sflow = new SFlowProducer(flow, counters, headers, options);
    this.#templated = new TemplatedProducer(flow, counters, headers, { ...options, mapped });
  }

  goStraight(straight: Straight | undefined): void {
    this.#fixed.goStraight(straight);
    this.#sflow.goStraight(straight);
    this.#templated.goStraight(straight);
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
      case 'custom':
        this.#custom(packet, datagram, emit);
        break;
    }
    if (this.#layers !== undefined && this.#layers.wrongSizes > 0) this.#countWrongSizes(this.#layers);
  }

  /** Each flow that comes is a record: the books are kept for the user's decoder. */
  #custom(packet: CustomPacket, datagram: Datagram, emit: Emit): void {
    this.flow.reset();
    packet.produce(this.flow, datagram, (flow) => {
      this.#counters.add('records_decoded');
      emit(flow);
      this.flow.reset();
    });
  }

  #countWrongSizes(layers: LayerMappings): void {
    this.#counters.add('notices:field_size', layers.wrongSizes);
    layers.wrongSizes = 0;
  }
}
