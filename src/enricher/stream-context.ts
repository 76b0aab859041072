import { FragmentBank } from '../flow/flow-context.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import type { BinaryReader } from '../format/binary-reader.ts';
import { CONTEXT_NUMBER, CONTEXT_PAIR_EXPANSION, CONTEXT_PAIR_EXTRA, contextPairs } from '../format/context-pair.ts';
import type { WriteContextPair } from '../format/context-pair.ts';

/** The fragment that has all of it, and its words before the text: octets of the text, number of key-values. */
const FRAGMENT = 1;
const HEAD = 2;
const TEXT = (FRAGMENT + HEAD) * 4;

/** Tags of the entries of the context, and of key and value in one. */
const CONTEXT_TAG = (CONTEXT_NUMBER << 3) | 2;
const KEY_TAG = 0x0a;
const VALUE_TAG = 0x12;

/** What messages have beside their columns: JSON and text show the context, whose fields are the only ones that have names. */
export class StreamContext {
  readonly #writePair: WriteContextPair;
  #bank = new FragmentBank(new Uint32Array(1024), [], new Uint32Array(1), new Uint8Array(0));
  #octets = new Uint8Array(this.#bank.words.buffer);
  #view = new DataView(this.#bank.words.buffer);
  /** The part of an entry that was read last. */
  #from = 0;
  #to = 0;

  /** @param format what the messages are written as: `json` or `text` */
  constructor(format: string) {
    this.#writePair = contextPairs.get(format)!;
  }

  /** Gives a flow what its message has beside the columns; whether there is something to show. */
  put(flow: FlowRecord, bytes: Uint8Array, { others, othersLength }: BinaryReader): boolean {
    if (othersLength === 0) return false;
    let pos = TEXT;
    for (let i = 0; i < othersLength; i += 2) {
      const [start, end] = [others[i]!, others[i + 1]!];
      this.#reserve(pos, (end - start) * CONTEXT_PAIR_EXPANSION + CONTEXT_PAIR_EXTRA);
      pos = this.#show(bytes, start, end, pos, this.#writePair);
    }
    if (pos === TEXT) return false;
    this.#bank.words[FRAGMENT] = pos - TEXT;
    this.#bank.words[FRAGMENT + 1] = 0;
    flow.context.banks = [this.#bank];
    flow.context.fragments[0] = FRAGMENT;
    return true;
  }

  /** Writes an entry of the context; fields that are none are passed by. */
  #show(bytes: Uint8Array, start: number, end: number, pos: number, write: WriteContextPair): number {
    const first = varintAt(bytes, start, end);
    if (first === undefined || first.value !== CONTEXT_TAG) return pos;
    const length = varintAt(bytes, first.end, end);
    if (length === undefined) return pos;
    const key = this.#part(bytes, length.end, end, KEY_TAG) ? bytes.subarray(this.#from, this.#to) : new Uint8Array(0);
    const hasValue = this.#part(bytes, length.end, end, VALUE_TAG);
    return write(this.#view, pos, key, bytes, hasValue ? this.#from : end, hasValue ? this.#to : end);
  }

  #part(bytes: Uint8Array, from: number, end: number, wanted: number): boolean {
    for (let at = from; at < end;) {
      const tag = bytes[at]!;
      const length = varintAt(bytes, at + 1, end);
      if (length === undefined || length.end + length.value > end) return false;
      this.#from = length.end;
      this.#to = length.end + length.value;
      if (tag === wanted) return true;
      at = this.#to;
    }
    return false;
  }

  #reserve(pos: number, octets: number): void {
    if (pos + octets + 4 <= this.#octets.length) return;
    const words = new Uint32Array((pos + octets) >> 1);
    words.set(this.#bank.words);
    this.#bank = new FragmentBank(words, [], new Uint32Array(1), new Uint8Array(0));
    this.#octets = new Uint8Array(words.buffer);
    this.#view = new DataView(words.buffer);
  }
}

function varintAt(
  bytes: Uint8Array,
  at: number,
  end: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 5 && at + i < end; i++) {
    const octet = bytes[at + i]!;
    value += (octet & 0x7f) * 2 ** (7 * i);
    if (octet < 0x80) return { value, end: at + i + 1 };
  }
  return undefined;
}
