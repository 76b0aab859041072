import { parseAddress } from '#src/flow/address.js';

/** A value with the type that it has in a database; plain numbers are `uint32`. */
export interface Typed {
  readonly type: 'uint16' | 'uint32' | 'uint64' | 'uint128' | 'int32' | 'double' | 'float';
  readonly number: number | bigint;
}

export type Written = string | number | boolean | Uint8Array | Typed | readonly Written[] | WrittenMap;
export interface WrittenMap {
  readonly [key: string]: Written;
}

export interface MmdbOptions {
  readonly recordSize?: 24 | 28 | 32;
  readonly ipVersion?: 4 | 6;
  readonly databaseType?: string;
  /** Metadata in place of the right ones. */
  readonly metadata?: WrittenMap;
}

const MARKER = Uint8Array.from([0xab, 0xcd, 0xef, ...Buffer.from('MaxMind.com')]);
const types = { string: 2, double: 3, bytes: 4, uint16: 5, uint32: 6, map: 7, int32: 8, uint64: 9, uint128: 10 };
const more = { array: 11, boolean: 14, float: 15 };

type Node = [Child, Child];
type Child = Node | WrittenMap | undefined;

/** A database with these networks, later ones over earlier ones. IPv4 networks of one for IPv6 lie in `::/96`. */
export function writeMmdb(
  networks: readonly (readonly [prefix: string, record: WrittenMap])[],
  options: MmdbOptions = {},
) {
  const { recordSize = 24, ipVersion = 6, databaseType = 'Test' } = options;
  const root: Node = [undefined, undefined];
  for (const [prefix, record] of networks) insert(root, bitsOf(prefix, ipVersion), record);
  const nodes = numbered(root);
  const records = new Map<WrittenMap, number>();
  const data = new Encoder();
  for (const child of nodes.flat()) {
    if (child === undefined || Array.isArray(child) || records.has(child as WrittenMap)) continue;
    records.set(child as WrittenMap, data.length);
    data.value(child as WrittenMap);
  }
  const place = new Map(nodes.map((node, i) => [node, i]));
  const recordOf = (child: Child): number => {
    if (child === undefined) return nodes.length;
    return Array.isArray(child) ? place.get(child)! : nodes.length + 16 + records.get(child as WrittenMap)!;
  };
  const metadata = new Encoder();
  metadata.value({
    binary_format_major_version: { type: 'uint16', number: 2 },
    binary_format_minor_version: { type: 'uint16', number: 0 },
    build_epoch: { type: 'uint64', number: 1_700_000_000n },
    database_type: databaseType,
    description: { en: 'made by a test' },
    ip_version: { type: 'uint16', number: ipVersion },
    languages: ['en'],
    node_count: nodes.length,
    record_size: { type: 'uint16', number: recordSize },
    ...options.metadata,
  });
  const tree = nodes.map((node) => nodeOctets(recordOf(node[0]), recordOf(node[1]), recordSize));
  return Buffer.concat([...tree, new Uint8Array(16), data.octets, MARKER, metadata.octets]);
}

function bitsOf(prefix: string, ipVersion: 4 | 6): number[] {
  const [text, length] = prefix.split('/') as [string, string];
  const address = parseAddress(text)!;
  const bits = [...address].flatMap((octet) => [7, 6, 5, 4, 3, 2, 1, 0].map((shift) => (octet >> shift) & 1));
  const before = ipVersion === 6 && address.length === 4 ? new Array<number>(96).fill(0) : [];
  return [...before, ...bits.slice(0, Number(length))];
}

function insert(root: Node, bits: readonly number[], record: WrittenMap): void {
  let node = root;
  bits.forEach((bit, i) => {
    if (i === bits.length - 1) {
      node[bit] = record;
      return;
    }
    const child = node[bit];
    if (!Array.isArray(child)) node[bit] = [child, child];
    node = node[bit] as Node;
  });
}

function numbered(root: Node): Node[] {
  const nodes = [root];
  for (const node of nodes) nodes.push(...node.filter((child): child is Node => Array.isArray(child)));
  return nodes;
}

