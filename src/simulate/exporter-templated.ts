import { accounted, DEFAULT_PAYLOAD, emptyAccount } from './exporter.ts';
import type { SimulatedExporter } from './exporter.ts';
import { encodeIpfix } from './ipfix.ts';
import { ipfixLayouts, v9Layouts } from './layouts.ts';
import type { FlowLayouts, Layout } from './layouts.ts';
import { encodeNetFlowV9 } from './netflow-v9.ts';
import { samplingOptions } from './sampling-options.ts';
import type { Sampler } from './sampling-options.ts';
import { encodeOptionsTemplateSet, encodeSet, encodeTemplateSet } from './sets.ts';
import { isIPv6 } from './simulated-flow.ts';
import type { SimulatedFlow } from './simulated-flow.ts';
import { encodeDataRecord } from './templates.ts';
import type { TemplatedVersion } from './templates.ts';
import { sysUptimeMs } from './uptime.ts';

export interface DomainOptions {
  /** v9: source id. */
  readonly id: number;
  /** Announced with the templates; none by default. */
  readonly samplers?: readonly Sampler[];
  /** Layouts of this domain; the usual ones of the protocol by default. */
  readonly layouts?: FlowLayouts;
}

export interface TemplatedExporterOptions {
  readonly version: TemplatedVersion;
  /** When the exporter started, Unix nanoseconds. */
  readonly boot: bigint;
  /** One domain with id 0 by default. */
  readonly domains?: readonly DomainOptions[];
  readonly payload?: number;
  /** Templates and options go out again with every n-th datagram of a domain. */
  readonly refreshEvery?: number;
}

/** A domain with its counters. */
interface DomainState {
  readonly id: number;
  readonly samplers: readonly Sampler[];
  layouts: FlowLayouts;
  sequence: number;
  datagrams: number;
}

/** Records that go into one datagram. */
interface Batch {
  readonly sets: Uint8Array[];
  /** Records of all kinds: the count of a v9 header. */
  records: number;
  /** Data records, options data too: what the IPFIX sequence counts (RFC 7011 section 3.1). */
  dataRecords: number;
  octets: number;
}

/**
 * NetFlow v9 and IPFIX. Each domain announces its templates and its sampling with its first datagram and with every
 * n-th after it, at the head of that datagram. Flows of both families share a datagram, in a set each.
 */
export class TemplatedExporter implements SimulatedExporter {
  readonly account = emptyAccount();
  readonly #version: TemplatedVersion;
  readonly #payload: number;
  readonly #refreshEvery: number;
  readonly #domains: DomainState[];
  #boot: bigint;

