import { messageIndex } from '../transport.ts';
import type { Batch } from '../transport.ts';
import { Lane } from './lane.ts';
import { WaitingChunk } from './waiting-chunk.ts';

/** When a message is made of the flows that wait for a subject. */
export interface BacklogSettings {
  /** Octets of flow messages that may wait; above it the oldest are given up. */
  readonly limitOctets: number;
  /** A message is made of this many flows, or of fewer with this many octets, or when the oldest has waited so long. */
  readonly batchFlows: number;
  readonly batchOctets: number;
  readonly lingerMs: number;
}

/** Memory is asked for in pieces of this size, or smaller ones where the limit is small. */
const LARGEST_CHUNK = 256 * 1024;
const SMALLEST_CHUNK = 4 * 1024;
/** With many subjects most chunks are nearly empty. */
const CHUNK_OF_MANY = 64 * 1024;
/** Empty chunks that are kept for later. */
const SPARE_CHUNKS = 32;

/**
 * Flow messages on their way to JetStream that were not sent yet: one lane a subject, bounded over all of them. Full
 * means that the oldest are given up, a chunk at a time.
 */
export class Backlog {
  readonly #settings: BacklogSettings;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that have a message, in the order of their turn. */
  readonly #ready = new Set<Lane>();
  /** Lanes that wait for more flows, the one that has waited longest first. */
  readonly #lingering = new Set<Lane>();
  readonly #spare: WaitingChunk[] = [];
  readonly #source = {
    take: (octets: number) => this.#takeChunk(octets),
    giveBack: (chunk: WaitingChunk) => this.#giveBack(chunk),
  };
  /** Nothing follows: whatever is there is ready. */
  #closed = false;
  #chunksMade = 0;
  flows = 0;
  octets = 0;

  constructor(settings: BacklogSettings) {
    this.#settings = settings;
  }

  /**
   * Copies the flows of a batch; tells how many older ones were given up for them: none for a batch whose sender waits,
   * which goes over the limit where it is too large.
   */
  add(batch: Batch, subject: string, nowMs: number): number {
    const index = messageIndex(batch);
    let first = 0;
    for (const run of batch.runs ?? [{ subject, count: batch.count }]) {
      this.#append(this.#lane(run.subject), batch.buffer, index, first, first + run.count, nowMs);
      first += run.count;
    }
    let dropped = 0;
    while (batch.waits !== true && this.octets > this.#settings.limitOctets) dropped += this.#evictOldest();
    return dropped;
  }

  /** The lane whose turn it is to have a message made; undefined when there is none now. */
  next(nowMs: number): Lane | undefined {
    for (const lane of this.#lingering) {
      if (nowMs - lane.waitingSince < this.#settings.lingerMs) break;
      this.#move(lane, 'ready');
    }
    for (const lane of this.#ready) return lane;
    return undefined;
  }

  /** Milliseconds until the next lane is ready that waits for company now; undefined when there is none. */
  untilReady(nowMs: number): number | undefined {
    for (const lane of this.#lingering) return Math.max(0, lane.waitingSince + this.#settings.lingerMs - nowMs);
    return undefined;
  }

  /** Takes `count` flows out of the oldest chunk of a lane. */
  take(lane: Lane, count: number): void {
    const { octets } = lane;
    lane.take(count);
    this.flows -= count;
    this.octets -= octets - lane.octets;
  }

  /** The lane had its turn: it goes behind the others that have a message. */
  endTurn(lane: Lane, nowMs: number): void {
    this.#ready.delete(lane);
    lane.state = 'empty';
    if (lane.flows === 0) return;
    lane.waitingSince = nowMs;
    this.#move(lane, this.#isFull(lane) ? 'ready' : 'lingering');
  }

  /** Whether a message of full size can be made of what waits in this lane. */
  isReady(lane: Lane): boolean {
    return lane.flows > 0 && this.#isFull(lane);
  }

  /** Nothing follows: no flow waits for company any more. */
  close(): void {
    this.#closed = true;
    for (const lane of this.#lingering) this.#move(lane, 'ready');
  }

  /** Gives up all flows; tells how many there were. */
  clear(): number {
    const { flows } = this;
    while (this.flows > 0) this.#evictOldest();
    return flows;
  }

  #lane(subject: string): Lane {
    let lane = this.#lanes.get(subject);
    if (lane === undefined) {
      lane = new Lane(subject, this.#source);
      this.#lanes.set(subject, lane);
    }
    return lane;
  }

  #append(lane: Lane, source: Uint8Array, index: Uint32Array, first: number, last: number, nowMs: number): void {
    for (let next = first; next < last;) {
      const { octets } = lane;
      const taken = lane.append(source, index, next, last);
      next += taken;
      this.flows += taken;
      this.octets += lane.octets - octets;
    }
    if (lane.flows === 0) return;
    if (lane.state === 'empty') {
      lane.waitingSince = nowMs;
      this.#move(lane, this.#isFull(lane) ? 'ready' : 'lingering');
    } else if (lane.state === 'lingering' && this.#isFull(lane)) {
      this.#move(lane, 'ready');
    }
  }

  #isFull(lane: Lane): boolean {
    const { batchFlows, batchOctets } = this.#settings;
    return this.#closed || lane.flows >= batchFlows || lane.octets >= batchOctets;
  }

  #move(lane: Lane, state: 'ready' | 'lingering'): void {
    this.#lingering.delete(lane);
    lane.state = state;
    if (state === 'ready') this.#ready.add(lane);
    else this.#lingering.add(lane);
  }

  #evictOldest(): number {
    let oldest: Lane | undefined;
    for (const lane of this.#lanes.values()) {
      if (lane.oldest !== undefined && lane.oldest.order < (oldest?.oldest!.order ?? Infinity)) oldest = lane;
    }
    const lane = oldest!;
    const { octets } = lane;
    const dropped = lane.evict();
    this.flows -= dropped;
    this.octets -= octets - lane.octets;
    if (lane.flows === 0) {
      this.#ready.delete(lane);
      this.#lingering.delete(lane);
      lane.state = 'empty';
    }
    return dropped;
  }

  #takeChunk(octets: number): WaitingChunk {
    const needed = WaitingChunk.sizeFor(octets);
    const usual = this.#chunkOctets();
    if (this.#spare.at(-1)?.bytes.length !== usual) this.#spare.length = 0;
    const spare = needed <= usual ? this.#spare.pop() : undefined;
    const chunk = spare ?? new WaitingChunk(Math.max(needed, usual));
    chunk.order = this.#chunksMade++;
    return chunk;
  }

  #giveBack(chunk: WaitingChunk): void {
    chunk.clear();
    if (this.#spare.length < SPARE_CHUNKS && chunk.bytes.length === this.#chunkOctets()) this.#spare.push(chunk);
  }

  #chunkOctets(): number {
    const largest = this.#lanes.size > 1 ? CHUNK_OF_MANY : LARGEST_CHUNK;
    const asked = Math.min(largest, this.#settings.limitOctets / 16);
    return Math.max(SMALLEST_CHUNK, asked & ~3);
  }
}
