/** How big a {@link SeriesTable} is: rows, octets of a key, numbers and bucket counts of a row. */
export interface TableShape {
  readonly rows: number;
  /** A multiple of 8. */
  readonly keyLength: number;
  readonly columns: number;
  readonly buckets: number;
}

const HEADER = 8;

function octetsOf({ rows, keyLength, columns, buckets }: TableShape): number {
  return HEADER + rows * (keyLength + 8 * columns) + 4 * rows * buckets;
}

/**
 * Rows of numbers by key in shared memory: one thread writes, the main thread reads at any time. Row 0 is there from
 * the beginning, without a key. A row is never taken away, only given to another key; what is not used takes address
 * space and no memory.
 */
export class SeriesTable {
  readonly shape: TableShape;
  readonly memory: SharedArrayBuffer;
  /** Column `c` of row `r` is at `r * shape.columns + c`. */
  readonly values: Float64Array;
  /** Bucket `b` of row `r` is at `r * shape.buckets + b`. */
  readonly buckets: Uint32Array;
  readonly #used: Int32Array;
  readonly #keys: Uint8Array;

  constructor(shape: TableShape, memory: SharedArrayBuffer = new SharedArrayBuffer(octetsOf(shape))) {
    const { rows, keyLength, columns, buckets } = shape;
    this.shape = shape;
    this.memory = memory;
    this.#used = new Int32Array(memory, 0, 1);
    const valuesAt = HEADER + rows * keyLength;
    this.#keys = new Uint8Array(memory, HEADER, rows * keyLength);
    this.values = new Float64Array(memory, valuesAt, rows * columns);
    this.buckets = new Uint32Array(memory, valuesAt + 8 * rows * columns, rows * buckets);
  }

  /** Rows in use, row 0 among them. */
  get used(): number {
    return Atomics.load(this.#used, 0) + 1;
  }

  get full(): boolean {
    return this.used === this.shape.rows;
  }

  /** The octets of a row's key, in place. */
  key(row: number): Uint8Array {
    const { keyLength } = this.shape;
    return this.#keys.subarray(row * keyLength, (row + 1) * keyLength);
  }

  /** Whether a row has this key, of full length. */
  isKey(row: number, key: Uint8Array): boolean {
    const from = row * this.shape.keyLength;
    for (let i = 0; i < key.length; i++) if (this.#keys[from + i] !== key[i]) return false;
    return true;
  }

  /** Whether a row has these octets at `at` of its key. */
  isKeyAt(row: number, at: number, octets: Uint8Array, from: number, length: number): boolean {
    const keyAt = row * this.shape.keyLength + at;
    for (let i = 0; i < length; i++) if (this.#keys[keyAt + i] !== octets[from + i]) return false;
    return true;
  }

  /** Takes another row into use; the table must not be full. The key may be shorter than its place. */
  open(key: Uint8Array): number {
    const row = this.used;
    if (row >= this.shape.rows) throw new RangeError('the table is full');
    this.key(row).set(key);
    Atomics.store(this.#used, 0, row);
    return row;
  }

  /** Gives a row to another key. Its numbers go to row 0, its bucket counts are lost. */
  reuse(row: number, key: Uint8Array): void {
    const { columns, buckets } = this.shape;
    for (let i = 0; i < columns; i++) this.values[i]! += this.values[row * columns + i]!;
    this.values.fill(0, row * columns, (row + 1) * columns);
    this.buckets.fill(0, row * buckets, (row + 1) * buckets);
    this.key(row).fill(0).set(key);
  }
}
