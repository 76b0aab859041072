import { INDEX, LEAF, ROOT_BITS } from './address-table.ts';
import type { AddressTableMemory } from './address-table.ts';
import { attributeOf } from './attribute.ts';
import type { Attribute } from './attribute.ts';
import { MmdbError } from './mmdb-data.ts';
import type { MmdbFile } from './mmdb-file.ts';

/** Entries of the tables by the first bits of an address. */
const ROOTS = 2 ** ROOT_BITS;

/**
 * Reads one attribute out of a whole database, all or nothing: every record of the tree is checked, and what it points
 * to is decoded, each once.
 *
 * @throws MmdbError for a database that is damaged, or has the attribute nowhere
 */
export function compileTable(file: MmdbFile, attribute: Attribute): AddressTableMemory {
  const { nodeCount } = file.metadata;
  const nodes = shared(2 * nodeCount);
  const values = new Values(file, attribute);
  for (let node = 0; node < nodeCount; node++) {
    nodes[2 * node] = values.reference(file.record(node, 0));
    nodes[2 * node + 1] = values.reference(file.record(node, 1));
  }
  if (!values.found) {
    const names = attribute.paths.map((path) => path.join('.')).join(' or ');
    throw new MmdbError(`no record has ${names}: a database of type ${JSON.stringify(file.metadata.databaseType)}`);
  }
  const memory = { nodes, values: values.take(), roots4: shared(ROOTS), roots6: shared(ROOTS) };
  fillRoots(memory.roots4, nodes, values.reference(file.ipv4Start));
  fillRoots(memory.roots6, nodes, file.metadata.ipVersion === 6 ? 0 : LEAF);
  return memory;
}

/** The numbers of all records of the data, by the place where they lie. */
class Values {
  /** Whether the attribute was found anywhere. */
  found = false;
  readonly #file: MmdbFile;
  readonly #attribute: Attribute;
  readonly #known = new Map<number, number>();
  readonly #values: number[] = [0];

  constructor(file: MmdbFile, attribute: Attribute) {
    this.#file = file;
    this.#attribute = attribute;
  }

  /** Reference that a record of the tree becomes. */
  reference(record: number): number {
    const { nodeCount } = this.#file.metadata;
    if (record < nodeCount) return record;
    if (record === nodeCount) return LEAF;
    let index = this.#known.get(record);
    if (index === undefined) {
      const value = attributeOf(this.#file.value(record), this.#attribute);
      index = value === 0 ? 0 : this.#values.push(value) - 1;
      this.found ||= index !== 0;
      this.#known.set(record, index);
    }
    return (LEAF | index) >>> 0;
  }

  take(): Uint32Array {
    const values = shared(this.#values.length);
    values.set(this.#values);
    return values;
  }
}

/** Walks the first bits of every address. */
function fillRoots(roots: Uint32Array, nodes: Uint32Array, start: number): void {
  for (let first = 0; first < ROOTS; first++) {
    let reference = start;
    for (let bit = ROOT_BITS - 1; bit >= 0 && reference <= INDEX; bit--) {
      reference = nodes[2 * reference + ((first >> bit) & 1)]!;
    }
    roots[first] = reference;
  }
}

function shared(words: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * words));
}
