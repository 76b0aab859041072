/**
 * One key-value of a context as each format writes it. What flows share is made ready by these before there are
 * flows, so that a format copies it only.
 */
import { writeJsonString, writeTextString } from './string-text.ts';
import { varintLength, writeVarintExactly } from './varint.ts';

/** Octets that a key-value takes at most beside those of key and value, each of which may take six times as many. */
export const CONTEXT_PAIR_EXTRA = 32;
export const CONTEXT_PAIR_EXPANSION = 6;

/**
 * Writes a key-value at `pos`, with what stands between it and the next one, and returns the position after it.
 *
 * @param key UTF-8
 * @param octets hold the value, in UTF-8, from `from` to `to`
 */
export type WriteContextPair = (
  view: DataView,
  pos: number,
  key: Uint8Array,
  octets: Uint8Array,
  from: number,
  to: number,
) => number;

/** `"key":"value",` */
function writeJsonPair(
  view: DataView,
  pos: number,
  key: Uint8Array,
  octets: Uint8Array,
  from: number,
  to: number,
): number {
  view.setUint8(pos, QUOTE);
  let next = writeJsonString(view, pos + 1, key, 0, key.length);
  view.setUint8(next++, QUOTE);
  view.setUint8(next++, 0x3a);
  view.setUint8(next++, QUOTE);
  next = writeJsonString(view, next, octets, from, to);
  view.setUint8(next++, QUOTE);
  view.setUint8(next++, 0x2c);
  return next;
}

const QUOTE = 0x22;
const textPrefix = new TextEncoder().encode('context.');

/** `context.key=value ` */
function writeTextPair(
  view: DataView,
  pos: number,
  key: Uint8Array,
  octets: Uint8Array,
  from: number,
  to: number,
): number {
  let next = writeTextString(view, pos, textPrefix, 0, textPrefix.length);
  next = writeTextString(view, next, key, 0, key.length);
  view.setUint8(next++, 0x3d);
  next = writeTextString(view, next, octets, from, to);
  view.setUint8(next++, 0x20);
  return next;
}

/** Number of the field `context` of the flow message (D-16), and tags of key and value in an entry of a map. */
export const CONTEXT_NUMBER = 500;
const CONTEXT_TAG = (CONTEXT_NUMBER << 3) | 2;
const KEY_TAG = 0x0a;
const VALUE_TAG = 0x12;

/** An entry of `map<string, string> context`. */
function writeBinaryPair(
  view: DataView,
  pos: number,
  key: Uint8Array,
  octets: Uint8Array,
  from: number,
  to: number,
): number {
  const length = 2 + varintLength(key.length) + key.length + varintLength(to - from) + to - from;
  let next = writeVarintExactly(view, pos, CONTEXT_TAG);
  next = writeVarintExactly(view, next, length);
  view.setUint8(next++, KEY_TAG);
  next = writeOctets(view, writeVarintExactly(view, next, key.length), key, 0, key.length);
  view.setUint8(next++, VALUE_TAG);
  return writeOctets(view, writeVarintExactly(view, next, to - from), octets, from, to);
}

function writeOctets(view: DataView, pos: number, octets: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) view.setUint8(pos + i - from, octets[i]!);
  return pos + to - from;
}

/** By the names of formats. */
export const contextPairs: ReadonlyMap<string, WriteContextPair> = new Map([
  ['json', writeJsonPair],
  ['text', writeTextPair],
  ['bin', writeBinaryPair],
]);
