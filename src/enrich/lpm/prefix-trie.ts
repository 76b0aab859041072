import type { AddressOctets } from './prefix-list.ts';

/**
 * Longest-prefix match over addresses of one family.
 *
 * The trie is one array of 32-bit words, in shared memory, so that all threads read one copy. It takes addresses eight
 * bits at a time, the first sixteen at once. Words that lead on are *references*, told apart by their two top bits:
 *
 *     0x  leaf   the value; 0 = no prefix contains the address
 *     10  node   index of 16 words: for each 32 of its 256 branches, a bitmap and where their references begin
 *     11  skip   index of a record for what is far below: next reference, value if the address is not in there, depth
 *                in octets that the next one begins at, then words of a prefix and words of its mask
 *
 *     [ 65,536 references by the first two octets | nodes, lists of references and skip records ]
 *
 * Of neighbouring branches with the same reference only the first one is stored: a set bit says that a branch begins
 * such a run, so that the number of set bits up to a branch is the place of its reference in the list. A lookup of an
 * IPv4 address touches the memory three times for most prefixes up to /24, and five times at most.
 */
export class PrefixTrie {
  readonly family: AddressOctets;
  readonly #words: Uint32Array;

  /** @param words made by `buildTrie` */
  constructor(family: AddressOctets, words: Uint32Array) {
    this.family = family;
    this.#words = words;
  }

  /**
   * The value of the longest prefix that contains an address; 0 when none does.
   *
   * @param words memory with the octets of the address in network byte order, from word `slot` on
   * @param octets the same memory as octets
   */
  lookup(words: Uint32Array, octets: Uint8Array, slot: number): number {
    const trie = this.#words;
    const start = slot * 4;
    let reference = trie[(octets[start]! << 8) | octets[start + 1]!]! | 0;
    let depth = 2;
    while (reference < 0) {
      const at = reference & INDEX;
      if ((reference & SKIP) !== 0) {
        if (!this.#matches(at + SKIP_HEAD, words, slot)) return trie[at + 1]!;
        reference = trie[at]! | 0;
        depth = trie[at + 2]!;
      } else {
        const octet = octets[start + depth++]!;
        const chunk = at + ((octet >>> 5) << 1);
        const bits = trie[chunk]! | 0;
        const branch = octet & 31;
        // Where all branches differ nothing has to be counted: networks of /24 that lie side by side.
        const runs = bits === -1 ? branch + 1 : ones(bits & ((2 << branch) - 1));
        reference = trie[((trie[chunk + 1]! | 0) + runs) | 0]! | 0;
      }
    }
    return reference;
  }

  #matches(at: number, words: Uint32Array, slot: number): boolean {
    const trie = this.#words;
    if (this.family === 4) return ((words[slot]! ^ trie[at]!) & trie[at + 1]!) === 0;
    for (let i = 0; i < 4; i++) if (((words[slot + i]! ^ trie[at + i]!) & trie[at + 4 + i]!) !== 0) return false;
    return true;
  }
}

/** References to the first two octets. */
export const ROOT_WORDS = 65536;

/** Kinds of references, and the index in one. */
export const NODE = 0x80000000;
export const SKIP = 0x40000000;
export const INDEX = 0x3fffffff;

/** Words of a node. */
export const NODE_WORDS = 16;

/** Words of a skip record before its prefix. */
export const SKIP_HEAD = 3;

/** Largest value of a prefix. */
export const MAX_VALUE = INDEX;

/** How many bits of a 32-bit number are set. */
function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
