import type { Datagram } from '../../listen/datagram.ts';
import { counterIndex } from '../../metrics/counters.ts';
import type { Failure, Skip } from '../../metrics/reasons.ts';
import { TemplatedDecoder } from '../templates/templated-decoder.ts';
import type { TemplatedDecoderParts } from '../templates/templated-decoder.ts';

const HEADER = 20;
const SET_HEADER = 4;

/** FlowSet ids (RFC 3954 sections 5.2, 5.3 and 6.1). */
const TEMPLATE_SET = 0;
const OPTIONS_TEMPLATE_SET = 1;
const FIRST_DATA_SET = 256;

const TRUNCATED_RECORDS = counterIndex('notices:truncated_records');

/**
 * NetFlow v9 (RFC 3954). A datagram:
 *
 *     version 2 octets, 9; count 2, of records of all kinds
 *     sysUptime 4, milliseconds; UNIX seconds 4; sequence 4, of datagrams; source id 4
 *     FlowSets: id 2, length 2 (with these four octets), records, padding
 *
 * Whole FlowSets and records are kept and the rest is counted: a fault costs what it is in, not the datagram (D-1).
 * `count` is a hint, which some exporters fill with something else: the octets decide.
 */
export class NetFlowV9Decoder extends TemplatedDecoder {
  /** Whether the store has kept the clock of this datagram. */
  #observed = false;

  constructor(parts: TemplatedDecoderParts) {
    super('netflow_v9', parts);
  }

  protected walk(datagram: Datagram): Failure | undefined {
    const { cursor, packet, owner, counters } = this;
    cursor.reset(datagram.bytes, datagram.view, datagram.offset, datagram.offset + datagram.length);
    if (!cursor.take(HEADER)) return 'too_short';
    if (cursor.u16(0) !== 9) return 'unsupported_version';
    packet.count = cursor.u16(2);
    packet.sysUptimeMs = cursor.u32(4);
    packet.exportSeconds = cursor.u32(8);
    packet.sequence = cursor.u32(12);
    packet.domain = owner.domain = cursor.u32(16);
    this.#observed = this.templates.observe(owner, packet) === 'running';

    while (cursor.take(SET_HEADER)) {
      const id = cursor.u16(0);
      const length = cursor.u16(2);
      if (length < SET_HEADER) {
        this.addSet(id, length, cursor.pos, cursor.end).reason = 'bad_set_length';
        cursor.take(cursor.left);
        break;
      }
      const body = Math.min(length - SET_HEADER, cursor.left);
      if (body < length - SET_HEADER) counters.count(TRUNCATED_RECORDS);
      const at = cursor.pos;
      cursor.take(body);
      this.#walkSet(datagram, id, length, at, at + body);
    }
    if (cursor.left > 0) counters.add('notices:trailing_bytes', cursor.left);
    this.#checkCount();
    return undefined;
  }

  protected override committed(): void {
    if (!this.#observed) this.templates.observe(this.owner, this.packet);
  }

  #walkSet(datagram: Datagram, id: number, length: number, at: number, end: number): void {
    const set = this.addSet(id, length, at, end);
    this.inner.reset(datagram.bytes, datagram.view, at, end);
    if (id >= FIRST_DATA_SET) {
      this.addData(datagram, set);
    } else if (id <= OPTIONS_TEMPLATE_SET) {
      set.reason = id === TEMPLATE_SET ? this.#readTemplates() : this.#readOptionsTemplates();
      if (set.reason === undefined) set.kind = id === TEMPLATE_SET ? 'template' : 'options_template';
      else set.records = 0;
    } else {
      set.reason = 'reserved_id';
    }
  }

  /**
   * Records of a template FlowSet (RFC 3954 section 5.2):
   *
   *     template id 2 octets, field count 2
   *     fields: type 2, length 2
   *
   * @returns why the FlowSet gave nothing
   */
  #readTemplates(): Skip | undefined {
    const { inner, draft } = this;
    const before = this.staged;
    while (inner.take(4)) {
      const id = inner.u16(0);
      const count = inner.u16(2);
      if (id === 0 && count === 0) break; // padding
      if (count * 4 > inner.left) return this.#cutOff(before);
      draft.clear();
      draft.readV9(inner, count);
      this.#accept(id, false, 0);
    }
    return undefined;
  }

  /**
   * Records of an options template FlowSet (RFC 3954 section 6.1):
   *
   *     template id 2 octets; scope length 2 and option length 2, in octets of specifiers
   *     scopes, then options: type 2, length 2
   *
   * Scope types are numbers of their own: 1 system, 2 interface, 3 line card, 4 cache, 5 template.
   */
  #readOptionsTemplates(): Skip | undefined {
    const { inner, draft } = this;
    const before = this.staged;
    while (inner.take(6)) {
      const id = inner.u16(0);
      const scopeLength = inner.u16(2);
      const optionLength = inner.u16(4);
      if (id === 0 && scopeLength === 0) break; // padding
      const aligned = scopeLength % 4 === 0 && optionLength % 4 === 0;
      if (!aligned || scopeLength + optionLength > inner.left) return this.#cutOff(before);
      draft.clear();
      draft.readV9(inner, (scopeLength + optionLength) / 4);
      this.#accept(id, true, scopeLength / 4);
    }
    return undefined;
  }

  #cutOff(stagedBefore: number): Skip | undefined {
    if (this.staged === stagedBefore) return 'bad_template';
    this.counters.count(TRUNCATED_RECORDS);
    return undefined;
  }

  #accept(id: number, options: boolean, scopeCount: number): void {
    const { draft, counters, owner } = this;
    this.countTemplate();
    if (id < FIRST_DATA_SET) counters.add('notices:bad_template_id');
    else if (draft.variable) counters.add('notices:variable_length_in_v9');
    else if (draft.minimumLength === 0) counters.add('notices:empty_template');
    else this.stage({ version: 9, domain: owner.domain, id, options, scopeCount });
  }

  /** Compares the count of the header with what was found, where all of it could be counted. */
  #checkCount(): void {
    const { packet } = this;
    let records = 0;
    for (let i = 0; i < packet.setCount; i++) {
      const set = packet.sets[i]!;
      if (set.kind === 'skipped') return;
      records += set.records;
    }
    if (records !== packet.count) this.counters.add('notices:count_mismatch');
  }
}
