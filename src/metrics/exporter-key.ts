import { addressText } from '../flow/address.ts';

/** An address with its text: {@link file://../listen/datagram.ts} has it of every datagram. */
export interface Address {
  readonly octets: Uint8Array;
  /** The same, four octets a word. */
  readonly word0: number;
  readonly word1: number;
  readonly word2: number;
  readonly word3: number;
  readonly length: 4 | 16;
  readonly text: string;
  /** Where the book of exporters leaves what it found. */
  row: number;
  rowAsOf: number;
}

/** Octets of an address in a key: its length, then its octets, and up to a multiple of 8. */
export const KEY_LENGTH = 24;

/** Writes an address into a key; what it does not fill is zero. */
export function exporterKey(key: Uint8Array, at: number, octets: Uint8Array, from: number, length: number): void {
  key[at] = length;
  for (let i = 0; i < 16; i++) key[at + 1 + i] = i < length ? octets[from + i]! : 0;
}

/** Text of the address at `at` of a key. */
export function readExporterKey(key: Uint8Array, at = 0): string {
  return addressText(key, at + 1, key[at] === 16 ? 16 : 4);
}

/** 32 bits of an address. */
export function hashOfAddress({ word0, word1, word2, word3 }: Address): number {
  let hash = Math.imul(word0 ^ 0x811c9dc5, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ word1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ word2, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ word3, 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** 32 bits of all octets of a key. */
export function hashOfKey(key: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