  constructor(options: TemplatedExporterOptions) {
    this.#version = options.version;
    this.#boot = options.boot;
    this.#payload = options.payload ?? DEFAULT_PAYLOAD;
    this.#refreshEvery = options.refreshEvery ?? 20;
    const usual = options.version === 9 ? v9Layouts() : ipfixLayouts();
    this.#domains = (options.domains ?? [{ id: 0 }]).map(({ id, samplers = [], layouts = usual }) => ({
      id,
      samplers,
      layouts,
      sequence: 0,
      datagrams: 0,
    }));
  }

  export(flows: readonly SimulatedFlow[], now: bigint, domain = this.#domains[0]!.id): Uint8Array[] {
    const state = this.#state(domain);
    const datagrams: Uint8Array[] = [];
    for (let next = 0; next < flows.length;) {
      const batch = this.#announce(state);
      const taken = this.#fill(batch, state, flows, next, now);
      if (taken === 0) throw new RangeError(`payload: a record does not fit into ${this.#payload} octets`);
      next += taken;
      this.account.flows += taken;
      datagrams.push(this.#finish(batch, state, now));
    }
    return datagrams;
  }

  sequence(domain = this.#domains[0]!.id): number {
    return this.#state(domain).sequence;
  }

  /** A datagram of templates and options alone, whatever the count says. */
  announce(now: bigint, domain = this.#domains[0]!.id): Uint8Array {
    const state = this.#state(domain);
    return this.#finish(this.#announcement(state), state, now);
  }

  /** Uses other layouts from now on; they are announced with the next datagram. */
  changeLayouts(layouts: FlowLayouts, domain = this.#domains[0]!.id): void {
    const state = this.#state(domain);
    state.layouts = layouts;
    state.datagrams = 0;
  }

  reboot(now: bigint): void {
    this.#boot = now;
    for (const state of this.#domains) state.sequence = state.datagrams = 0;
  }

  #state(domain: number): DomainState {
    const state = this.#domains.find(({ id }) => id === domain);
    if (state === undefined) throw new RangeError(`this exporter has no domain ${domain}`);
    return state;
  }

  /** The head of the next datagram: announcements when they are due. */
  #announce(state: DomainState): Batch {
    if (state.datagrams % this.#refreshEvery === 0) return this.#announcement(state);
    return { sets: [], records: 0, dataRecords: 0, octets: this.#headerLength() };
  }

  #announcement(state: DomainState): Batch {
    const { ipv4, ipv6 } = state.layouts;
    const sets = [encodeTemplateSet(this.#version, [ipv4, ipv6])];
    let records = 2;
    let dataRecords = 0;
    if (state.samplers.length > 0) {
      const options = samplingOptions(this.#version, state.id, state.samplers);
      sets.push(encodeOptionsTemplateSet(this.#version, [options.template]), options.set);
      records += 1 + options.records;
      dataRecords += options.records;
    }
    this.account.announcements += records - dataRecords;
    const octets = sets.reduce((sum, set) => sum + set.length, this.#headerLength());
    return { sets, records, dataRecords, octets };
  }

  /** Adds flows from `first` on while there is room; tells how many. */
  #fill(batch: Batch, state: DomainState, flows: readonly SimulatedFlow[], first: number, now: bigint): number {
    const clock = { boot: this.#boot, exportSeconds: Number(now / 1_000_000_000n) };
    const records = { ipv4: [] as Uint8Array[], ipv6: [] as Uint8Array[] };
    let { octets } = batch;
    let taken = 0;
    for (const flow of flows.slice(first)) {
      const family = isIPv6(flow) ? 'ipv6' : 'ipv4';
      const layout = state.layouts[family];
      const record = encodeDataRecord(layout.fields, layout.values(flow, clock));
      const needed = record.length + (records[family].length === 0 ? 4 + 3 : 0); // set header and padding
      if (octets + needed > this.#payload) break;
      octets += needed;
      records[family].push(record);
      taken++;
    }
    for (const family of ['ipv4', 'ipv6'] as const) {
      if (records[family].length > 0) batch.sets.push(this.#dataSet(state.layouts[family], records[family]));
    }
    batch.records += taken;
    batch.dataRecords += taken;
    return taken;
  }

  #dataSet(layout: Layout, records: readonly Uint8Array[]): Uint8Array {
    return encodeSet(layout.id, records, { align: this.#version === 9 ? 4 : 1 });
  }

  #headerLength(): number {
    return this.#version === 9 ? 20 : 16;
  }

  #finish(batch: Batch, state: DomainState, now: bigint): Uint8Array {
    const { sequence } = state;
    const seconds = Number(now / 1_000_000_000n);
    state.datagrams++;
    state.sequence = (sequence + (this.#version === 9 ? 1 : batch.dataRecords)) % 2 ** 32;
    const datagram =
      this.#version === 10
        ? encodeIpfix({ exportSeconds: seconds, sequence, domain: state.id }, batch.sets)
        : encodeNetFlowV9(
            {
              sysUptimeMs: sysUptimeMs(this.#boot, now),
              unixSeconds: seconds,
              sequence,
              sourceId: state.id,
              count: batch.records,
            },
            batch.sets,
          );
    return accounted(this.account, datagram);
  }
}
