import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';
import type { BinaryStep } from '../format/binary-plan.ts';
import { octetsOfSteps } from '../format/binary-plan.ts';
import type { Home } from '../format/home.ts';
import { VARINT_SLACK } from '../format/varint.ts';
import { binaryField } from './binary-writer.ts';
import { code, sequence } from './code.ts';
import type { Code } from './code.ts';
import { Source } from './source.ts';

/** Words of four octets that are copied in any case: most groups have no more. */
const USUAL_WORDS = 3;

/**
 * Fields that many records have in common, such as what a datagram says of itself: they are written once, into memory of
 * their own, and from there copied into each message, those that follow each other at once.
 */
export class SameFields {
  readonly #most: ReadonlyMap<number, number>;
  readonly #scratch: DataView;
  readonly #words: Int32Array;
  /** Octets that each group has. */
  readonly #sizes: Int32Array;
  readonly #source = new Source();
  #groups = 0;
  #end = 0;

  /**
   * @param most the largest value that each word may have
   * @param steps all of which some may be the same
   */
  constructor({ flow }: Home, most: ReadonlyMap<number, number>, steps: readonly BinaryStep[]) {
    const memory = new ArrayBuffer(aligned(octetsOfSteps(steps) + (steps.length + 1) * VARINT_SLACK));
    this.#most = most;
    this.#scratch = new DataView(memory);
    this.#words = new Int32Array(memory);
    this.#sizes = new Int32Array(steps.length);
    this.#source.emit(code`const view = ${this.#source.bind(this.#scratch)};
      const words = ${this.#source.bind(flow.words)}; let v = 0, h = 0, pos = 0;`);
  }

  /** Characters of the source of {@link compile}. */
  get size(): number {
    return this.#source.size;
  }

  /** Statements that copy fields that follow each other to `view` at `pos`; `v` is theirs. */
  copy(source: Source, steps: readonly BinaryStep[]): Code {
    const [group, begin] = [this.#groups++, this.#end];
    const octets = aligned(octetsOfSteps(steps));
    this.#end += octets;
    this.#source.emit(code`pos = ${begin};`);
    for (const step of steps) this.#source.emit(binaryField(this.#source, step, this.#most));
    this.#source.emit(code`${this.#source.bind(this.#sizes)}[${group}] = pos - ${begin};`);

    const order = NATIVE_LITTLE_ENDIAN ? code`true` : code`false`;
    const from = source.bind(this.#words);
    const stores = Array.from(
      { length: octets / 4 },
      (_, i) => code`view.setInt32(pos + ${4 * i}, ${from}[${begin / 4 + i}], ${order});`,
    );
    return code`v = ${source.bind(this.#sizes)}[${group}];
      ${sequence(stores.slice(0, USUAL_WORDS))}
      if (v > ${4 * USUAL_WORDS}) { ${sequence(stores.slice(USUAL_WORDS))} }
      pos = pos + v | 0;`;
  }

  /** Makes what writes all of them. */
  compile(): () => void {
    return this.#source.compile<() => void>([]);
  }
}

/** The next multiple of four. */
const aligned = (octets: number): number => (octets + 3) & ~3;
