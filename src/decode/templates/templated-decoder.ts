import { Datagram } from '../../listen/datagram.ts';
import type { Source } from '../../listen/datagram.ts';
import { counterIndex } from '../../metrics/counters.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { Failure, Skip } from '../../metrics/reasons.ts';
import { Cursor } from '../cursor.ts';
import type { Decoder, OnPacket } from '../decoder.ts';
import { MAX_RECORDS_PER_DATAGRAM } from '../limits.ts';
import type { SetKind, SetView, TemplatedPacket } from '../packet.ts';
import type { SequenceTracker } from '../sequence/tracker.ts';
import { Draft } from './draft.ts';
import { flowKeyFields, flowKeysFit } from './flow-keys.ts';
import { HeldDatagram } from './pending.ts';
import type { HeldSet, PendingSets } from './pending.ts';
import { RecordWalker } from './records.ts';
import type { Payload } from './records.ts';
import { Staging } from './staging.ts';
import type { Owner, TemplateStore } from './store.ts';
import type { Template, TemplateHead } from './template.ts';

const SETS_RECEIVED = counterIndex('sets_received');
const SETS_DATA = counterIndex('sets_data');
const RECORDS_DECODED = counterIndex('records_decoded');

/** What a decoder of NetFlow v9 or IPFIX works with. All decoders of a worker share them. */
export interface TemplatedDecoderParts {
  readonly templates: TemplateStore;
  readonly pending: PendingSets;
  readonly counters: Counters;
  readonly sequences?: SequenceTracker;
  /** Flow and options records out of one datagram; more are counted as `records_limit`. */
  readonly maxRecords?: number;
}

/** The owner of a datagram's templates, in reused memory. */
class CurrentOwner implements Owner {
  address = '';
  source: Source | undefined = undefined;
  port = 0;
  readonly version: 9 | 10;
  domain = 0;

  constructor(version: 9 | 10) {
    this.version = version;
  }
}

/** A set with what its decoder has to remember of it. */
class WalkedSet implements SetView {
  kind: SetKind = 'skipped';
  id = 0;
  length = 0;
  at = 0;
  end = 0;
  template: Template | undefined = undefined;
  records = 0;
  /** Why it is skipped. */
  reason: Skip | undefined = undefined;
}

/**
 * What NetFlow v9 and IPFIX have in common. A datagram goes through two walks:
 *
 * 1. {@link walk}, which the protocol brings, checks the framing, lists the sets and stages the templates; data after
 *    a template in the same datagram is laid out by it;
 * 2. when the datagram is good, its templates are stored, data that had waited for them is replayed, data whose
 *    template is still unknown is held, and the rest is handed on.
 */
export abstract class TemplatedDecoder implements Decoder {
  protected readonly packet: TemplatedPacket & { readonly sets: WalkedSet[] };
  protected readonly owner: CurrentOwner;
  protected readonly counters: Counters;
  protected readonly templates: TemplateStore;
  /** Over the datagram. */
  protected readonly cursor = new Cursor();
  /** Over one template set. */
  protected readonly inner = new Cursor();
  protected readonly draft = new Draft();
  readonly #pending: PendingSets;
  readonly #sequences: SequenceTracker | undefined;
  readonly #maxRecords: number;
  readonly #staging = new Staging();
  readonly #walker = new RecordWalker();
  readonly #replayed: TemplatedPacket & { readonly sets: WalkedSet[] };
  readonly #replayDatagram = new Datagram();
  /** Whether a set of this datagram waits for its template. */
  #unresolved = false;
  /** Whether this datagram has a template that data may have waited for. */
  #brings = false;

  constructor(kind: 'netflow_v9' | 'ipfix', parts: TemplatedDecoderParts) {
    const version = kind === 'netflow_v9' ? 9 : 10;
    this.packet = emptyPacket(kind, version);
    this.#replayed = { ...emptyPacket(kind, version), setCount: 1, sets: [new WalkedSet()] };
    this.owner = new CurrentOwner(version);
    this.counters = parts.counters;
    this.templates = parts.templates;
    this.#pending = parts.pending;
    this.#sequences = parts.sequences;
    this.#maxRecords = parts.maxRecords ?? MAX_RECORDS_PER_DATAGRAM;
  }

