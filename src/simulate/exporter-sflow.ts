import { accounted, DEFAULT_PAYLOAD, emptyAccount } from './exporter.ts';
import type { SimulatedExporter } from './exporter.ts';
import { packetOf } from './sampled-packet.ts';
import { counterRecord } from './sflow-counter-records.ts';
import { extendedGateway, extendedRouter, extendedSwitch, rawHeader } from './sflow-flow-records.ts';
import {
  encodeCounterSample,
  encodeExpandedCounterSample,
  encodeExpandedFlowSample,
  encodeFlowSample,
  encodeSFlow,
} from './sflow.ts';
import type { SFlowRecord } from './sflow.ts';
import type { SimulatedFlow } from './simulated-flow.ts';
import { sysUptimeMs } from './uptime.ts';

export interface SFlowExporterOptions {
  /** When the agent started, Unix nanoseconds. */
  readonly boot: bigint;
  readonly agent?: string;
  readonly samplingRate?: number;
  readonly payload?: number;
  /** The expanded forms of samples. */
  readonly expanded?: boolean;
  /** Octets of a sampled packet that are sent. */
  readonly headerBytes?: number;
  /** Adds switch, router and gateway records with what the flow says. */
  readonly extended?: boolean;
  /** A counter sample of an interface with every n-th datagram; none by default. */
  readonly countersEvery?: number;
}

/** What a sub-agent counts. */
interface SubAgent {
  datagrams: number;
  /** Samples of a data source: sequence number, and the packets that it has seen. */
  readonly flows: Map<number, { sequence: number; pool: number }>;
  readonly counters: Map<number, number>;
}

/** Octets of a datagram's header with an IPv6 agent. */
const HEADER = 40;

/**
 * sFlow v5. Each flow is sampled once: its packet, of 64 octets and more, in a raw header. Datagrams count per
 * sub-agent (the `domain` of `export`), samples per data source, which is the interface that the flow came in by.
 */
export class SFlowExporter implements SimulatedExporter {
  readonly account = emptyAccount();
  readonly #options: SFlowExporterOptions;
  #boot: bigint;
  #subAgents = new Map<number, SubAgent>();

  constructor(options: SFlowExporterOptions) {
    this.#options = options;
    this.#boot = options.boot;
  }

  export(flows: readonly SimulatedFlow[], now: bigint, domain = 0): Uint8Array[] {
    const subAgent = this.#subAgent(domain);
    const room = (this.#options.payload ?? DEFAULT_PAYLOAD) - HEADER;
    const datagrams: Uint8Array[] = [];
    let samples: Uint8Array[] = [];
    let octets = 0;
    for (const flow of flows) {
      const sample = this.#sample(subAgent, flow);
      if (octets + sample.length > room && octets > 0) {
        datagrams.push(this.#datagram(subAgent, domain, samples, now));
        samples = [];
      }
      if (samples.length === 0) {
        samples = this.#counters(subAgent, flow);
        octets = samples.reduce((sum, counters) => sum + counters.length, 0);
      }
      octets += sample.length;
      if (octets > room) throw new RangeError(`payload: a sample does not fit into ${room + HEADER} octets`);
      samples.push(sample);
      this.account.flows++;
    }
    if (samples.length > 0) datagrams.push(this.#datagram(subAgent, domain, samples, now));
    return datagrams;
  }

  sequence(domain = 0): number {
    return this.#subAgent(domain).datagrams + 1;
  }

  reboot(now: bigint): void {
    this.#boot = now;
    this.#subAgents = new Map();
  }

  #subAgent(id: number): SubAgent {
    let subAgent = this.#subAgents.get(id);
    if (subAgent === undefined) {
      subAgent = { datagrams: 0, flows: new Map(), counters: new Map() };
      this.#subAgents.set(id, subAgent);
    }
    return subAgent;
  }

  #datagram(subAgent: SubAgent, id: number, samples: readonly Uint8Array[], now: bigint): Uint8Array {
    subAgent.datagrams++;
    const header = {
      agent: this.#options.agent ?? '192.0.2.1',
      subAgent: id,
      sequence: subAgent.datagrams,
      uptimeMs: sysUptimeMs(this.#boot, now),
    };
    return accounted(this.account, encodeSFlow(header, samples));
  }

  #sample(subAgent: SubAgent, flow: SimulatedFlow): Uint8Array {
    const { samplingRate = 1_000, expanded = false } = this.#options;
    const index = flow.inputInterface ?? 1;
    const counts = subAgent.flows.get(index) ?? { sequence: 0, pool: 0 };
    counts.sequence++;
    counts.pool = (counts.pool + samplingRate) % 2 ** 32;
    subAgent.flows.set(index, counts);
    const sample = {
      sequence: counts.sequence,
      source: { index },
      samplingRate,
      samplePool: counts.pool,
      input: { value: flow.inputInterface ?? 0 },
      output: { value: flow.outputInterface ?? 0 },
      records: this.#records(flow),
    };
    return expanded ? encodeExpandedFlowSample(sample) : encodeFlowSample(sample);
  }

  #records(flow: SimulatedFlow): SFlowRecord[] {
    const frame = packetOf(flow, payloadOf(flow));
    const header = frame.subarray(0, this.#options.headerBytes ?? 128);
    const records = [rawHeader({ header, frameLength: frame.length + 4, stripped: 4 })]; // 4: the check sequence
    if (this.#options.extended !== true) return records;
    if (flow.vlan !== undefined) records.push(extendedSwitch({ vlan: flow.vlan }, { vlan: flow.vlan }));
    const sourceMask = flow.sourcePrefixLength ?? 0;
    const destinationMask = flow.destinationPrefixLength ?? 0;
    records.push(extendedRouter({ nextHop: flow.nextHop, sourceMask, destinationMask }));
    records.push(
      extendedGateway({
        nextHop: flow.bgpNextHop,
        as: 64_510,
        sourceAs: flow.sourceAs ?? 0,
        path: [{ type: 2, numbers: [64_509, flow.destinationAs ?? 0] }],
      }),
    );
    return records;
  }

  /** Counters of the interface that the flow came in by, when they are due with the next datagram. */
  #counters(subAgent: SubAgent, flow: SimulatedFlow): Uint8Array[] {
    const { countersEvery, expanded = false } = this.#options;
    if (countersEvery === undefined || subAgent.datagrams % countersEvery !== 0) return [];
    const index = flow.inputInterface ?? 1;
    const sequence = (subAgent.counters.get(index) ?? 0) + 1;
    subAgent.counters.set(index, sequence);
    const inOctets = (subAgent.flows.get(index)?.pool ?? 0) * 500;
    const sample = {
      sequence,
      source: { index },
      records: [
        counterRecord('interface', {
          ifIndex: index,
          ifType: 6,
          ifSpeed: 10_000_000_000,
          ifStatus: 3,
          ifInOctets: inOctets,
        }),
        counterRecord('ethernet'),
      ],
    };
    this.account.announcements++;
    return [expanded ? encodeExpandedCounterSample(sample) : encodeCounterSample(sample)];
  }
}

/** Payload octets of the sampled packet: from the flow's octets, so that they differ from flow to flow. */
function payloadOf(flow: SimulatedFlow): number {
  return Number(BigInt(flow.octets) % 1_400n);
}
