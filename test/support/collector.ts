import assert from 'node:assert/strict';
import { IpfixDecoder } from '#src/decode/ipfix/decoder.js';
import { NetFlowV9Decoder } from '#src/decode/netflow-v9/decoder.js';
import type { Packet, TemplatedPacket } from '#src/decode/packet.js';
import { MemoryTemplateStore } from '#src/decode/templates/memory-store.js';
import type { TemplateStore } from '#src/decode/templates/store.js';
import { PendingSets } from '#src/decode/templates/pending.js';
import { RecordWalker } from '#src/decode/templates/records.js';
import { parseAddress } from '#src/flow/address.js';
import { Datagram, Source } from '#src/listen/datagram.js';
import { Counters } from '#src/metrics/counters.js';
import type { CounterName } from '#src/metrics/counters.js';
import type { Failure } from '#src/metrics/reasons.js';
import type { Columns } from './flow-columns.ts';
import { fill, storedDatagram } from './stored-datagram.ts';
import type { StoredDatagram } from './stored-datagram.ts';
import { TwinProducers } from './twin-producers.ts';
import type { OwnFields } from './twin-producers.ts';

/** A set as it was handed on: the fields of its records in hexadecimal. */
export interface SeenSet {
  readonly kind: string;
  readonly id: number;
  readonly length: number;
  readonly records: string[][];
}

/** A packet as it was handed on. */
export interface SeenPacket {
  readonly exportSeconds: number;
  readonly sequence: number;
  readonly domain: number;
  readonly port: number;
  readonly receivedSeconds: number;
  readonly sets: SeenSet[];
}

/** What became of one datagram. */
export interface Seen {
  readonly failure: Failure | undefined;
  readonly packets: SeenPacket[];
  /** The flow messages, in order. */
  readonly flows: Columns[];
  /** Records of all data and options data sets, in order. */
  readonly records: string[][];
}

export interface CollectorOptions {
  readonly maxTemplateBytes?: number;
  readonly maxPendingBytes?: number;
  readonly maxRecords?: number;
  /** None by default. */
  readonly ownFields?: OwnFields;
  /** What stands in front of the store in memory. */
  readonly decorate?: (store: TemplateStore, counters: Counters) => TemplateStore;
}

/** From where and when a datagram comes. */
export interface Arrival extends Partial<Omit<StoredDatagram, 'bytes' | 'source'>> {
  readonly address?: string;
}

/** The decoders of NetFlow v9 and IPFIX of one worker, with their stores, under a clock of the test. */
export class Collector {
  nowMs = 0;
  readonly counters = new Counters();
  readonly templates: MemoryTemplateStore;
  readonly pending: PendingSets;
  readonly ipfix: IpfixDecoder;
  readonly v9: NetFlowV9Decoder;
  readonly producers: TwinProducers;
  readonly #datagram = new Datagram();
  readonly #walker = new RecordWalker();
  #sources = new Map<string, Source>();

  constructor(options: CollectorOptions = {}) {
    const { counters } = this;
    const { maxTemplateBytes, maxPendingBytes, maxRecords, decorate = (store) => store } = options;
    this.templates = new MemoryTemplateStore({
      counters,
      ...(maxTemplateBytes === undefined ? {} : { maxBytes: maxTemplateBytes }),
    });
    this.pending = new PendingSets({
      counters,
      now: () => this.nowMs,
      ...(maxPendingBytes === undefined ? {} : { maxBytes: maxPendingBytes }),
    });
    const parts = {
      templates: decorate(this.templates, counters),
      pending: this.pending,
      counters,
      ...(maxRecords === undefined ? {} : { maxRecords }),
    };
    this.ipfix = new IpfixDecoder(parts);
    this.v9 = new NetFlowV9Decoder(parts);
    this.producers = new TwinProducers(counters, options.ownFields);
  }

  /** Decodes one datagram; the second octet tells the protocol. */
  send(bytes: Uint8Array, { address = '192.0.2.1', ...arrival }: Arrival = {}): Seen {
    const datagram = fill(this.#datagram, storedDatagram(bytes, { source: this.#source(address), ...arrival }));
    const packets: SeenPacket[] = [];
    const decoder = bytes[1] === 9 ? this.v9 : this.ipfix;
    const flows: Columns[] = [];
    const failure = decoder.decode(datagram, (packet, from) => {
      packets.push(this.see(packet, from));
      const produced = this.producers.produce(packet as TemplatedPacket, from);
      this.counters.add('flows_produced', produced.length);
      flows.push(...produced);
    });
    this.assertBalanced();
    return { failure, packets, flows, records: packets.flatMap(({ sets }) => sets.flatMap(({ records }) => records)) };
  }

  /** Lets time pass. */
  wait(ms: number): void {
    this.nowMs += ms;
    this.templates.tick(this.nowMs);
    this.pending.tick(this.nowMs);
    this.assertBalanced();
  }

  /** Lets go of the addresses, as a bounded table of them would. */
  forgetSources(): void {
    this.#sources = new Map();
  }

  count(name: CounterName): number {
    return this.counters.get(name);
  }

  /** I3 and I4 of the account: every set and every record went one counted way. */
  assertBalanced(): void {
    const { counters } = this;
    const waiting =
      counters.get('pending_in') -
      counters.get('pending_replayed') -
      counters.get('sets_skipped:no_template_expired') -
      counters.get('sets_skipped:no_template_evicted');
    assert.equal(waiting, this.pending.count, 'held sets');
    const known = ['sets_template', 'sets_options_template', 'sets_data', 'sets_options_data'] as const;
    const accounted = known.reduce((sum, name) => sum + counters.get(name), counters.total('sets_skipped') + waiting);
    assert.equal(counters.get('sets_received'), accounted, 'sets');
    const records = counters.get('flows_produced') + counters.total('records_dropped');
    assert.equal(counters.get('records_decoded'), records, 'records');
  }

  /** Copies what a packet shows. */
  see(packet: Packet, datagram: Datagram): SeenPacket {
    assert.ok(packet.kind === 'netflow_v9' || packet.kind === 'ipfix');
    const sets = packet.sets.slice(0, packet.setCount).map((view): SeenSet => {
      const { kind, id, length, at, end, template } = view;
      assert.ok(
        at >= datagram.offset && at <= end && end <= datagram.offset + datagram.length,
        'inside of the datagram',
      );
      const records: string[][] = [];
      if (template !== undefined) this.#walker.begin(datagram, template, at, end);
      for (let i = 0; template !== undefined && i < view.records; i++) {
        assert.ok(this.#walker.next(), 'as many records as announced');
        records.push(template.fields.map((_, f) => this.#field(datagram, f)));
      }
      return { kind, id, length, records };
    });
    const { exportSeconds, sequence, domain } = packet;
    const receivedNs = (BigInt(datagram.received[1]!) << 32n) | BigInt(datagram.received[0]!);
    const receivedSeconds = Number(receivedNs / 1_000_000_000n);
    return { exportSeconds, sequence, domain, port: datagram.sourcePort, receivedSeconds, sets };
  }

  #field(datagram: Datagram, f: number): string {
    const { offsets, lengths } = this.#walker;
    return Buffer.from(datagram.bytes.subarray(offsets[f], offsets[f]! + lengths[f]!)).toString('hex');
  }

  #source(address: string): Source {
    let source = this.#sources.get(address);
    if (source === undefined) this.#sources.set(address, (source = new Source(parseAddress(address)!)));
    return source;
  }
}
