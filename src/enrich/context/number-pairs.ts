/** Words of a slot: the two numbers of a key, the two of its value. */
const SLOT = 4;

/** A key of two numbers, the first one not 0, and its value of two numbers. */
export type NumberPair = readonly [first: number, second: number, a: number, b: number];

/** A hash table of pairs of numbers as words for shared memory; at most half of its slots are in use. */
export function hashPairs(pairs: readonly NumberPair[]): Uint32Array {
  let slots = 2;
  while (slots < 2 * pairs.length) slots *= 2;
  const words = new Uint32Array(slots * SLOT);
  for (const pair of pairs) words.set(pair, findSlot(words, pair[0], pair[1]));
  return words;
}

/** Index of the slot of a key, or of the free one that it would take: its first word is 0 then. */
export function findSlot(words: Uint32Array, first: number, second: number): number {
  const mask = words.length - 1;
  let slot = (hashOf(first, second) * SLOT) & mask;
  while (words[slot] !== 0 && (words[slot] !== first || words[slot + 1] !== second)) slot = (slot + SLOT) & mask;
  return slot;
}

function hashOf(first: number, second: number): number {
  const mixed = Math.imul(Math.imul(first, 0x9e3779b1) ^ second, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
