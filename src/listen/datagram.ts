import { addressText } from '../flow/address.ts';
import { isMapped } from '../flow/address.ts';
import { wordAt } from '../flow/flow-record.ts';

/**
 * Who sent a datagram. One object an address, kept by {@link Sources}; IPv4-mapped addresses are IPv4 (D-11).
 *
 * Parts of the chain that keep something by address leave here where they found it last, so that most datagrams need
 * no look-up by text. Each of these shortcuts is written by one part alone, which checks that it still holds.
 */
export class Source {
  /** Network byte order; the first `length` octets count. */
  readonly octets = new Uint8Array(16);
  /** The same, four octets a word, as {@link file://../flow/flow-record.ts} holds addresses: read without a look at other memory. */
  readonly word0: number;
  readonly word1: number;
  readonly word2: number;
  readonly word3: number;
  readonly length: 4 | 16;
  readonly text: string;
  /** Of the book of exporters: the row, and the state of the book in which that was found. */
  row = 0;
  rowAsOf = 0;
  /** Of the store of templates: the domain that its last datagram was for. */
  templates: object | undefined = undefined;
  /** Of the sequence tracker: the session that its last datagram was of. */
  session: object | undefined = undefined;

  constructor(octets: Uint8Array) {
    const plain = octets.length === 16 && isMapped(octets, 0) ? octets.subarray(12) : octets;
    this.length = plain.length === 16 ? 16 : 4;
    this.octets.set(plain);
    this.word0 = wordAt(this.octets, 0);
    this.word1 = wordAt(this.octets, 4);
    this.word2 = wordAt(this.octets, 8);
    this.word3 = wordAt(this.octets, 12);
    this.text = addressText(this.octets, 0, this.length);
  }
}

/**
 * One UDP payload as it was received. Listeners reuse one instance: it is valid during the call that it was handed
 * to, and so are its bytes.
 */
export class Datagram {
  /** Memory that holds the payload, between `offset` and `offset + length`. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Spans the same memory as `bytes`, with the same origin. */
  view: DataView = new DataView(new ArrayBuffer(0));
  offset = 0;
  length = 0;
  source: Source = new Source(new Uint8Array(4));
  sourcePort = 0;
  /** Receive time, Unix nanoseconds, as {@link file://../flow/u64.ts} holds 64-bit numbers. */
  readonly received = new Uint32Array(2);

  /** Points at a buffer of its own. */
  setBytes(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = 0;
    this.length = bytes.length;
  }
}
