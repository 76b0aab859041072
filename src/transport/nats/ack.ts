/** What JetStream answered to one message. */
export interface Ack {
  /** `stored`: also for a message that was there already, see `duplicate`. */
  kind: 'stored' | 'error' | 'unreadable';
  /** Sequence in the stream; 0 when there is none. */
  sequence: number;
  /** The stream had a message with this id: nothing was added. */
  duplicate: boolean;
  /** Name of the stream, where it is not the expected one. */
  otherStream: string | undefined;
  /** For errors: the number of JetStream's list of errors, and its words. */
  code: number;
  description: string;
}

const ZERO = 0x30;
const NINE = 0x39;

const sequenceKey = bytesOf('"seq":');
const duplicateKey = bytesOf('"duplicate":');

/**
 * Reads acknowledgements as the server writes them, `{"stream":"NAME", "seq":NUMBER}`, without making an object of
 * each: an answer of any other form goes through `JSON.parse`.
 */
export class AckParser {
  readonly #stream: string;
  /** How an answer of the expected stream begins. */
  readonly #head: Uint8Array;
  readonly #ack: Ack = emptyAck();

  constructor(stream: string) {
    this.#stream = stream;
    this.#head = bytesOf(`{"stream":${JSON.stringify(stream)},`);
  }

  /** The answer in these octets. The object is used again by the next call. */
  parse(octets: Uint8Array): Ack {
    const ack = this.#ack;
    ack.kind = 'stored';
    ack.duplicate = false;
    ack.otherStream = undefined;
    ack.code = 0;
    ack.description = '';
    ack.sequence = this.#usual(octets);
    if (ack.sequence < 0) this.#unusual(octets);
    return ack;
  }

  /** The sequence of an answer in the usual form; -1 for any other. */
  #usual(octets: Uint8Array): number {
    const head = this.#head;
    if (!holdsAt(octets, 0, head)) return -1;
    let at = head.length;
    while (octets[at] === 0x20) at++;
    if (!holdsAt(octets, at, sequenceKey)) return -1;
    at += sequenceKey.length;
    const digits = at;
    let sequence = 0;
    for (; octets[at]! >= ZERO && octets[at]! <= NINE; at++) sequence = sequence * 10 + octets[at]! - ZERO;
    if (at === digits || at - digits > 15) return -1;
    if (octets[at] === 0x7d && at === octets.length - 1) return sequence;
    if (octets[at] !== 0x2c) return -1;
    at++;
    while (octets[at] === 0x20) at++;
    if (!holdsAt(octets, at, duplicateKey)) return -1;
    at += duplicateKey.length;
    while (octets[at] === 0x20) at++;
    if (octets[at] !== 0x74 || octets.length - at !== 5) return -1; // `true}`
    this.#ack.duplicate = true;
    return sequence;
  }

  #unusual(octets: Uint8Array): void {
    const ack = this.#ack;
    ack.sequence = 0;
    let answer: unknown;
    try {
      answer = JSON.parse(new TextDecoder().decode(octets));
    } catch {
      ack.kind = 'unreadable';
      return;
    }
    const { stream, seq, duplicate, error } = (answer ?? {}) as Record<string, unknown>;
    if (error !== undefined && error !== null) {
      const { code, err_code: number, description } = error as Record<string, unknown>;
      ack.kind = 'error';
      ack.code = typeof number === 'number' ? number : typeof code === 'number' ? code : 0;
      ack.description = typeof description === 'string' ? description : '';
      return;
    }
    if (typeof stream !== 'string' || typeof seq !== 'number') {
      ack.kind = 'unreadable';
      return;
    }
    ack.sequence = seq;
    ack.duplicate = duplicate === true;
    if (stream !== this.#stream) ack.otherStream = stream;
  }
}

function emptyAck(): Ack {
  return { kind: 'stored', sequence: 0, duplicate: false, otherStream: undefined, code: 0, description: '' };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function holdsAt(octets: Uint8Array, at: number, what: Uint8Array): boolean {
  for (let i = 0; i < what.length; i++) if (octets[at + i] !== what[i]) return false;
  return true;
}
