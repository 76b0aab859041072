const levels = {
  pool_bytes: 'octets of the batches that are written or with the output',
  pool_limit_bytes: 'octets that batches may take',
  pool_away: 'batches with the output',
  template_bytes: 'octets of memory that templates take, by estimate',
  template_probation_bytes: 'of these, for exporters of which no data was decoded yet',
  learned_names: 'names of interfaces, VRFs, applications and exporters that options data has told and that hold',
  learned_name_bytes: 'octets of memory that they take, by estimate',
  pending_sets: 'data sets held for their template',
  pending_bytes: 'octets held for their template',
} as const;
export type Level = keyof typeof levels;

/** Every level with its meaning. */
export const levelTable: Readonly<Record<Level, string>> = levels;

const indexes = new Map(Object.keys(levels).map((name, index) => [name, index]));

/** How full a worker's pools are, in shared memory: written by the worker once a second, read by the main thread. */
export class Levels {
  readonly #values: Float64Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(indexes.size * 8)) {
    this.#values = new Float64Array(memory);
  }

  get memory(): SharedArrayBuffer {
    return this.#values.buffer as SharedArrayBuffer;
  }

  set(level: Level, value: number): void {
    this.#values[indexes.get(level)!] = value;
  }

  get(level: Level): number {
    return this.#values[indexes.get(level)!]!;
  }
}
