import { ethernet } from '#src/decode/headers/ethernet.js';
import { HeaderParser } from '#src/decode/headers/header-parser.js';
import { ipv4 } from '#src/decode/headers/ipv4.js';
import { ipv6 } from '#src/decode/headers/ipv6.js';
import { parseAddress } from '#src/flow/address.js';
import { LearnedNames } from '#src/enrich/learned/learned-names.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { slotOf } from '#src/flow/fields.js';
import { Source } from '#src/listen/datagram.js';
import type { Counters } from '#src/metrics/counters.js';
import { failures } from '#src/metrics/reasons.js';
import { storedDatagram } from '../test/support/stored-datagram.ts';
import { WholeChain } from '../test/support/whole-chain.ts';
import type { Protocol } from '../test/support/whole-chain.ts';
import { emptyBookMemory } from './book-memory.ts';
import { portParsers } from './port-parsers.ts';
import type { Target } from './parts.ts';

/** What is fuzzed, from octets to flows, with its own state: a new one for every session. */
export interface Subject {
  /** Takes the next input of the session; whether it got past the check of its header. */
  take(input: Uint8Array): boolean;
  /** Nothing follows. */
  stop?(): void;
  /** What it counted; absent where there are no books. */
  readonly counters?: Counters;
  /** Sets that wait for their template. */
  readonly pendingSets?: number;
}

type OnFlow = (flow: FlowRecord) => void;

/** Failures that say: not what this decoder is for. */
const headerFailures = new Set([
  'too_short',
  'unsupported_version',
  'unknown_protocol',
  'bad_message_length',
  'bad_address_type',
  'bad_record_count',
]);

const defaultSource = new Source(Uint8Array.of(192, 0, 2, 1));
const otherSource = new Source(parseAddress('2001:db8::1')!);

/** The decoders with little memory for state, so that what happens when it is full happens often. */
class DecoderSubject implements Subject {
  readonly #chain: WholeChain;
  readonly #target: Protocol;
  #place = 0;

  constructor(target: Protocol, onFlow: OnFlow) {
    this.#target = target;
    this.#chain = new WholeChain(onFlow, {
      maxTemplateBytes: 24_000,
      maxPendingBytes: 4_000,
      maxSequenceStreams: 12,
      bookMemory: emptyBookMemory(),
      names: new LearnedNames({ maxBytes: 24_000, now: () => 0 }),
    });
  }

  /** Port, address and time follow from octets and place, so that a session is all that has to be kept of a run. */
  take(input: Uint8Array): boolean {
    const salt = input.length === 0 ? 0 : input[input.length - 1]! ^ input.length;
    if ((salt & 0x70) === 0) this.#chain.wait(15_000);
    const source = (salt & 4) === 0 ? otherSource : defaultSource;
    // one address has a few ports, the other a new one with every datagram for a while
    this.#place++;
    const changing = source === otherSource && this.#place < 40;
    const stored = storedDatagram(input, { source, sourcePort: 50_000 + (changing ? this.#place : salt & 3) });
    const failure = this.#chain.take(stored, salt % 5 === 0 ? 'any' : this.#target);
    if (failure !== undefined && !Object.hasOwn(failures, failure)) throw new Error(`not a failure: ${failure}`);
    return failure === undefined || !headerFailures.has(failure);
  }

  stop(): void {
    this.#chain.stop();
  }

  get counters(): Counters {
    return this.#chain.counters;
  }

  get pendingSets(): number {
    return this.#chain.pendingSets;
  }
}

const STACK = slotOf('layer_stack');
const SIZES = slotOf('layer_size');

class HeaderSubject implements Subject {
  readonly #headers = new HeaderParser({ ports: portParsers });
  readonly #flow = new FlowRecord();
  readonly #onFlow: OnFlow;

  constructor(onFlow: OnFlow) {
    this.#onFlow = onFlow;
  }

  /** A frame that begins like an IP packet is also read as one, as sFlow and IPFIX allow. */
  take(input: Uint8Array): boolean {
    const version = input.length === 0 ? 0 : input[0]! >> 4;
    const past = this.#parse(ethernet, input);
    if (version === 4) this.#parse(ipv4, input);
    if (version === 6) this.#parse(ipv6, input);
    return past;
  }

  #parse(first: typeof ethernet, input: Uint8Array): boolean {
    const flow = this.#flow;
    flow.reset();
    const view = new DataView(input.buffer, input.byteOffset, input.length);
    this.#headers.parse(flow, first, input, view, 0, input.length);
    const layers = flow.words[STACK]!;
    if (layers !== flow.words[SIZES]) throw new Error(`${layers} layers, ${flow.words[SIZES]} sizes`);
    if (layers > 16) throw new Error(`${layers} layers`);
    this.#onFlow(flow);
    return layers > 1;
  }
}

/** A subject that has seen nothing yet. */
export function newSubject(target: Target, onFlow: OnFlow): Subject {
  return target === 'headers' ? new HeaderSubject(onFlow) : new DecoderSubject(target, onFlow);
}
