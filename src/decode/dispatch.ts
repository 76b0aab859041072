import type { Datagram } from '../listen/datagram.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Failure } from '../metrics/reasons.ts';
import { Cursor } from './cursor.ts';
import type { Decoder, OnPacket } from './decoder.ts';
import { fixedLayout } from './netflow-fixed/layout.ts';
import { unsupportedVersion } from './unsupported-version.ts';

/** What a listener accepts, as the schemes of its URI say; a capture is `flow`. */
export type Accepts = 'netflow' | 'sflow' | 'flow';

/** The decoders that a datagram can be for. */
export interface Decoders {
  /** Versions of fixed form: 1, 5 and 7. */
  readonly fixed: Decoder;
  readonly netflowV9: Decoder;
  readonly ipfix: Decoder;
  readonly sflow: Decoder;
  /** Protocols of a user's own by version, which is the first 16 bits. */
  readonly custom?: ReadonlyMap<number, Decoder>;
}

/**
 * Hands each datagram to the decoder of its version.
 *
 * NetFlow and IPFIX begin with 16 bits of version (RFC 3954 section 5.1, RFC 7011 section 3.1), sFlow with 32 bits
 * (sFlow version 5, section 5). A first word of up to 5 is therefore sFlow: as NetFlow it would be version 0.
 */
export class Dispatch implements Decoder {
  readonly #accepts: Accepts;
  readonly #decoders: Decoders;
  readonly #counters: Counters;
  readonly #cursor = new Cursor();

  constructor(accepts: Accepts, decoders: Decoders, counters: Counters) {
    this.#accepts = accepts;
    this.#decoders = decoders;
    this.#counters = counters;
  }

  decode(datagram: Datagram, onPacket: OnPacket): Failure | undefined {
    const cursor = this.#cursor;
    cursor.reset(datagram.bytes, datagram.view, datagram.offset, datagram.offset + datagram.length);
    if (!cursor.take(this.#accepts === 'netflow' ? 2 : 4)) return 'too_short';
    const decoder = this.#decoderFor(cursor);
    if (typeof decoder !== 'string') return decoder.decode(datagram, onPacket);
    if (decoder === 'unsupported_version') this.#counters.addReason('unsupported', unsupportedVersion(datagram));
    return decoder;
  }

  #decoderFor(cursor: Cursor): Decoder | 'unsupported_version' | 'unknown_protocol' {
    if (this.#accepts === 'netflow') return this.#netflow(cursor.u16(0)) ?? 'unsupported_version';
    const word = cursor.u32(0);
    if (word === 5) return this.#decoders.sflow;
    if (this.#accepts === 'sflow' || word < 5) return 'unsupported_version';
    const version = word >>> 16;
    return this.#netflow(version) ?? (version > 10 || version === 0 ? 'unknown_protocol' : 'unsupported_version');
  }

  #netflow(version: number): Decoder | undefined {
    const custom = this.#decoders.custom?.get(version);
    if (custom !== undefined) return custom;
    if (version === 9) return this.#decoders.netflowV9;
    if (version === 10) return this.#decoders.ipfix;
    return fixedLayout(version) === undefined ? undefined : this.#decoders.fixed;
  }
}
