import type { Datagram } from '../../listen/datagram.ts';
import type { Counters } from '../../metrics/counters.ts';
import { MAX_PENDING_AGE_MS, MAX_PENDING_BYTES, PENDING_SHARE } from '../limits.ts';
import type { SetView, TemplatedPacket } from '../packet.ts';
import { LruList, LruNode } from './lru-list.ts';
import type { Owner } from './store.ts';

/** Memory of a held set beside its bytes, where each one is the only one of its exporter; measured. */
const SET_BYTES = 1_000;

/** What is kept of a datagram, once for all of its sets that are held. */
export class HeldDatagram implements Owner {
  readonly address: string;
  readonly source: Datagram['source'];
  readonly port: number;
  readonly receivedLow: number;
  readonly receivedHigh: number;
  readonly version: 9 | 10;
  readonly domain: number;
  readonly count: number;
  readonly length: number;
  readonly sysUptimeMs: number;
  readonly exportSeconds: number;
  readonly sequence: number;
  /** Records that may still come out of it. */
  recordsLeft: number;

  constructor(datagram: Datagram, packet: TemplatedPacket, recordsLeft: number) {
    this.source = datagram.source;
    this.address = datagram.source.text;
    this.port = datagram.sourcePort;
    this.receivedLow = datagram.received[0]!;
    this.receivedHigh = datagram.received[1]!;
    this.version = packet.version;
    this.domain = packet.domain;
    this.count = packet.count;
    this.length = packet.length;
    this.sysUptimeMs = packet.sysUptimeMs;
    this.exportSeconds = packet.exportSeconds;
    this.sequence = packet.sequence;
    this.recordsLeft = recordsLeft;
  }
}

/** A set of an exporter, in the order of arrival of that exporter. */
class ShareNode extends LruNode {
  readonly held: HeldSet;

  constructor(held: HeldSet) {
    super();
    this.held = held;
  }
}

/** The sets of one address. */
class Share {
  readonly address: string;
  readonly sets = new LruList<ShareNode>();
  bytes = 0;

  constructor(address: string) {
    this.address = address;
  }
}

/** A data set that waits for its template; in the order of arrival of all. */
export class HeldSet extends LruNode {
  readonly from: HeldDatagram;
  readonly id: number;
  /** Length in the set header. */
  readonly length: number;
  /** What followed the set header. */
  readonly bytes: Uint8Array;
  readonly untilMs: number;
  readonly share: Share;
  readonly place: ShareNode;

  constructor(from: HeldDatagram, set: SetView, bytes: Uint8Array, untilMs: number, share: Share) {
    super();
    this.from = from;
    this.id = set.id;
    this.length = set.length;
    this.bytes = bytes;
    this.untilMs = untilMs;
    this.share = share;
    this.place = new ShareNode(this);
  }

  get cost(): number {
    return SET_BYTES + this.bytes.length;
  }
}

export interface PendingSetsOptions {
  readonly counters: Counters;
  /** Octets of all sets that are held (`templates.pending.bytes`); 0 holds none. */
  readonly maxBytes?: number;
  /** How long a set is held (`templates.pending.age`). */
  readonly maxAgeMs?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

/**
 * Data sets that came before their template (RFC 7011 section 9.3, D-8): copies, bounded in octets, in time and in
 * what one exporter may take of it. The sets of an exporter that goes over its share, and the oldest of all when
 * there is no room, are given up. Every set that is taken in is counted once more: as replayed, expired or evicted.
 */
export class PendingSets {
  readonly #counters: Counters;
  readonly #maxBytes: number;
  readonly #maxAgeMs: number;
  readonly #now: () => number;
  readonly #shares = new Map<string, Share>();
  readonly #all = new LruList<HeldSet>();
  /** Memory of the set that was given up last. */
  #spare: Uint8Array | undefined;
  /** Octets held, with what describes them. */
  bytes = 0;
  /** Sets held. */
  count = 0;

  constructor(options: PendingSetsOptions) {
    this.#counters = options.counters;
    this.#maxBytes = options.maxBytes ?? MAX_PENDING_BYTES;
    this.#maxAgeMs = options.maxAgeMs ?? MAX_PENDING_AGE_MS;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Holds a copy of the set, whose bytes are those of `datagram`; false when it does not fit. */
  hold(datagram: Datagram, from: HeldDatagram, set: SetView): boolean {
    const cost = SET_BYTES + set.end - set.at;
    if (cost > this.#maxBytes * PENDING_SHARE) return false;
    this.#makeRoom(from.address, cost);
    const share = this.#share(from.address);
    const held = new HeldSet(from, set, this.#copy(datagram.bytes, set), this.#now() + this.#maxAgeMs, share);
    this.#all.touch(held);
    share.sets.touch(held.place);
    share.bytes += cost;
    this.bytes += cost;
    this.count++;
    this.#counters.add('pending_in');
    return true;
  }

  /**
   * Takes out what an exporter's templates are there for, in the order of arrival.
   *
   * @param wanted whether a set can be decoded now
   */
  take(owner: Owner, wanted: (set: HeldSet) => boolean): HeldSet[] {
    const share = this.#shares.get(owner.address);
    if (share === undefined) return [];
    const taken: HeldSet[] = [];
    for (const { held } of share.sets) {
      const { from } = held;
      if (from.version !== owner.version || from.domain !== owner.domain || !wanted(held)) continue;
      this.#drop(held);
      taken.push(held);
    }
    if (taken.length > 0) this.#counters.add('pending_replayed', taken.length);
    return taken;
  }

  /** Gives up what has waited for too long. */
  tick(nowMs: number): void {
    for (let oldest = this.#all.oldest; oldest !== undefined && oldest.untilMs <= nowMs; oldest = this.#all.oldest) {
      this.#drop(oldest);
      this.#counters.add('sets_skipped:no_template_expired');
    }
  }

  /** Gives up everything: nothing follows that could bring a template. */
  stop(): void {
    this.tick(Infinity);
  }

  /** Gives up the oldest until so many octets more of an address fit. */
  #makeRoom(address: string, cost: number): void {
    const share = this.#shares.get(address);
    if (share !== undefined) {
      while (share.bytes + cost > this.#maxBytes * PENDING_SHARE) this.#evict(share.sets.oldest!.held);
    }
    while (this.bytes + cost > this.#maxBytes) this.#evict(this.#all.oldest!);
  }

  #evict(held: HeldSet): void {
    this.#drop(held);
    this.#spare = held.bytes;
    this.#counters.add('sets_skipped:no_template_evicted');
  }

  /** The bytes of a set, in the memory of one that was given up if it has the same length, as in a flood it has. */
  #copy(bytes: Uint8Array, { at, end }: SetView): Uint8Array {
    const spare = this.#spare;
    if (spare?.length !== end - at) return bytes.slice(at, end);
    this.#spare = undefined;
    spare.set(bytes.subarray(at, end));
    return spare;
  }

  #drop(held: HeldSet): void {
    const { share } = held;
    this.#all.remove(held);
    share.sets.remove(held.place);
    share.bytes -= held.cost;
    this.bytes -= held.cost;
    this.count--;
    if (share.bytes === 0) this.#shares.delete(share.address);
  }

  #share(address: string): Share {
    let share = this.#shares.get(address);
    if (share === undefined) this.#shares.set(address, (share = new Share(address)));
    return share;
  }
}
