/**
 * A table of a context: named arrays of words, one after the other in one piece of shared memory. It goes from thread
 * to thread as it is.
 */
export interface TableMemory {
  readonly memory: SharedArrayBuffer;
  readonly sections: ReadonlyMap<string, readonly [start: number, length: number]>;
}

/** Gives memory of at least so many octets, whatever it holds. */
export type AllocateMemory = (octets: number) => SharedArrayBuffer;

/** New memory each time. */
export const newMemory: AllocateMemory = (octets) => new SharedArrayBuffer(octets);

/** The words of a section. */
export function sectionOf({ memory, sections }: TableMemory, name: string): Uint32Array {
  const [start, length] = sections.get(name)!;
  return new Uint32Array(memory, start * 4, length);
}

/** Words of a line of the processor's cache: each section begins with one. */
const LINE = 16;

/** Collects the sections of a table, then makes it. */
export class TableLayout {
  readonly #sections = new Map<string, readonly [start: number, length: number]>();
  readonly #contents: (readonly [name: string, words: Uint32Array])[] = [];
  #end = 0;

  /** A section with these words. */
  add(name: string, words: Uint32Array): this {
    this.#contents.push([name, words]);
    return this.reserve(name, words.length);
  }

  /** A section that is filled when the memory is there. */
  reserve(name: string, length: number): this {
    this.#end = Math.ceil(this.#end / LINE) * LINE;
    this.#sections.set(name, [this.#end, length]);
    this.#end += length;
    return this;
  }

  /** Makes the table, with the contents of the sections that have some. */
  make(allocate: AllocateMemory): TableMemory {
    const table = { memory: allocate(Math.max(4, this.#end * 4)), sections: this.#sections };
    for (const [name, words] of this.#contents) sectionOf(table, name).set(words);
    return table;
  }
}
