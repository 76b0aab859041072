import type { Datagram } from '../../listen/datagram.ts';
import type { Failure } from '../../metrics/reasons.ts';
import { TemplatedDecoder } from '../templates/templated-decoder.ts';
import type { TemplatedDecoderParts } from '../templates/templated-decoder.ts';

const HEADER = 16;
const SET_HEADER = 4;

/** Set ids (RFC 7011 section 3.3.2). */
const TEMPLATE_SET = 2;
const OPTIONS_TEMPLATE_SET = 3;
const FIRST_DATA_SET = 256;

/** Octets of the smallest template record: header and one field specifier. */
const SMALLEST_TEMPLATE = 8;

/**
 * IPFIX (RFC 7011). A message:
 *
 *     version 2 octets, 10; length 2, of the whole message; export time 4, Unix seconds
 *     sequence 4, of data records; observation domain 4
 *     sets: id 2, length 2 (with these four octets), records, padding
 *
 * A message whose lengths contradict each other is discarded whole: nothing of it is emitted or stored
 * (section 9.1). This decoder is for UDP, where a withdrawal of templates is ignored (section 8.4).
 */
export class IpfixDecoder extends TemplatedDecoder {
  constructor(parts: TemplatedDecoderParts) {
    super('ipfix', parts);
  }

  protected walk(datagram: Datagram): Failure | undefined {
    const { cursor, packet, owner, counters } = this;
    cursor.reset(datagram.bytes, datagram.view, datagram.offset, datagram.offset + datagram.length);
    if (!cursor.take(HEADER)) return 'too_short';
    if (cursor.u16(0) !== 10) return 'unsupported_version';
    const length = cursor.u16(2);
    if (length < HEADER || length > datagram.length) return 'bad_message_length';
    packet.length = length;
    packet.exportSeconds = cursor.u32(4);
    packet.sequence = cursor.u32(8);
    packet.domain = owner.domain = cursor.u32(12);

    cursor.end = datagram.offset + length;
    while (cursor.take(SET_HEADER)) {
      const id = cursor.u16(0);
      const setLength = cursor.u16(2);
      const at = cursor.pos;
      if (setLength < SET_HEADER || !cursor.take(setLength - SET_HEADER)) return 'bad_set_length';
      const failure = this.#walkSet(datagram, id, setLength, at, cursor.pos);
      if (failure !== undefined) return failure;
    }
    const trailing = cursor.left + datagram.length - length;
    if (trailing > 0) counters.add('notices:trailing_bytes', trailing);
    return undefined;
  }

  #walkSet(datagram: Datagram, id: number, length: number, at: number, end: number): Failure | undefined {
    const set = this.addSet(id, length, at, end);
    if (id >= FIRST_DATA_SET) return this.addData(datagram, set);
    this.inner.reset(datagram.bytes, datagram.view, at, end);
    if (id === TEMPLATE_SET) {
      set.kind = 'template';
      return this.#readTemplates();
    }
    if (id === OPTIONS_TEMPLATE_SET) {
      set.kind = 'options_template';
      return this.#readOptionsTemplates();
    }
    set.reason = 'reserved_id';
    return undefined;
  }

  /**
   * Records of a template set (RFC 7011 section 3.4.1):
   *
   *     template id 2 octets, field count 2
   *     fields: element 2, length 2, enterprise number 4 where the top bit of the element is set
   *
   * A field count of 0 is a withdrawal, which ends after it.
   */
  #readTemplates(): Failure | undefined {
    const { inner, draft } = this;
    while (inner.take(4)) {
      const id = inner.u16(0);
      const count = inner.u16(2);
      if (count === 0) {
        if (!this.#isWithdrawal(id, TEMPLATE_SET)) return undefined;
        continue;
      }
      // what cannot be a record by its size and is no template by its id is padding (section 3.3.1)
      if (id < FIRST_DATA_SET && inner.left < SMALLEST_TEMPLATE - 4) return undefined;
      draft.clear();
      if (!draft.readIpfix(inner, count)) return 'bad_template';
      this.#accept(id, false, 0);
    }
    return undefined;
  }

  /**
   * Records of an options template set (RFC 7011 section 3.4.2.2):
   *
   *     template id 2 octets, field count 2 (of scopes and options), scope count 2
   *     scopes, then options: as the fields of a template
   *
   * A withdrawal has no scope count.
   */
  #readOptionsTemplates(): Failure | undefined {
    const { inner, draft } = this;
    while (inner.take(4)) {
      const id = inner.u16(0);
      const count = inner.u16(2);
      if (count === 0) {
        if (!this.#isWithdrawal(id, OPTIONS_TEMPLATE_SET)) return undefined;
        continue;
      }
      if (!inner.take(2)) return undefined; // padding: 4 or 5 octets hold no record
      const scopeCount = inner.u16(0);
      if (scopeCount === 0 || scopeCount > count) return 'bad_scope_count';
      draft.clear();
      if (!draft.readIpfix(inner, count)) return 'bad_template';
      this.#accept(id, true, scopeCount);
    }
    return undefined;
  }

  /** Notes a withdrawal, of one template or (by the id of the set) of all; false when it is padding. */
  #isWithdrawal(id: number, setId: number): boolean {
    if (id < FIRST_DATA_SET && id !== setId) return false;
    this.counters.add('notices:withdrawal_ignored');
    return true;
  }

  #accept(id: number, options: boolean, scopeCount: number): void {
    const { draft, counters, owner } = this;
    this.countTemplate();
    if (id < FIRST_DATA_SET) counters.add('notices:bad_template_id');
    else if (draft.minimumLength === 0) counters.add('notices:empty_template');
    else this.stage({ version: 10, domain: owner.domain, id, options, scopeCount });
  }
}
