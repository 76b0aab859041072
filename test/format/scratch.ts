import assert from 'node:assert/strict';

const view = new DataView(new ArrayBuffer(4096));

/** What a writer of a value writes, as text; it has to leave what stands before it alone. */
export function textOf(write: (view: DataView, pos: number) => number): string {
  const start = 8;
  view.setUint8(start - 1, 0xa5);
  const end = write(view, start);
  assert.equal(view.getUint8(start - 1), 0xa5);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
    new Uint8Array(view.buffer, start, end - start),
  );
}

/** The two words of a 64-bit number. */
export const wordsOf = (value: bigint): Uint32Array =>
  Uint32Array.of(Number(value & 0xffffffffn), Number(value >> 32n));

/** The words of an address: four of data, one with the length. */
export function addressWords(octets: Uint8Array): Uint32Array {
  const words = new Uint32Array(5);
  new Uint8Array(words.buffer).set(octets);
  words[4] = octets.length;
  return words;
}
