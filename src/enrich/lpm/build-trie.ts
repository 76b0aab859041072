import { NATIVE_LITTLE_ENDIAN } from '../../flow/u64.ts';
import type { PrefixList } from './prefix-list.ts';
import { INDEX, NODE, NODE_WORDS, ROOT_WORDS, SKIP, SKIP_HEAD } from './prefix-trie.ts';

const BRANCHES = 256;
const CHUNK = 32;

/** Octets that the first step of a lookup takes. */
const ROOT_OCTETS = 2;

/**
 * Builds the words of a {@link file://./prefix-trie.ts PrefixTrie}.
 *
 * @param prefixes each one once
 * @param order their indexes as `PrefixList.sorted` gives them
 * @param values by index: what a lookup yields where that prefix is the longest one; 1 to `MAX_VALUE`, or 0 for what
 * shall look as if no prefix matched
 * @returns as many words as the trie needs
 */
export function buildTrie(prefixes: PrefixList, order: Uint32Array, values: Uint32Array): Uint32Array {
  return new TrieBuilder(prefixes, order, values).build();
}

class TrieBuilder {
  readonly #prefixes: PrefixList;
  readonly #order: Uint32Array;
  readonly #values: Uint32Array;
  /** Branches of the node at work, for each depth. */
  readonly #branches: Uint32Array[] = [];
  #words: Uint32Array;
  #end = ROOT_WORDS;

  constructor(prefixes: PrefixList, order: Uint32Array, values: Uint32Array) {
    this.#prefixes = prefixes;
    this.#order = order;
    this.#values = values;
    this.#words = new Uint32Array(ROOT_WORDS + Math.max(1024, order.length * 4));
  }

  build(): Uint32Array {
    const root = new Uint32Array(ROOT_WORDS);
    this.#spread(root, 0, this.#order.length, 0, ROOT_OCTETS);
    this.#words.set(root);
    return this.#words.slice(0, this.#end);
  }

  /**
   * Fills the branches of a node by the prefixes from `from` to `to` of the order, all of which are inside of it.
   *
   * @param depth octets above the node
   * @param width octets that it takes: 1, or 2 for the root
   */
  #spread(branches: Uint32Array, from: number, to: number, depth: number, width: number): void {
    const { lengths } = this.#prefixes;
    const below = (depth + width) * 8;
    for (let i = from; i < to;) {
      const index = this.#order[i]!;
      const length = lengths[index]!;
      const branch = this.#branchOf(index, depth, width);
      if (length <= below) {
        branches.fill(this.#values[index]!, branch, branch + 2 ** (below - length));
        i++;
        continue;
      }
      // What is shorter and contains these has been filled in already: it comes before them in the order.
      let end = i + 1;
      while (end < to && this.#branchOf(this.#order[end]!, depth, width) === branch) end++;
      branches[branch] = this.#below(i, end, depth + width, branches[branch]!);
      i = end;
    }
  }

  #branchOf(index: number, depth: number, width: number): number {
    const { octets, family } = this.#prefixes;
    const at = index * family + depth;
    return width === 1 ? octets[at]! : (octets[at]! << 8) | octets[at + 1]!;
  }

  /** Reference to what holds these prefixes, all longer than `depth` octets and alike up to there. */
  #below(from: number, to: number, depth: number, otherwise: number): number {
    const first = this.#order[from]!;
    if (to - from === 1) {
      return this.#skip(first, this.#prefixes.lengths[first]!, this.#values[first]!, depth, otherwise);
    }
    const common = this.#commonDepth(from, to);
    const node = this.#node(from, to, common, otherwise);
    return common === depth ? node : this.#skip(first, common * 8, node, common, otherwise);
  }

  /** Octets that these prefixes, two at least, have in common, with something left of each of them. */
  #commonDepth(from: number, to: number): number {
    const { lengths } = this.#prefixes;
    let shortest = 128;
    for (let i = from; i < to; i++) shortest = Math.min(shortest, lengths[this.#order[i]!]!);
    const common = this.#prefixes.commonOctets(this.#order[from]!, this.#order[to - 1]!);
    return Math.min(common, Math.ceil(shortest / 8) - 1);
  }

  #skip(index: number, length: number, next: number, depth: number, otherwise: number): number {
    const { family, octets } = this.#prefixes;
    const at = this.#take(SKIP_HEAD + family / 2);
    const words = this.#words;
    words[at] = next;
    words[at + 1] = otherwise;
    words[at + 2] = depth;
    for (let i = 0; i < family / 4; i++) {
      const start = index * family + i * 4;
      words[at + SKIP_HEAD + i] = word(octets[start]!, octets[start + 1]!, octets[start + 2]!, octets[start + 3]!);
      words[at + SKIP_HEAD + family / 4 + i] = maskWord(length - 32 * i);
    }
    return NODE | SKIP | at;
  }

  #node(from: number, to: number, depth: number, otherwise: number): number {
    const branches = (this.#branches[depth] ??= new Uint32Array(BRANCHES));
    branches.fill(otherwise);
    this.#spread(branches, from, to, depth, 1);
    const node = this.#take(NODE_WORDS);
    for (let chunk = 0; chunk < BRANCHES / CHUNK; chunk++) {
      const [bits, references] = runsOf(branches, chunk * CHUNK);
      const list = this.#take(references.length);
      this.#words.set(references, list);
      this.#words[node + 2 * chunk] = bits;
      this.#words[node + 2 * chunk + 1] = list - 1; // the first run counts as 1
    }
    return NODE | node;
  }

  /** Room for so many words; returns the index of the first one. */
  #take(count: number): number {
    const at = this.#end;
    this.#end += count;
    if (this.#end > INDEX) throw new RangeError('too many prefixes for one trie');
    if (this.#end > this.#words.length) {
      const grown = new Uint32Array(Math.max(this.#end, Math.ceil(this.#words.length * 1.5)));
      grown.set(this.#words);
      this.#words = grown;
    }
    return at;
  }
}

const runs = new Uint32Array(CHUNK);

/** Bitmap of where runs of equal references begin among 32 branches, and their references. */
function runsOf(branches: Uint32Array, from: number): [bits: number, references: Uint32Array] {
  let bits = 0;
  let count = 0;
  for (let i = 0; i < CHUNK; i++) {
    const reference = branches[from + i]!;
    if (count > 0 && runs[count - 1] === reference) continue;
    runs[count++] = reference;
    bits |= 1 << i;
  }
  return [bits, runs.subarray(0, count)];
}

/** The word that has these octets in their order in memory. */
function word(a: number, b: number, c: number, d: number): number {
  return NATIVE_LITTLE_ENDIAN ? a | (b << 8) | (c << 16) | (d << 24) : d | (c << 8) | (b << 16) | (a << 24);
}

/** The same for the first so many bits set; below 0 none, above 32 all. */
function maskWord(bits: number): number {
  const ones = bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits);
  return word(ones >>> 24, (ones >>> 16) & 255, (ones >>> 8) & 255, ones & 255);
}
