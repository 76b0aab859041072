import type { Datagram } from '../listen/datagram.ts';
import { Counters } from '../metrics/counters.ts';
import type { Failure } from '../metrics/reasons.ts';
import type { Decoder, OnPacket } from './decoder.ts';
import { allDecoders } from './all-decoders.ts';
import { Dispatch } from './dispatch.ts';
import type { Accepts } from './dispatch.ts';
import { SequenceTracker } from './sequence/tracker.ts';
import { MemoryTemplateStore } from './templates/memory-store.ts';
import { PendingSets } from './templates/pending.ts';

export interface DecoderOptions {
  /** `netflow`, `sflow`, or `flow` for all; all by default. */
  readonly accepts?: Accepts;
  /** Where everything is counted. */
  readonly counters?: Counters;
}

/** A decoder of all protocols with what it keeps between datagrams, in memory. */
export interface StandaloneDecoder extends Decoder {
  readonly counters: Counters;
  /** About once a second, with a monotonic clock in milliseconds: gives up what has waited too long. */
  tick(nowMs: number): void;
}

/**
 * The decoders of all protocols, for programs that need nothing but them.
 *
 *     const decoder = createDecoder();
 *     decoder.decode(datagram, (packet) => console.log(packet.kind));
 */
export function createDecoder({ accepts = 'flow', counters = new Counters() }: DecoderOptions = {}): StandaloneDecoder {
  const templates = new MemoryTemplateStore({ counters });
  const pending = new PendingSets({ counters });
  const sequences = new SequenceTracker(counters);
  const dispatch = new Dispatch(accepts, allDecoders({ templates, pending, sequences, counters }), counters);
  return {
    counters,
    decode: (datagram: Datagram, onPacket: OnPacket): Failure | undefined => dispatch.decode(datagram, onPacket),
    tick(nowMs) {
      templates.tick(nowMs);
      pending.tick(nowMs);
      sequences.tick(nowMs);
    },
  };
}
