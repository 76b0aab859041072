import { LruNode } from '../templates/lru-list.ts';
import type { SampleSources } from './sample-sources.ts';
import { ExporterDelay } from './exporter-delay.ts';
import { PortStreams } from './port-streams.ts';
import { SequenceStream } from './stream.ts';

/** The protocols whose domains are numbers: engine, source id, observation domain. */
export type DomainProtocol = 'netflow_v5' | 'netflow_v7' | 'netflow_v9' | 'ipfix';

/** An address that numbered datagrams came from. */
export class SequencedAddress {
  readonly text: string;
  readonly delay = new ExporterDelay();
  /** Sessions by domain as a signed 32-bit number, which a Map holds without boxes. */
  readonly netflow_v5 = new Map<number, DomainSession>();
  readonly netflow_v7 = new Map<number, DomainSession>();
  readonly netflow_v9 = new Map<number, DomainSession>();
  readonly ipfix = new Map<number, DomainSession>();
  /** By {@link agentKey}. */
  readonly agents = new Map<number, AgentSession>();

  constructor(text: string) {
    this.text = text;
  }

  get empty(): boolean {
    const { netflow_v5: v5, netflow_v7: v7, netflow_v9: v9 } = this;
    return v5.size + v7.size + v9.size + this.ipfix.size + this.agents.size === 0;
  }
}

/** The streams of an engine, source id or observation domain of an address. */
export class DomainSession extends LruNode {
  readonly address: SequencedAddress;
  readonly protocol: DomainProtocol;
  readonly domain: number;
  readonly ports: PortStreams;
  /** Whether a second datagram has followed a first one. */
  established = false;
  /** The tracker that it is in; undefined once it is closed. */
  tracker: object | undefined;
  /** Who has the shortcut to it. */
  source: { session: object | undefined } | undefined = undefined;
  /** When a datagram of it came last, by the clock of the tracker. */
  usedMs = -1;

  constructor(tracker: object, address: SequencedAddress, protocol: DomainProtocol, domain: number) {
    super();
    this.tracker = tracker;
    this.address = address;
    this.protocol = protocol;
    this.domain = domain;
    this.ports = new PortStreams(protocol);
    address[protocol].set(domain | 0, this);
  }

  get size(): number {
    return this.ports.size;
  }

  streams(): Iterable<SequenceStream> {
    return this.ports;
  }

  leave(): void {
    this.tracker = undefined;
    if (this.source?.session === this) this.source.session = undefined;
    this.address[this.protocol].delete(this.domain | 0);
  }
}

/** The streams of an sFlow sub-agent, whatever port its datagrams come from. */
export class AgentSession extends LruNode {
  readonly address: SequencedAddress;
  readonly agent: Uint8Array;
  readonly subAgent: number;
  readonly stream = new SequenceStream('sflow');
  readonly sources: SampleSources;
  established = false;

  constructor(address: SequencedAddress, agent: Uint8Array, subAgent: number, sources: SampleSources) {
    super();
    this.address = address;
    this.agent = agent;
    this.subAgent = subAgent;
    this.sources = sources;
    address.agents.set(agentKey(agent, 0, agent.length, subAgent), this);
  }

  get size(): number {
    return 1 + this.sources.size;
  }

  *streams(): Generator<SequenceStream> {
    yield this.stream;
    yield* this.sources.streams();
  }

  leave(): void {
    const { address, agent, subAgent } = this;
    address.agents.delete(agentKey(agent, 0, agent.length, subAgent));
  }
}

/** A hash of an agent's address and its sub-agent: the few that share one share a place too. */
export function agentKey(bytes: Uint8Array, at: number, length: number, subAgent: number): number {
  let hash = subAgent ^ length;
  for (let i = at; i < at + length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193) ^ (hash >>> 15);
  return hash;
}

export type SequenceSession = DomainSession | AgentSession;