function nodeOctets(left: number, right: number, recordSize: 24 | 28 | 32): Uint8Array {
  const digits = recordSize / 4;
  const hex = (record: number) => record.toString(16).padStart(digits, '0');
  if (recordSize !== 28) return Buffer.from(hex(left) + hex(right), 'hex');
  return Buffer.from(hex(left).slice(1) + hex(left)[0] + hex(right)[0] + hex(right).slice(1), 'hex');
}

/** Writes values; text that was written before is pointed to. */
class Encoder {
  readonly #octets: number[] = [];
  readonly #texts = new Map<string, number>();

  get length(): number {
    return this.#octets.length;
  }

  get octets(): Uint8Array {
    return Uint8Array.from(this.#octets);
  }

  value(value: Written): void {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number') return this.#number({ type: 'uint32', number: value });
    if (typeof value === 'boolean') return this.#head(more.boolean, value ? 1 : 0);
    if (value instanceof Uint8Array) {
      this.#head(types.bytes, value.length);
      this.#octets.push(...value);
    } else if (Array.isArray(value)) {
      this.#head(more.array, value.length);
      for (const each of value as Written[]) this.value(each);
    } else if (isTyped(value)) {
      this.#number(value);
    } else {
      const entries = Object.entries(value as WrittenMap);
      this.#head(types.map, entries.length);
      for (const [key, each] of entries) {
        this.#text(key);
        this.value(each);
      }
    }
  }

  #text(text: string): void {
    const known = this.#texts.get(text);
    if (known !== undefined) return this.#pointer(known);
    this.#texts.set(text, this.length);
    const octets = Buffer.from(text);
    this.#head(types.string, octets.length);
    this.#octets.push(...octets);
  }

  #pointer(to: number): void {
    if (to < 2048) this.#octets.push(0x20 | (to >> 8), to & 255);
    else if (to < 526_336) this.#octets.push(0x28 | ((to - 2048) >> 16), ((to - 2048) >> 8) & 255, (to - 2048) & 255);
    else this.#octets.push(0x38, to >>> 24, (to >> 16) & 255, (to >> 8) & 255, to & 255);
  }

  #number({ type, number }: Typed): void {
    if (type === 'double' || type === 'float') {
      const octets = Buffer.alloc(type === 'double' ? 8 : 4);
      if (type === 'double') octets.writeDoubleBE(Number(number));
      else octets.writeFloatBE(Number(number));
      this.#head(type === 'double' ? types.double : more.float, octets.length);
      this.#octets.push(...octets);
      return;
    }
    const value = type === 'int32' ? BigInt(Number(number) >>> 0) : BigInt(number);
    const hex = value === 0n ? '' : value.toString(16);
    const octets = Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, 'hex');
    this.#head(types[type], octets.length);
    this.#octets.push(...octets);
  }

  #head(type: number, size: number): void {
    const short = size < 29 ? size : size < 285 ? 29 : size < 65_821 ? 30 : 31;
    this.#octets.push(type < 8 ? (type << 5) | short : short);
    if (type >= 8) this.#octets.push(type - 7);
    if (short === 29) this.#octets.push(size - 29);
    if (short === 30) this.#octets.push((size - 285) >> 8, (size - 285) & 255);
    if (short === 31) this.#octets.push((size - 65_821) >> 16, ((size - 65_821) >> 8) & 255, (size - 65_821) & 255);
  }
}

function isTyped(value: Written): value is Typed {
  return typeof value === 'object' && 'type' in value && 'number' in value;
}

/** Databases of the two kinds as MaxMind lays them out. */
export const asnMmdb = (networks: Readonly<Record<string, number>>, options?: MmdbOptions) =>
  writeMmdb(
    Object.entries(networks).map(([prefix, as]) => [
      prefix,
      { autonomous_system_number: as, autonomous_system_organization: `Organisation ${as}` },
    ]),
    { databaseType: 'Test-ASN', ...options },
  );

export const countryMmdb = (networks: Readonly<Record<string, string>>, options?: MmdbOptions) =>
  writeMmdb(
    Object.entries(networks).map(([prefix, code]) => [prefix, { country: { iso_code: code, names: { en: code } } }]),
    { databaseType: 'Test-Country', ...options },
  );
