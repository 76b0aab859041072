import { partOfKey } from './flow-context.ts';
import type { ContextPart, FlowContext, FragmentBank } from './flow-context.ts';

/** Texts of a key that are remembered: people write fewer values than that for most. */
const REMEMBERED = 1024;

/**
 * One key of the context, to be asked of flows: by filters, partition keys, subjects and columns of their own.
 *
 * Whether the key is shown in the output (`-context.keys`) plays no part. Nothing is allocated but by {@link text}, which
 * remembers texts.
 */
export class ContextKey {
  readonly name: string;
  readonly #part: ContextPart;
  /** The bank that was asked last, and the number of the key there; -1 where it has none. */
  #bank: FragmentBank | undefined;
  #key = -1;
  /** Numbers of the texts that were asked for last, each at its place by number, and the texts. */
  readonly #numbers = new Int32Array(REMEMBERED).fill(-1);
  readonly #texts: string[] = [];

  /** @throws TypeError for a name that is no key of any context: see `partOfKey` */
  constructor(name: string) {
    const part = partOfKey(name);
    if (part === undefined) throw new TypeError(`no key of a context: ${name}`);
    this.name = name;
    this.#part = part;
  }

  /** Whether a flow has the key. */
  has(context: FlowContext): boolean {
    return this.#valueOf(context) >= 0;
  }

  /** Whether the value of a flow is this text, in UTF-8; false where it has none. */
  is(context: FlowContext, text: Uint8Array): boolean {
    const value = this.#valueOf(context);
    return value >= 0 && this.#bank!.isText(value, text);
  }

  /** Octets of the value of a flow, in UTF-8; 0 where it has none. */
  length(context: FlowContext): number {
    const value = this.#valueOf(context);
    return value < 0 ? 0 : this.#bank!.textLength(value);
  }

  /** Writes the value of a flow, at most `most` octets of it, and returns the position after them. */
  copy(context: FlowContext, octets: Uint8Array, pos: number, most: number): number {
    const value = this.#valueOf(context);
    return value < 0 ? pos : this.#bank!.copyText(value, octets, pos, most);
  }

  /** The value of a flow; undefined where it has none. */
  text(context: FlowContext): string | undefined {
    const value = this.#valueOf(context);
    if (value < 0) return undefined;
    const place = value % REMEMBERED;
    if (this.#numbers[place] !== value) {
      this.#numbers[place] = value;
      this.#texts[place] = this.#bank!.text(value);
    }
    return this.#texts[place];
  }

  /** Number of the value in the bank at hand; -1 where the flow has none. */
  #valueOf({ fragments, banks }: FlowContext): number {
    const fragment = fragments[this.#part]!;
    if (fragment === 0) return -1;
    const bank = banks[this.#part]!;
    if (bank !== this.#bank) {
      this.#bank = bank;
      this.#numbers.fill(-1);
      this.#key = bank.keys.indexOf(this.name);
    }
    return this.#key < 0 ? -1 : bank.valueOf(fragment, this.#key);
  }
}
