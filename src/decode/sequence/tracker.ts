import { addressText } from '../../flow/address.ts';
import type { Datagram } from '../../listen/datagram.ts';
import type { Counters } from '../../metrics/counters.ts';
import { counterIndex } from '../../metrics/counters.ts';
import { ExporterBook } from '../../metrics/exporter-book.ts';
import type { ExporterDetail, StreamDetail } from '../../metrics/exporter-detail.ts';
import { exporterColumn } from '../../metrics/exporter-columns.ts';
import { MAX_SEQUENCE_STREAMS, SEQUENCE_PROBATION_SHARE } from '../limits.ts';
import type { FixedPacket, SFlowPacket, SampleView, TemplatedPacket } from '../packet.ts';
import { LruList } from '../templates/lru-list.ts';
import { ProtocolBooks } from './protocol-books.ts';
import { SampleSources } from './sample-sources.ts';
import type { SampleSource } from './sample-sources.ts';
import { AgentSession, DomainSession, SequencedAddress, agentKey } from './session.ts';
import type { DomainProtocol, SequenceSession } from './session.ts';
import type { SequenceStream } from './stream.ts';

/** How long a number may come late before it is counted as missed. */
const SETTLE_MS = 5_000;

/** Exporters, and streams of each, that are described. */
const MAX_DESCRIBED = 1_000;
const MAX_STREAMS_DESCRIBED = 64;

const SFLOW_DROPS = counterIndex('sflow_drops');
const SAMPLE_POOL = counterIndex('sflow_sample_pool');

const EXPORTER_DROPS = exporterColumn('sflow_drops');
const EXPORTER_POOL = exporterColumn('sflow_sample_pool');
const EXPORT_DELAY = exporterColumn('export_delay');
const CLOCK_SKEW = exporterColumn('clock_skew');

/**
 * What the sequence numbers tell: how much of what the exporters sent never came, came late, came twice, or is perhaps
 * not theirs. Each protocol counts in its own unit, see `sequencedProtocols` in {@link file://../../metrics/reasons.ts}.
 *
 * Memory is bounded. An address of which one datagram was seen only is on probation: forged ones drive out each other
 * and not an exporter that is followed.
 */
export class SequenceTracker {
  readonly #values: Float64Array;
  readonly #book: ExporterBook;
  readonly #maxStreams: number;
  readonly #addresses = new Map<string, SequencedAddress>();
  readonly #probation = new LruList<SequenceSession>();
  readonly #established = new LruList<SequenceSession>();
  readonly #books;
  /** Streams that may have gaps to settle. */
  #waiting: [stream: SequenceStream, books: ProtocolBooks, address: SequencedAddress][] = [];
  readonly #header = { sysUptimeMs: 0, exportSeconds: 0, sequence: 0 };
  #onProbation = 0;
  #size = 0;
  #nowMs = 0;

