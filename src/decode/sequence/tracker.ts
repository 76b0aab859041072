import type { Datagram } from '../../listen/datagram.ts';
import type { Counters } from '../../metrics/counters.ts';
import { counterIndex } from '../../metrics/counters.ts';
import { MAX_SEQUENCE_STREAMS, SEQUENCE_PROBATION_SHARE } from '../limits.ts';
import type { NetFlowV5Packet, SFlowPacket, SampleView, TemplatedPacket } from '../packet.ts';
import { LruList } from '../templates/lru-list.ts';
import type { ExporterFacts } from './exporter-facts.ts';
import { ProtocolBooks } from './protocol-books.ts';
import { SampleSources } from './sample-sources.ts';
import type { SampleSource } from './sample-sources.ts';
import { AgentSession, DomainSession, SequencedAddress, agentKey } from './session.ts';
import type { DomainProtocol, SequenceSession } from './session.ts';
import type { SequenceStream } from './stream.ts';

/** How long a number may come late before it is counted as missed. */
const SETTLE_MS = 5_000;

/** Records that a NetFlow v5 header may announce; above, those that are there are counted. */
const MAX_V5_COUNT = 30;

const SFLOW_DROPS = counterIndex('sflow_drops');
const SAMPLE_POOL = counterIndex('sflow_sample_pool');

/**
 * What the sequence numbers tell: how much of what the exporters sent never came, came late, came twice, or is perhaps
 * not theirs. Each protocol counts in its own unit, see `sequencedProtocols` in {@link file://../../metrics/reasons.ts}.
 *
 * Memory is bounded. An address of which one datagram was seen only is on probation: forged ones drive out each other
 * and not an exporter that is followed.
 */
export class SequenceTracker {
  readonly #values: Float64Array;
  readonly #maxStreams: number;
  readonly #addresses = new Map<string, SequencedAddress>();
  readonly #probation = new LruList<SequenceSession>();
  readonly #established = new LruList<SequenceSession>();
  readonly #books;
  /** Streams that may have gaps to settle. */
  #waiting: [stream: SequenceStream, books: ProtocolBooks, facts: ExporterFacts][] = [];
  readonly #header = { sysUptimeMs: 0, exportSeconds: 0, sequence: 0 };
  #onProbation = 0;
  #size = 0;
  #nowMs = 0;

