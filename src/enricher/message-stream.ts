import { FlowRecord } from '../flow/flow-record.ts';
import { BinaryReader } from '../format/binary-reader.ts';

/** Octets of the longest message that is taken. */
export const MESSAGE_MAX = 1024 * 1024;

/** A length above this is none: what follows cannot be told apart any more. */
const LENGTH_MAX = 2 ** 31 - 1;

const LENGTH_OCTETS = 5;
const NEWLINE = 0x0a;

/**
 * Cuts a stream into messages, each with its length before it as a varint. A newline after each message, as
 * `-transport.file.sep` has it by default, is found out by looking at what follows the first one: it may as well be the
 * length of a message of ten octets.
 */
export class MessageStream {
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the message begins and ends that {@link next} has found. */
  from = 0;
  to = 0;
  #pos = 0;
  #ended = false;
  /** Octets that are left of a message which is too long. */
  #skip = 0;
  /** Whether a newline may stand here: behind a message. */
  #behind = false;
  /** Whether messages have a newline behind them; undefined: not yet known. */
  #separated: boolean | undefined;
  readonly #reader = new BinaryReader();
  readonly #scratch = new FlowRecord();

  /** Takes the next octets. {@link bytes} are other ones afterwards. */
  push(chunk: Uint8Array): void {
    const left = this.bytes.length - this.#pos;
    if (left === 0) {
      this.bytes = chunk;
    } else {
      const joined = new Uint8Array(left + chunk.length);
      joined.set(this.bytes.subarray(this.#pos));
      joined.set(chunk, left);
      this.bytes = joined;
    }
    this.#pos = 0;
  }

  /** Nothing follows. */
  end(): void {
    this.#ended = true;
  }

  /**
   * Finds the next message.
   *
   * @returns `more` when it is not all there: at the end of the stream that is the end of the messages, see
   * {@link truncated}
   */
  next(): 'message' | 'more' | 'oversized' | 'out_of_sync' {
    if (this.#skip > 0 && !this.#skipOn()) return 'more';
    if (this.#behind && !this.#passSeparator()) return 'more';
    const length = this.#lengthAt(this.#pos);
    if (length === 'more' || length === 'none') return length === 'more' ? 'more' : 'out_of_sync';
    const from = this.#pos + length.octets;
    if (length.value > MESSAGE_MAX) {
      this.#pos = from;
      this.#skip = length.value;
      return 'oversized';
    }
    if (from + length.value > this.bytes.length) return 'more';
    this.from = from;
    this.to = this.#pos = from + length.value;
    this.#behind = true;
    return 'message';
  }

  /** Whether the stream has ended within a message. */
  get truncated(): boolean {
    return this.#skip > 0 || this.#pos < this.bytes.length;
  }

  /** Whether all of the message that is too long has been passed. */
  #skipOn(): boolean {
    const step = Math.min(this.#skip, this.bytes.length - this.#pos);
    this.#skip -= step;
    this.#pos += step;
    this.#behind = true;
    return this.#skip === 0;
  }

  /** Passes a newline behind a message, if there is one; false when that cannot be told yet. */
  #passSeparator(): boolean {
    const at = this.#pos;
    if (at === this.bytes.length) return false;
    if (this.bytes[at] !== NEWLINE) {
      this.#separated ??= false;
    } else {
      const separator = this.#separated ?? this.#isSeparator(at);
      if (separator === undefined) return false;
      this.#separated = separator;
      if (separator) this.#pos++;
    }
    this.#behind = false;
    return true;
  }

  /** Whether the newline there is none of a message: a whole message follows, or nothing. */
  #isSeparator(at: number): boolean | undefined {
    if (at + 1 === this.bytes.length) return this.#ended ? true : undefined;
    const length = this.#lengthAt(at + 1);
    if (length === 'none') return false;
    if (length === 'more') return this.#ended ? true : undefined;
    if (length.value > MESSAGE_MAX) return false;
    const from = at + 1 + length.octets;
    const to = from + length.value;
    if (to > this.bytes.length && !this.#ended) return undefined;
    return to <= this.bytes.length && this.#reader.read(this.bytes, from, to, this.#scratch);
  }

  #lengthAt(at: number): { readonly value: number; readonly octets: number } | 'more' | 'none' {
    let value = 0;
    for (let i = 0; i < LENGTH_OCTETS; i++) {
      const octet = this.bytes[at + i];
      if (octet === undefined) return 'more';
      value += (octet & 0x7f) * 2 ** (7 * i);
      if (octet < 0x80) return value > LENGTH_MAX ? 'none' : { value, octets: i + 1 };
    }
    return 'none';
  }
}
