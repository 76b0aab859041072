import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addressText, parseAddress } from '#src/flow/address.js';
import { slotOf } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { buildTrie } from '#src/enrich/lpm/build-trie.js';
import { PrefixList } from '#src/enrich/lpm/prefix-list.js';
import type { AddressOctets } from '#src/enrich/lpm/prefix-list.js';
import { PrefixTrie } from '#src/enrich/lpm/prefix-trie.js';

const SRC = slotOf('src_addr');

type Prefix = readonly [address: bigint, length: number];

const bits = (family: AddressOctets) => family * 8;

function masked(address: bigint, length: number, family: AddressOctets): bigint {
  const free = BigInt(bits(family) - length);
  return (address >> free) << free;
}

function octetsOf(address: bigint, family: AddressOctets): Uint8Array {
  return Uint8Array.from({ length: family }, (_, i) => Number((address >> BigInt(8 * (family - 1 - i))) & 255n));
}

/** Longest match by trying every prefix. */
function naive(prefixes: readonly Prefix[], address: bigint, family: AddressOctets): number {
  let best = -1;
  let value = 0;
  for (const [i, [prefix, length]] of prefixes.entries()) {
    if (length > best && masked(address, length, family) === prefix) [best, value] = [length, i + 1];
  }
  return value;
}

function trieOf(prefixes: readonly Prefix[], family: AddressOctets): PrefixTrie {
  const list = new PrefixList(family, 1);
  for (const [address, length] of prefixes) list.add(octetsOf(address, family), length);
  const values = Uint32Array.from(prefixes, (_, i) => i + 1);
  return new PrefixTrie(family, buildTrie(list, list.sorted(), values));
}

function lookup(trie: PrefixTrie, address: bigint): number {
  const flow = new FlowRecord();
  flow.setAddress(SRC, octetsOf(address, trie.family), 0, trie.family);
  return trie.lookup(flow.words, flow.octets, SRC);
}

/** Addresses that share long beginnings, so that prefixes nest and lie side by side. */
function clustered(family: AddressOctets): fc.Arbitrary<bigint> {
  const octet = fc.oneof(fc.constantFrom(0, 1, 0x20, 255), fc.integer({ min: 0, max: 255 }));
  const octets = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 1) }, octet), {
    minLength: family,
    maxLength: family,
  });
  return octets.map((list) => list.reduce((address, next) => (address << 8n) | BigInt(next), 0n));
}

function prefixes(family: AddressOctets): fc.Arbitrary<Prefix[]> {
  const length = fc.integer({ min: 0, max: bits(family) });
  const one = fc.tuple(clustered(family), length).map(([address, n]): Prefix => [masked(address, n, family), n]);
  return fc.uniqueArray(one, { maxLength: 60, selector: ([address, n]) => `${address}/${n}` });
}

for (const family of [4, 16] as const) {
  test(`lookups of ${family} octets give what trying every prefix gives`, () => {
    fc.assert(
      fc.property(prefixes(family), fc.array(clustered(family), { maxLength: 20 }), (list, addresses) => {
        const trie = trieOf(list, family);
        // Edges of each prefix, and their neighbours outside of it.
        const last = (1n << BigInt(bits(family))) - 1n;
        const edges = list.flatMap(([address, length]) => {
          const end = address + (1n << BigInt(bits(family) - length)) - 1n;
          return [address, end, address - 1n, end + 1n].filter((each) => each >= 0n && each <= last);
        });
        for (const address of [...addresses, ...edges, 0n, last]) {
          assert.equal(lookup(trie, address), naive(list, address, family), address.toString(16));
        }
      }),
      { numRuns: 400 },
    );
  });

  test(`order and containment of prefixes of ${family} octets`, () => {
    fc.assert(
      fc.property(prefixes(family), (all) => {
        const list = new PrefixList(family, 2);
        for (const [address, length] of all) list.add(octetsOf(address, family), length);
        const order = [...list.sorted()];
        const sorted = order.map((index) => all[index]!);
        const expected = all.toSorted((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1));
        assert.deepEqual(sorted, expected);
        for (const [i, [address, length]] of all.entries()) {
          for (const [j, [inner, innerLength]] of all.entries()) {
            const contained = innerLength >= length && masked(inner, length, family) === address;
            assert.equal(list.contains(i, j), contained, `${address}/${length} ${inner}/${innerLength}`);
            assert.equal(list.same(i, j), i === j);
          }
        }
      }),
    );
  });
}

test('equal prefixes stay in the order that they were added in', () => {
  const list = new PrefixList(4);
  for (let i = 0; i < 6; i++) list.add(Uint8Array.of(10, i % 2, 0, 0), 16);
  assert.deepEqual([...list.sorted()], [0, 2, 4, 1, 3, 5]);
});

test('an empty list matches nothing; a prefix of length 0 matches everything; host routes match themselves', () => {
  for (const family of [4, 16] as const) {
    const last = (1n << BigInt(bits(family))) - 1n;
    assert.equal(lookup(trieOf([], family), 5n), 0);
    const everything = trieOf([[0n, 0]], family);
    for (const address of [0n, 1n, last]) assert.equal(lookup(everything, address), 1);
    const hosts = trieOf(
      [0n, 1n, last - 1n, last].map((address) => [address, bits(family)]),
      family,
    );
    assert.deepEqual(
      [0n, 1n, 2n, last - 2n, last - 1n, last].map((address) => lookup(hosts, address)),
      [1, 2, 0, 0, 3, 4],
    );
  }
});

test('an IPv4-mapped address is found by its last four octets in a trie of IPv4', () => {
  const trie = trieOf([[0x0a000000n, 8]], 4);
  const flow = new FlowRecord();
  const mapped = parseAddress('::ffff:10.1.2.3')!;
  assert.equal(addressText(mapped, 0, 16), '::ffff:10.1.2.3');
  flow.setAddress(SRC, mapped, 0, 16);
  assert.equal(trie.lookup(flow.words, flow.octets, SRC + 3), 1);
});

test('a hundred thousand prefixes of either family, hosts side by side among them, take memory in proportion', () => {
  const mix = (i: number) => (Math.imul(i, 0x9e3779b1) >>> 0) & ~1;
  for (const family of [4, 16] as const) {
    const list = new PrefixList(family);
    const seen = new Set<number>();
    for (let i = 0; seen.size < 50_000; i++) {
      if (seen.has(mix(i))) continue;
      seen.add(mix(i));
      const address = new Uint8Array(family);
      new DataView(address.buffer).setUint32(family - 4, mix(i));
      if (family === 16) new DataView(address.buffer).setUint32(0, 0x20010db8 + (mix(i) >>> 20));
      list.add(address, family * 8);
      address[family - 1]! |= 1;
      list.add(address, family * 8);
    }
    const values = Uint32Array.from({ length: list.count }, (_, i) => i + 1);
    const words = buildTrie(list, list.sorted(), values);
    const each = ((words.length - 65536) * 4) / list.count;
    assert.ok(each < 150, `${each} octets a prefix`);
    const trie = new PrefixTrie(family, words);
    const memory = new Uint8Array(list.octets.slice(0, list.count * family).buffer);
    const wordsOf = new Uint32Array(memory.buffer);
    for (let i = 0; i < list.count; i++) assert.equal(trie.lookup(wordsOf, memory, (i * family) / 4), i + 1);
  }
});