  decode(datagram: Datagram, onPacket: OnPacket): Failure | undefined {
    const { packet, owner } = this;
    packet.setCount = 0;
    this.#staging.clear();
    this.#unresolved = this.#brings = false;
    owner.source = datagram.source;
    owner.address = datagram.source.text;
    owner.port = datagram.sourcePort;
    const failure = this.walk(datagram) ?? this.#resolve(datagram);
    if (failure !== undefined) return failure;
    this.#sequences?.templated(packet, datagram);
    if (this.#staging.templates.length > 0) {
      this.#commit();
      if (this.#brings) this.#replay(onPacket);
    }
    this.#finish(datagram);
    onPacket(packet, datagram);
    return undefined;
  }

  /**
   * Replays what can be decoded with templates that came otherwise than by a datagram: from another thread or a file.
   *
   * @param owner of the templates
   */
  release(owner: Owner, onPacket: OnPacket): void {
    const held = this.#pending.take(owner, (set) => {
      const known = this.templates.lookUp(set.from, set.id);
      return known !== undefined && isNotLater(known.exportSeconds, set.from.exportSeconds);
    });
    for (const set of held) this.#emitHeld(set, onPacket);
  }

  /**
   * First walk: sets the header of `packet` and `owner.domain`, calls {@link addSet} for every set and {@link stage}
   * for every template.
   *
   * @returns why the datagram is discarded whole; nothing of it is then kept
   */
  protected abstract walk(datagram: Datagram): Failure | undefined;

  /** Called when the templates of the datagram have been stored. */
  protected committed(): void {}

  /** Lists a set between `at` and `end`, for now as skipped. */
  protected addSet(id: number, length: number, at: number, end: number): WalkedSet {
    const { packet } = this;
    const set = (packet.sets[packet.setCount] ??= new WalkedSet());
    packet.setCount++;
    set.kind = 'skipped';
    set.id = id;
    set.length = length;
    set.at = at;
    set.end = end;
    set.template = undefined;
    set.records = 0;
    set.reason = undefined;
    return set;
  }

  /** Lays out a data set by the template that holds at this point of the datagram. */
  protected addData(payload: Payload, set: WalkedSet): Failure | undefined {
    const template = this.#staging.find(set.id) ?? this.templates.find(this.owner, set.id);
    if (template !== undefined) return this.#layOut(payload, set, template);
    this.#unresolved = true;
    return undefined;
  }

  /**
   * Stages what is in {@link draft}: the object that is known, when the definition is the same. No data waits for what
   * was known before: it would have been replayed then, unless it is older than that was.
   */
  protected stage(head: TemplateHead): void {
    const stored = this.templates.lookUp(this.owner, head.id);
    const known = this.#staging.find(head.id) ?? stored?.template;
    const same = known !== undefined && this.draft.matches(known, head.options, head.scopeCount);
    if (!same || stored === undefined || !isNotLater(stored.exportSeconds, this.packet.exportSeconds)) {
      this.#brings = true;
    }
    this.#staging.add(same ? known : this.draft.build(head));
  }

  /** Counts a template of the set that was listed last. */
  protected countTemplate(): void {
    this.packet.sets[this.packet.setCount - 1]!.records++;
  }

  /** How many templates this datagram has given so far. */
  protected get staged(): number {
    return this.#staging.templates.length;
  }

  #layOut(payload: Payload, set: WalkedSet, template: Template): Failure | undefined {
    set.kind = template.options ? 'options_data' : 'data';
    set.template = template;
    if (!template.variable) {
      set.records = Math.floor((set.end - set.at) / template.minimumLength);
      return undefined;
    }
    const walker = this.#walker;
    walker.begin(payload, template, set.at, set.end);
    set.records = walker.count();
    return walker.overrun ? 'bad_variable_length' : undefined;
  }

  /** Lays out data that stands before its template in this datagram, where no other one was known. */
  #resolve(datagram: Datagram): Failure | undefined {
    if (!this.#unresolved || this.#staging.templates.length === 0) return undefined;
    const { sets, setCount } = this.packet;
    for (let i = 0; i < setCount; i++) {
      const set = sets[i]!;
      if (!isWaiting(set)) continue;
      const template = this.#staging.find(set.id);
      const failure = template === undefined ? undefined : this.#layOut(datagram, set, template);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  #commit(): void {
    const { packet, templates, owner } = this;
    let equal: Map<Template, Template> | undefined;
    for (const staged of this.#staging.templates) {
      const stored = templates.add(owner, staged, packet.exportSeconds);
      if (stored !== staged) (equal ??= new Map()).set(staged, stored);
    }
    this.committed();
    if (equal === undefined) return;
    for (let i = 0; i < packet.setCount; i++) {
      const set = packet.sets[i]!;
      if (set.template !== undefined) set.template = equal.get(set.template) ?? set.template;
    }
  }

  /** Decodes what waited for the templates of this datagram, unless it is older than they are (C-054). */
  #replay(onPacket: OnPacket): void {
    if (this.#pending.count === 0) return;
    const { exportSeconds } = this.packet;
    const held = this.#pending.take(
      this.owner,
      (set) => this.#staging.find(set.id) !== undefined && isNotLater(exportSeconds, set.from.exportSeconds),
    );
    for (const set of held) this.#emitHeld(set, onPacket);
  }

  #emitHeld(held: HeldSet, onPacket: OnPacket): void {
    const datagram = this.#replayDatagram;
    const { from } = held;
    datagram.setBytes(held.bytes);
    datagram.source = from.source;
    datagram.sourcePort = from.port;
    datagram.received[0] = from.receivedLow;
    datagram.received[1] = from.receivedHigh;

    const packet = this.#replayed;
    packet.count = from.count;
    packet.length = from.length;
    packet.sysUptimeMs = from.sysUptimeMs;
    packet.exportSeconds = from.exportSeconds;
    packet.sequence = from.sequence;
    packet.domain = from.domain;
    const set = packet.sets[0]!;
    set.id = held.id;
    set.length = held.length;
    set.at = 0;
    set.end = held.bytes.length;

    const template = this.templates.find(from, held.id);
    if (template === undefined) {
      this.counters.add('sets_skipped:no_template');
    } else if (this.#layOut(datagram, set, template) !== undefined) {
      this.counters.add('sets_skipped:bad_variable_length');
    } else {
      this.counters.add(set.kind === 'data' ? 'sets_data' : 'sets_options_data');
      from.recordsLeft -= this.#limit(set, from.recordsLeft);
      onPacket(packet, datagram);
    }
  }

  /** Counts the sets, holds those that wait for their template, and bounds the records. */
  #finish(datagram: Datagram): void {
    const { packet, counters } = this;
    let recordsLeft = this.#maxRecords;
    let held: HeldDatagram | undefined;
    for (let i = 0; i < packet.setCount; i++) {
      const set = packet.sets[i]!;
      switch (set.kind) {
        case 'template':
          counters.add('sets_template');
          break;
        case 'options_template':
          counters.add('sets_options_template');
          break;
        case 'data':
          counters.values[SETS_DATA]! += 1;
          recordsLeft -= this.#limit(set, recordsLeft);
          break;
        case 'options_data':
          counters.add('sets_options_data');
          recordsLeft -= this.#limit(set, recordsLeft);
          this.#checkFlowKeys(datagram, set);
          break;
        case 'skipped':
          if (set.reason === undefined) {
            held ??= new HeldDatagram(datagram, packet, this.#maxRecords);
            if (this.#pending.hold(datagram, held, set)) break;
          }
          counters.addReason('sets_skipped', set.reason ?? 'no_template');
      }
    }
    counters.values[SETS_RECEIVED]! += packet.setCount;
    if (held !== undefined) held.recordsLeft = recordsLeft;
  }

  /** Flow keys have to be those of a template that is known (RFC 7011 section 4.4); nothing else is made of them. */
  #checkFlowKeys(datagram: Datagram, set: WalkedSet): void {
    const keys = flowKeyFields(set.template!);
    if (keys === undefined) return;
    const walker = this.#walker;
    walker.begin(datagram, set.template!, set.at, set.end);
    for (let i = 0; i < set.records && walker.next(); i++) {
      const { offsets, lengths } = walker;
      const id = readBigEndian(datagram.bytes, offsets[keys.templateId]!, lengths[keys.templateId]!);
      const about = this.templates.lookUp(this.owner, id)?.template;
      const at = offsets[keys.indicator]!;
      if (!flowKeysFit(about, datagram.bytes, at, lengths[keys.indicator]!)) this.counters.add('notices:bad_flow_keys');
    }
  }

  /** Counts the records of a set and cuts it to `left` of them. */
  #limit(set: WalkedSet, left: number): number {
    const { counters } = this;
    counters.values[RECORDS_DECODED]! += set.records;
    if (set.records > left) {
      counters.add('records_dropped:records_limit', set.records - left);
      set.records = left;
    }
    return set.records;
  }
}

/** Whether the template of a set was unknown when the set was met. */
function isWaiting(set: WalkedSet): boolean {
  return set.kind === 'skipped' && set.reason === undefined;
}

/** Whether `a` is the same second as `b` or earlier, across the wrap of 32 bits. */
function isNotLater(a: number, b: number): boolean {
  return ((b - a) | 0) >= 0;
}

function emptyPacket(kind: 'netflow_v9' | 'ipfix', version: 9 | 10): TemplatedPacket & { readonly sets: WalkedSet[] } {
  return {
    kind,
    version,
    count: 0,
    length: 0,
    sysUptimeMs: 0,
    exportSeconds: 0,
    sequence: 0,
    domain: 0,
    sets: [],
    setCount: 0,
  };
}

/** An unsigned number of any size, as far as a double holds it. */
function readBigEndian(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + bytes[at + i]!;
  return value;
}
