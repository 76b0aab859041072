import { MmdbData, MmdbError } from './mmdb-data.ts';
import type { MmdbValue } from './mmdb-data.ts';

/** What stands before the metadata, which are the last in the file: octets AB CD EF, then a name. */
const marker = Uint8Array.from([0xab, 0xcd, 0xef, ...new TextEncoder().encode('MaxMind.com')]);

/** The marker is within so many octets of the end. */
const METADATA_MAX = 128 * 1024;

/** Zero octets between tree and data. */
const GAP = 16;

/** Bits of an IPv6 address before the IPv4 address in it. */
const IPV4_IN_IPV6 = 96;

/** Values of the metadata, and of all records together, that are decoded. */
const METADATA_VALUES = 10_000;
const RECORD_VALUES = 200_000_000;

/** What the metadata say. */
export interface MmdbMetadata {
  readonly nodeCount: number;
  /** Bits of a record of the tree. */
  readonly recordSize: 24 | 28 | 32;
  readonly ipVersion: 4 | 6;
  /** What kind of database it is, in the words of who made it. */
  readonly databaseType: string;
  /** When it was made, Unix seconds. */
  readonly buildEpoch: number;
}

/**
 * A database in the MaxMind DB format 2.0: a binary tree over the bits of addresses, whose leaves point to records.
 *
 *     [ tree | 16 zero octets | data | marker, metadata ]
 */
export class MmdbFile {
  readonly metadata: MmdbMetadata;
  readonly #bytes: Uint8Array;
  readonly #data: MmdbData;

  /** @throws MmdbError for what is no database, or one that cannot be read */
  constructor(bytes: Uint8Array) {
    const at = findMarker(bytes);
    if (at < 0) throw new MmdbError('no MaxMind DB: it has no metadata at its end, or was cut off');
    this.#bytes = bytes;
    this.metadata = readMetadata(bytes, at + marker.length);
    const { nodeCount, recordSize } = this.metadata;
    const dataStart = (nodeCount * recordSize) / 4 + GAP;
    if (dataStart > at) throw new MmdbError(`a tree of ${nodeCount} nodes does not fit into the file`);
    this.#data = new MmdbData(bytes.subarray(0, at), dataStart, RECORD_VALUES);
  }

  /**
   * A record of the tree: the number of a node, `nodeCount` where there is nothing, or more than that for a record of
   * the data.
   *
   * @param node below `nodeCount`
   * @param bit 0 or 1
   */
  record(node: number, bit: number): number {
    const bytes = this.#bytes;
    switch (this.metadata.recordSize) {
      case 24: {
        const at = node * 6 + bit * 3;
        return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
      }
      case 28: {
        const at = node * 7;
        const top = bit === 0 ? bytes[at + 3]! >> 4 : bytes[at + 3]! & 15;
        const low = at + bit * 4;
        return (top << 24) | (bytes[low]! << 16) | (bytes[low + 1]! << 8) | bytes[low + 2]!;
      }
      case 32: {
        const at = node * 8 + bit * 4;
        return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
      }
    }
  }

  /**
   * What a record of the tree that is above `nodeCount` points to.
   *
   * @throws MmdbError where that is nothing that can be read
   */
  value(record: number): MmdbValue {
    return this.#data.at(record - this.metadata.nodeCount - GAP);
  }

  /** The record of the tree where the IPv4 addresses begin. */
  get ipv4Start(): number {
    const { ipVersion, nodeCount } = this.metadata;
    let record = 0;
    for (let i = 0; ipVersion === 6 && i < IPV4_IN_IPV6 && record < nodeCount; i++) record = this.record(record, 0);
    return record;
  }

  /** What the database has about an address of 4 or 16 octets; undefined where it has nothing. */
  find(address: Uint8Array): MmdbValue | undefined {
    const { nodeCount, ipVersion } = this.metadata;
    if (address.length === 16 && ipVersion === 4) return undefined;
    let record = address.length === 4 ? this.ipv4Start : 0;
    for (let i = 0; i < address.length * 8 && record < nodeCount; i++) {
      record = this.record(record, (address[i >> 3]! >> (7 - (i & 7))) & 1);
    }
    return record <= nodeCount ? undefined : this.value(record);
  }
}

function findMarker(bytes: Uint8Array): number {
  for (let at = bytes.length - marker.length; at >= Math.max(0, bytes.length - METADATA_MAX); at--) {
    if (marker.every((octet, i) => bytes[at + i] === octet)) return at;
  }
  return -1;
}

function readMetadata(bytes: Uint8Array, start: number): MmdbMetadata {
  const all = new MmdbData(bytes, start, METADATA_VALUES).at(0) as { readonly [key: string]: MmdbValue };
  const take = (name: string, possible: (value: number) => boolean): number => {
    const value = numberOf(all[name]);
    if (Number.isSafeInteger(value) && possible(value)) return value;
    throw new MmdbError(`metadata: ${name} is ${value}, which cannot be read`);
  };
  take('binary_format_major_version', (value) => value === 2);
  const databaseType = all['database_type'];
  return {
    nodeCount: take('node_count', (value) => value >= 1 && value < 2 ** 30),
    recordSize: take('record_size', (value) => value === 24 || value === 28 || value === 32) as 24 | 28 | 32,
    ipVersion: take('ip_version', (value) => value === 4 || value === 6) as 4 | 6,
    databaseType: typeof databaseType === 'string' ? databaseType : '',
    buildEpoch: numberOf(all['build_epoch']),
  };
}

/** A value that is a number, of any size; NaN for any other. */
function numberOf(value: MmdbValue | undefined): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : NaN;
}
