import type { Source } from './datagram.ts';
import { findPrefix } from './prefix-list.ts';
import type { Prefix } from './prefix-list.ts';

/** Who may send, and how much. */
export interface AdmissionRules {
  /** Sources that may send; empty: all of them. */
  readonly allow: readonly Prefix[];
  /** Sources that may not, whatever `allow` says. */
  readonly deny: readonly Prefix[];
  /** Datagrams a second that are taken of one source; 0: as many as come. */
  readonly ratePerSecond: number;
}

/** What a source may send at this moment. */
interface Allowance {
  readonly allowed: boolean;
  /** Datagrams that may come now; a second's worth at most is saved up. */
  tokens: number;
  atMs: number;
}

/**
 * Decides in front of the decoders which datagrams are taken (RFC 7011 sections 11.4 to 11.6). What is refused here was
 * received all the same: the kernel's buffer is shared, and only a packet filter keeps a flood out of that.
 *
 * What was found out about a source is kept with its object, which listeners keep in a bounded table.
 */
export class Admission {
  readonly #rules: AdmissionRules;
  readonly #known = new WeakMap<Source, Allowance>();

  constructor(rules: AdmissionRules) {
    this.#rules = rules;
  }

  /** Why a datagram of this source is refused; undefined when it is taken. */
  refuse(source: Source, nowMs: number): 'not_allowed' | 'rate_limited' | undefined {
    const { ratePerSecond } = this.#rules;
    const known = this.#known.get(source) ?? this.#meet(source, nowMs);
    if (!known.allowed) return 'not_allowed';
    if (ratePerSecond === 0) return undefined;
    known.tokens = Math.min(ratePerSecond, known.tokens + ((nowMs - known.atMs) * ratePerSecond) / 1000);
    known.atMs = nowMs;
    if (known.tokens < 1) return 'rate_limited';
    known.tokens -= 1;
    return undefined;
  }

  #meet(source: Source, nowMs: number): Allowance {
    const { allow, deny, ratePerSecond } = this.#rules;
    const listed = allow.length === 0 || findPrefix(allow, source.octets, source.length);
    const allowed = listed && !findPrefix(deny, source.octets, source.length);
    const allowance = { allowed, tokens: ratePerSecond, atMs: nowMs };
    this.#known.set(source, allowance);
    return allowance;
  }
}