  /** @param book counts for each exporter, in the row at hand */
  constructor(counters: Counters, book = new ExporterBook(), maxStreams = MAX_SEQUENCE_STREAMS) {
    this.#values = counters.values;
    this.#book = book;
    this.#maxStreams = maxStreams;
    this.#books = {
      netflow_v5: new ProtocolBooks('netflow_v5', counters, book),
      netflow_v7: new ProtocolBooks('netflow_v7', counters, book),
      netflow_v9: new ProtocolBooks('netflow_v9', counters, book),
      ipfix: new ProtocolBooks('ipfix', counters, book),
      sflow: new ProtocolBooks('sflow', counters, book),
      sflow_sample: new ProtocolBooks('sflow_sample', counters, book),
    } as const;
  }

  /** Streams that are tracked. */
  get size(): number {
    return this.#size;
  }

  /**
   * NetFlow v5 and v7: the number of flows before this datagram, for each engine; v1 has no number. A header that
   * announces more than the format allows counts for the records that are there.
   */
  fixed(packet: FixedPacket, datagram: Datagram): void {
    const { count, records, kind, layout } = packet;
    if (kind === 'netflow_v1') return;
    const header = this.#header;
    header.sysUptimeMs = packet.sysUptimeMs;
    header.exportSeconds = packet.unixSeconds;
    header.sequence = packet.sequence;
    const address = this.#domain(
      kind,
      (packet.engineType << 8) | packet.engineId,
      datagram,
      count <= layout.maxRecords ? count : records,
      0,
      0,
    );
    this.#sent(address, datagram, packet.unixSeconds, packet.unixNanoseconds);
  }

  /**
   * NetFlow v9: the number of datagrams before this one (RFC 3954 section 5.1); IPFIX: of data records (RFC 7011
   * section 3.1). A set without its template has an unknown number of records, one an octet at most.
   */
  templated(packet: TemplatedPacket, datagram: Datagram): void {
    let data = 1;
    let options = 0;
    let slack = 0;
    if (packet.version === 10) {
      data = 0;
      for (let i = 0; i < packet.setCount; i++) {
        const { kind, id, at, end, records } = packet.sets[i]!;
        if (kind === 'data') data += records;
        else if (kind === 'options_data') options += records;
        else if (kind === 'skipped' && id >= 256) slack += end - at;
      }
      // a message without data takes up no number, and exporters differ in which one they give it
      if (data + options + slack === 0) return;
    }
    const header = this.#header;
    header.sysUptimeMs = packet.sysUptimeMs;
    header.exportSeconds = packet.exportSeconds;
    header.sequence = packet.sequence;
    const protocol = packet.version === 9 ? 'netflow_v9' : 'ipfix';
    const followed = packet.version === 9 ? this.#follow(protocol, packet.domain, datagram) : undefined;
    const address = followed ?? this.#domain(protocol, packet.domain, datagram, data, options, slack);
    this.#sent(address, datagram, packet.exportSeconds, 0);
  }

  /** The number of datagrams for each agent and sub-agent, and of samples for each data source and kind. */
  sflow(packet: SFlowPacket, datagram: Datagram): void {
    const address = this.#address(datagram);
    const session = this.#agent(address, packet, datagram);
    const header = this.#header;
    header.sysUptimeMs = packet.uptimeMs;
    header.exportSeconds = 0;
    header.sequence = packet.sequence;
    if (session.established && session.stream.follow(packet.sequence, packet.uptimeMs, 0, this.#nowMs)) {
      this.#established.touch(session);
    } else {
      this.#observe(session, session.stream, this.#books.sflow, 1, 0, 0);
    }
    this.#books.sflow_sample.row = this.#book.row;
    for (let i = 0; i < packet.sampleCount; i++) {
      const sample = packet.samples[i]!;
      if (sample.kind !== 'unknown') this.#sample(session, sample);
    }
  }

  /** The streams of the exporters that were followed last, as many exporters as people can read. */
  describe(): ExporterDetail[] {
    const found = new Map<string, StreamDetail[]>();
    for (const session of this.#established) {
      const { text } = session.address;
      const streams = found.get(text) ?? [];
      if (streams.length === 0) found.set(text, streams);
      if (streams.length < MAX_STREAMS_DESCRIBED) streams.push(describeSession(session));
    }
    return [...found].slice(-MAX_DESCRIBED).map(([address, streams]) => ({ address, streams }));
  }

  /** About once a second: `nowMs` of a monotonic clock. */
  tick(nowMs: number): void {
    this.#nowMs = Math.floor(nowMs);
    this.#settle(this.#nowMs - SETTLE_MS);
  }

  /** Nothing follows: whatever is still missing was missed. */
  stop(): void {
    for (const list of [this.#probation, this.#established]) for (const session of list) this.#close(session);
  }

  /** Only of exporters that have a row: nobody is told of the clocks of others. */
  #sent({ delay }: SequencedAddress, { received }: Datagram, seconds: number, nanoseconds: number): void {
    if (this.#book.row === 0) return;
    delay.sent(received, seconds, nanoseconds, this.#nowMs);
    this.#book.set(EXPORT_DELAY, delay.delayMs);
    this.#book.set(CLOCK_SKEW, delay.skewMs);
  }

  #address({ source }: Datagram): SequencedAddress {
    const known = this.#addresses.get(source.text);
    if (known !== undefined) return known;
    const address = new SequencedAddress(source.text);
    this.#addresses.set(source.text, address);
    return address;
  }

  /** {@link #domain} for the usual case alone: a datagram that continues the stream that the one before continued. */
  #follow(protocol: DomainProtocol, domain: number, datagram: Datagram): SequencedAddress | undefined {
    const session = this.#known(protocol, domain, datagram);
    if (session === undefined || !session.established) return undefined;
    const { sequence, sysUptimeMs, exportSeconds } = this.#header;
    const stream = session.ports.again(datagram.sourcePort);
    if (stream?.follow(sequence, sysUptimeMs, exportSeconds, this.#nowMs) !== true) return undefined;
    // the order of use is one of seconds, as the clock is
    if (session.usedMs !== this.#nowMs) {
      session.usedMs = this.#nowMs;
      this.#established.touch(session);
    }
    return session.address;
  }

  /** The session of a datagram, where the one before of the same address had it too. */
  #known(protocol: DomainProtocol, domain: number, { source }: Datagram): DomainSession | undefined {
    const session = source.session as DomainSession | undefined; // nobody else writes it
    if (session === undefined || session.tracker !== this) return undefined;
    return session.domain === domain && session.protocol === protocol ? session : undefined;
  }

  #find(protocol: DomainProtocol, domain: number, datagram: Datagram): DomainSession {
    const address = this.#address(datagram);
    const session = address[protocol].get(domain | 0) ?? this.#open(new DomainSession(this, address, protocol, domain));
    session.source = datagram.source;
    datagram.source.session = session;
    return session;
  }

  #domain(
    protocol: DomainProtocol,
    domain: number,
    datagram: Datagram,
    data: number,
    options: number,
    slack: number,
  ): SequencedAddress {
    const session = this.#known(protocol, domain, datagram) ?? this.#find(protocol, domain, datagram);
    const { address } = session;
    const before = session.size;
    const books = this.#books[protocol];
    const stream = session.ports.choose(datagram.sourcePort);
    while (session.ports.gone.length > 0) this.#end(session.ports.gone.pop()!, books, address);
    if (session.size !== before) this.#grow(session, session.size - before);
    this.#observe(session, stream, books, data, options, slack);
    return address;
  }

  #agent(address: SequencedAddress, packet: SFlowPacket, { bytes }: Datagram): AgentSession {
    const { agentAt, agentLength, subAgent } = packet;
    const known = address.agents.get(agentKey(bytes, agentAt, agentLength, subAgent));
    if (known !== undefined && isAgent(known, packet, bytes)) return known;
    const octets = bytes.slice(agentAt, agentAt + agentLength);
    const session = new AgentSession(address, octets, subAgent, new SampleSources());
    if (known !== undefined) this.#close(known, session);
    return this.#open(session);
  }

  #sample(session: AgentSession, sample: SampleView): void {
    let source = session.sources.find(sample);
    if (source === undefined) {
      source = session.sources.open(sample);
      if (source === undefined) return;
      this.#grow(session, 1);
    }
    const { stream } = source;
    const header = this.#header;
    let isNewest = stream.follow(sample.sequence, header.sysUptimeMs, 0, this.#nowMs);
    if (!isNewest) {
      const books = this.#books.sflow_sample;
      header.sequence = sample.sequence;
      isNewest = stream.observe(header, 1, 0, 0, this.#nowMs, books);
      if (!stream.listed && stream.window.waiting) this.#list(stream, books, session.address);
    }
    if (isNewest && sample.kind === 'flow') this.#surface(source, sample);
  }

  /** Adds what the running counts of a data source have grown by since its sample before. */
  #surface(source: SampleSource, { drops, samplePool }: SampleView): void {
    if (source.known) {
      const dropped = (drops - source.drops) | 0;
      const pool = (samplePool - source.pool) | 0;
      // one that has fallen began anew
      if (dropped > 0) {
        this.#values[SFLOW_DROPS]! += dropped;
        this.#book.add(EXPORTER_DROPS, dropped);
      }
      if (pool > 0) {
        this.#values[SAMPLE_POOL]! += pool;
        this.#book.add(EXPORTER_POOL, pool);
      }
    }
    source.known = true;
    source.drops = drops;
    source.pool = samplePool;
  }

  /** Hands the header at hand to a stream; whether that made it the newest one. */
  #observe(
    session: SequenceSession,
    stream: SequenceStream,
    books: ProtocolBooks,
    data: number,
    options: number,
    slack: number,
  ): boolean {
    const { address } = session;
    books.row = this.#book.row;
    const isNewest = stream.observe(this.#header, data, options, slack, this.#nowMs, books);
    if (!stream.listed && stream.window.waiting) this.#list(stream, books, address);
    if (!session.established && stream.window.confirmed) this.#establish(session);
    (session.established ? this.#established : this.#probation).touch(session);
    return isNewest;
  }

  #list(stream: SequenceStream, books: ProtocolBooks, address: SequencedAddress): void {
    stream.listed = true;
    this.#waiting.push([stream, books, address]);
  }

  #establish(session: SequenceSession): void {
    this.#probation.remove(session);
    this.#onProbation -= session.size;
    session.established = true;
    this.#grow(session, 0);
  }

  #open<Session extends SequenceSession>(session: Session): Session {
    this.#probation.touch(session);
    this.#grow(session, session.size);
    return session;
  }

  /** Makes room for the streams that a session has got more. */
  #grow(session: SequenceSession, streams: number): void {
    this.#size += streams;
    if (!session.established) this.#onProbation += streams;
    (session.established ? this.#established : this.#probation).touch(session);
    while (this.#onProbation > this.#maxStreams * SEQUENCE_PROBATION_SHARE) {
      if (!this.#closeOther(this.#probation.oldest, session)) break;
    }
    while (this.#size > this.#maxStreams) {
      if (!this.#closeOther(this.#probation.oldest ?? this.#established.oldest, session)) break;
    }
  }

  #closeOther(oldest: SequenceSession | undefined, current: SequenceSession): boolean {
    if (oldest === undefined || oldest === current) return false;
    this.#close(oldest);
    return true;
  }

  /** @param successor that has taken the place of the session already */
  #close(session: SequenceSession, successor?: SequenceSession): void {
    const { address } = session;
    const protocol = session instanceof DomainSession ? session.protocol : 'sflow';
    this.#size -= session.size;
    if (!session.established) this.#onProbation -= session.size;
    (session.established ? this.#established : this.#probation).remove(session);
    for (const stream of session.streams()) {
      const sample = session instanceof AgentSession && stream !== session.stream;
      this.#end(stream, this.#books[sample ? 'sflow_sample' : protocol], address);
    }
    if (successor === undefined) session.leave();
    if (address.empty) this.#addresses.delete(address.text);
  }

  #end(stream: SequenceStream, books: ProtocolBooks, address: SequencedAddress): void {
    books.row = this.#book.rowOf(address.text);
    stream.window.end(books);
  }

  #settle(untilMs: number): void {
    const waiting = this.#waiting;
    let kept = 0;
    for (const entry of waiting) {
      const [stream, books, address] = entry;
      books.row = this.#book.rowOf(address.text);
      stream.window.settle(untilMs, books);
      if (stream.window.waiting) waiting[kept++] = entry;
      else stream.listed = false;
    }
    waiting.length = kept;
  }
}

function describeSession(session: SequenceSession): StreamDetail {
  if (session instanceof DomainSession) return { protocol: session.protocol, domain: session.domain };
  const { agent, subAgent, sources } = session;
  return {
    protocol: 'sflow',
    domain: subAgent,
    agent: addressText(agent, 0, agent.length),
    sources: sources.size,
  };
}

function isAgent({ agent, subAgent }: AgentSession, packet: SFlowPacket, bytes: Uint8Array): boolean {
  if (subAgent !== packet.subAgent || agent.length !== packet.agentLength) return false;
  for (let i = 0; i < agent.length; i++) if (agent[i] !== bytes[packet.agentAt + i]) return false;
  return true;
}