  constructor(counters: Counters, maxStreams = MAX_SEQUENCE_STREAMS) {
    this.#values = counters.values;
    this.#maxStreams = maxStreams;
    this.#books = {
      netflow_v5: new ProtocolBooks('netflow_v5', counters),
      netflow_v9: new ProtocolBooks('netflow_v9', counters),
      ipfix: new ProtocolBooks('ipfix', counters),
      sflow: new ProtocolBooks('sflow', counters),
      sflow_sample: new ProtocolBooks('sflow_sample', counters),
    } as const;
  }

  /** Streams that are tracked. */
  get size(): number {
    return this.#size;
  }

  /** What is known of each exporter. */
  *exporters(): Generator<ExporterFacts> {
    for (const { facts } of this.#addresses.values()) yield facts;
  }

  /** The number of flows before this datagram, for each engine. */
  netflowV5(packet: NetFlowV5Packet, datagram: Datagram): void {
    const { count, records } = packet;
    const header = this.#header;
    header.sysUptimeMs = packet.sysUptimeMs;
    header.exportSeconds = packet.unixSeconds;
    header.sequence = packet.sequence;
    const facts = this.#domain(
      'netflow_v5',
      (packet.engineType << 8) | packet.engineId,
      datagram,
      count <= MAX_V5_COUNT ? count : records,
      0,
      0,
    );
    facts.sent(datagram.received, packet.unixSeconds, packet.unixNanoseconds, this.#nowMs);
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
    const facts = this.#domain(protocol, packet.domain, datagram, data, options, slack);
    facts.sent(datagram.received, packet.exportSeconds, 0, this.#nowMs);
  }

  /** The number of datagrams for each agent and sub-agent, and of samples for each data source and kind. */
  sflow(packet: SFlowPacket, datagram: Datagram): void {
    const address = this.#address(datagram);
    const session = this.#agent(address, packet, datagram);
    const header = this.#header;
    header.sysUptimeMs = packet.uptimeMs;
    header.exportSeconds = 0;
    header.sequence = packet.sequence;
    this.#observe(session, session.stream, this.#books.sflow, 1, 0, 0);
    for (let i = 0; i < packet.sampleCount; i++) {
      const sample = packet.samples[i]!;
      if (sample.kind !== 'unknown') this.#sample(session, sample);
    }
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

  #address({ source }: Datagram): SequencedAddress {
    const known = this.#addresses.get(source.text);
    if (known !== undefined) return known;
    const address = new SequencedAddress(source.text);
    this.#addresses.set(source.text, address);
    return address;
  }

  #domain(
    protocol: DomainProtocol,
    domain: number,
    datagram: Datagram,
    data: number,
    options: number,
    slack: number,
  ): ExporterFacts {
    const address = this.#address(datagram);
    const session = address[protocol].get(domain | 0) ?? this.#open(new DomainSession(address, protocol, domain));
    const before = session.size;
    const books = this.#books[protocol];
    const stream = session.ports.choose(datagram.sourcePort);
    while (session.ports.gone.length > 0) this.#end(session.ports.gone.pop()!, books, address.facts);
    this.#grow(session, session.size - before);
    this.#observe(session, stream, books, data, options, slack);
    return address.facts;
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
    const books = this.#books.sflow_sample;
    this.#header.sequence = sample.sequence;
    const isNewest = this.#observe(session, source.stream, books, 1, 0, 0);
    if (isNewest && sample.kind === 'flow') this.#surface(source, sample, books.facts);
  }

  /** Adds what the running counts of a data source have grown by since its sample before. */
  #surface(source: SampleSource, { drops, samplePool }: SampleView, facts: ExporterFacts): void {
    if (source.known) {
      const dropped = (drops - source.drops) | 0;
      const pool = (samplePool - source.pool) | 0;
      // one that has fallen began anew
      if (dropped > 0) {
        this.#values[SFLOW_DROPS]! += dropped;
        facts.sflowDrops += dropped;
      }
      if (pool > 0) {
        this.#values[SAMPLE_POOL]! += pool;
        facts.samplePool += pool;
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
    const { facts } = session.address;
    books.facts = facts;
    const isNewest = stream.observe(this.#header, data, options, slack, this.#nowMs, books);
    if (!stream.listed && stream.window.waiting) {
      stream.listed = true;
      this.#waiting.push([stream, books, facts]);
    }
    if (!session.established && stream.window.confirmed) this.#establish(session);
    (session.established ? this.#established : this.#probation).touch(session);
    return isNewest;
  }

  #establish(session: SequenceSession): void {
    this.#probation.remove(session);
    this.#onProbation -= session.size;
    session.established = true;
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
      this.#end(stream, this.#books[sample ? 'sflow_sample' : protocol], address.facts);
    }
    if (successor === undefined) session.leave();
    if (address.empty) this.#addresses.delete(address.facts.address);
  }

  #end(stream: SequenceStream, books: ProtocolBooks, facts: ExporterFacts): void {
    books.facts = facts;
    stream.window.end(books);
  }

  #settle(untilMs: number): void {
    const waiting = this.#waiting;
    let kept = 0;
    for (const entry of waiting) {
      const [stream, books, facts] = entry;
      books.facts = facts;
      stream.window.settle(untilMs, books);
      if (stream.window.waiting) waiting[kept++] = entry;
      else stream.listed = false;
    }
    waiting.length = kept;
  }
}

function isAgent({ agent, subAgent }: AgentSession, packet: SFlowPacket, bytes: Uint8Array): boolean {
  if (subAgent !== packet.subAgent || agent.length !== packet.agentLength) return false;
  for (let i = 0; i < agent.length; i++) if (agent[i] !== bytes[packet.agentAt + i]) return false;
  return true;
}
