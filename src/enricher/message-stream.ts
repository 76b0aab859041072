import { FlowRecord } from '../flow/flow-record.ts';
import { BinaryReader, READ_SLACK } from '../format/binary-reader.ts';

/** Octets of the longest message that is taken. */
export const MESSAGE_MAX = 1024 * 1024;

/** What {@link MessageStream} finds where no length is. */
const MORE = -1;
const NONE = -2;

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
  /** With {@link READ_SLACK} octets behind those that are there. */
  bytes: Uint8Array;
  /** Over the same octets. */
  view: DataView;
  /** Where the message begins and ends that {@link next} has found. */
  from = 0;
  to = 0;
  #pos = 0;
  /** Where the octets end that are there. */
  #filled = 0;
  /** Where the message begins whose length was read last. */
  #bodyAt = 0;
  #ended = false;
  /** Octets that are left of a message which is too long. */
  #skip = 0;
  /** Whether a newline may stand here: behind a message. */
  #behind = false;
  /** Whether messages have a newline behind them; undefined: not yet known. */
  #separated: boolean | undefined;
  readonly #reader = new BinaryReader();
  readonly #scratch = new FlowRecord();

  /** @param octets of the memory at first: what is enough for most streams is never moved */
  constructor(octets = READ_SLACK) {
    const memory = new ArrayBuffer(octets);
    this.bytes = new Uint8Array(memory);
    this.view = new DataView(memory);
  }

  /** Takes the next octets; a message that was found before is there no more. */
  push(chunk: Uint8Array): void {
    const left = this.#filled - this.#pos;
    const filled = left + chunk.length;
    if (filled + READ_SLACK <= this.bytes.length) {
      this.bytes.copyWithin(0, this.#pos, this.#filled);
    } else {
      const larger = new Uint8Array(2 * filled + READ_SLACK);
      larger.set(this.bytes.subarray(this.#pos, this.#filled));
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    this.bytes.set(chunk, left);
    this.#pos = 0;
    this.#filled = filled;
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
    if (length < 0) return length === MORE ? 'more' : 'out_of_sync';
    const from = this.#bodyAt;
    if (length > MESSAGE_MAX) {
      this.#pos = from;
      this.#skip = length;
      return 'oversized';
    }
    if (from + length > this.#filled) return 'more';
    this.from = from;
    this.to = this.#pos = from + length;
    this.#behind = true;
    return 'message';
  }

  /** Whether the stream has ended within a message. */
  get truncated(): boolean {
    return this.#skip > 0 || this.#pos < this.#filled;
  }

  /** Whether all of the message that is too long has been passed. */
  #skipOn(): boolean {
    const step = Math.min(this.#skip, this.#filled - this.#pos);
    this.#skip -= step;
    this.#pos += step;
    this.#behind = true;
    return this.#skip === 0;
  }

  /** Passes a newline behind a message, if there is one; false when that cannot be told yet. */
  #passSeparator(): boolean {
    const at = this.#pos;
    if (at === this.#filled) return false;
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
    if (at + 1 === this.#filled) return this.#ended ? true : undefined;
    const length = this.#lengthAt(at + 1);
    if (length === NONE) return false;
    if (length === MORE) return this.#ended ? true : undefined;
    if (length > MESSAGE_MAX) return false;
    const from = this.#bodyAt;
    const to = from + length;
    if (to > this.#filled && !this.#ended) return undefined;
    return to <= this.#filled && this.#reader.read(this.bytes, from, to, this.#scratch);
  }

  /** The length that stands there, with {@link #bodyAt} behind it; or {@link MORE} or {@link NONE}. */
  #lengthAt(at: number): number {
    const { bytes } = this;
    const filled = this.#filled;
    if (at + 2 <= filled) {
      // Most messages are shorter than 16,384 octets.
      const first = bytes[at]!;
      const second = bytes[at + 1]!;
      if (first < 0x80) {
        this.#bodyAt = at + 1;
        return first;
      }
      if (second < 0x80) {
        this.#bodyAt = at + 2;
        return (first & 0x7f) | (second << 7);
      }
    }
    let value = 0;
    for (let i = 0; i < LENGTH_OCTETS; i++) {
      if (at + i >= filled) return MORE;
      const octet = bytes[at + i]!;
      value += (octet & 0x7f) * 2 ** (7 * i);
      if (octet < 0x80) {
        this.#bodyAt = at + i + 1;
        return value > LENGTH_MAX ? NONE : value;
      }
    }
    return NONE;
  }
}
