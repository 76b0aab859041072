/** The parts of a flow's context, in the order that their keys have in every format. */
export const ContextPart = {
  sourceGroup: 0,
  destinationGroup: 1,
  source: 2,
  destination: 3,
  exporter: 4,
  inIf: 5,
  outIf: 6,
  ingressVrf: 7,
  egressVrf: 8,
  application: 9,
  direction: 10,
} as const;
export type ContextPart = (typeof ContextPart)[keyof typeof ContextPart];

/** Number of parts. */
export const CONTEXT_PARTS = 11;

/** Keys of each part: one name, or a name and what begins with it, for the attributes. */
const keysOfParts: readonly (readonly [part: ContextPart, name: string, attributes: string])[] = [
  [ContextPart.sourceGroup, 'source_group', ''],
  [ContextPart.destinationGroup, 'destination_group', ''],
  [ContextPart.source, '', 'source_'],
  [ContextPart.destination, '', 'destination_'],
  [ContextPart.exporter, 'exporter', 'exporter_'],
  [ContextPart.inIf, 'in_if', 'in_if_'],
  [ContextPart.outIf, 'out_if', 'out_if_'],
  [ContextPart.ingressVrf, 'ingress_vrf', 'ingress_vrf_'],
  [ContextPart.egressVrf, 'egress_vrf', 'egress_vrf_'],
  [ContextPart.application, 'application', 'application_'],
  [ContextPart.direction, 'direction', ''],
];

/** The part that a key belongs to; undefined for a name that is no key of any context. */
export function partOfKey(key: string): ContextPart | undefined {
  return keysOfParts.find(
    ([, name, attributes]) =>
      (name !== '' && key === name) ||
      (attributes !== '' && key.length > attributes.length && key.startsWith(attributes)),
  )?.[0];
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Words of a fragment before its key-values: octets of its text; number of key-values and boundary. */
const FRAGMENT_HEAD = 2;

/** Where a network or an interface belongs to, by its attribute `boundary`. */
export const Boundary = { none: 0, internal: 1, external: 2 } as const;

/**
 * Key-values that belong together (the attributes of a network as source, an interface as output ...), in memory
 * shared by all threads. A fragment is named by the index of its first word; 0 is the one without key-values.
 *
 *     [ octets of the text | number of key-values, 16 bits, and boundary above them | key, value | key, value ...
 *       | the text, filled up to whole words ]
 *
 * The text is what the format at work writes for the key-values. Keys and values are numbers: those of `keys`, and of
 * the texts, which lie one after the other in `textOctets`.
 */
export class FragmentBank {
  readonly words: Uint32Array;
  readonly keys: readonly string[];
  /** Whether any fragment may have a {@link Boundary}: nobody has to look where none has. */
  readonly bounded: boolean;
  readonly #view: DataView;
  readonly #textStarts: Uint32Array;
  readonly #textOctets: Uint8Array;

  constructor(words: Uint32Array, keys: readonly string[], textStarts: Uint32Array, textOctets: Uint8Array) {
    this.words = words;
    this.#view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    this.keys = keys;
    this.bounded = keys.some((key) => key.endsWith('_boundary'));
    this.#textStarts = textStarts;
    this.#textOctets = textOctets;
  }

  /**
   * Copies the text of a fragment to `pos`; up to three octets behind its end are spoilt. Eight octets at a time, as a
   * double: text is no NaN (see `format/literal.ts`), nor are the lengths and tags between texts.
   */
  copy(fragment: number, view: DataView, pos: number): number {
    const { words } = this;
    const from = this.#view;
    const end = (pos + words[fragment]!) | 0;
    let at = ((fragment + FRAGMENT_HEAD + 2 * (words[fragment + 1]! & 0xffff)) * 4) | 0;
    let to = pos;
    for (const last = end - 8; to <= last; to = (to + 8) | 0, at = (at + 8) | 0) {
      view.setFloat64(to, from.getFloat64(at, true), true);
    }
    for (; to < end; to = (to + 4) | 0, at = (at + 4) | 0) view.setInt32(to, from.getInt32(at, true), true);
    return end;
  }

  /** Boundary of what a fragment is about. */
  boundary(fragment: number): number {
    return this.words[fragment + 1]! >>> 16;
  }

  /** Number of the value that a key has in a fragment; -1 where it has none. */
  valueOf(fragment: number, key: number): number {
    const { words } = this;
    const end = fragment + FRAGMENT_HEAD + 2 * (words[fragment + 1]! & 0xffff);
    for (let at = fragment + FRAGMENT_HEAD; at < end; at += 2) if (words[at] === key) return words[at + 1]!;
    return -1;
  }

  /** Key-values of a fragment, as texts: for reports and tests. */
  *entries(fragment: number): Generator<readonly [key: string, value: string]> {
    const end = fragment + FRAGMENT_HEAD + 2 * (this.words[fragment + 1]! & 0xffff);
    for (let at = fragment + FRAGMENT_HEAD; at < end; at += 2) {
      yield [this.keys[this.words[at]!]!, this.text(this.words[at + 1]!)];
    }
  }

  /** The text of a number. */
  text(number: number): string {
    // A copy: the decoder takes no shared memory.
    const octets = this.#textOctets.slice(this.#textStarts[number], this.#textStarts[number + 1]);
    return decoder.decode(octets);
  }

  /** Octets of the text of a number. */
  textLength(number: number): number {
    return this.#textStarts[number + 1]! - this.#textStarts[number]!;
  }

  /** Writes the text of a number, at most `most` octets of it, and returns the position after them. */
  copyText(number: number, octets: Uint8Array, pos: number, most: number): number {
    const start = this.#textStarts[number]!;
    const end = Math.min(this.#textStarts[number + 1]!, start + most);
    let next = pos;
    for (let at = start; at < end; at++) octets[next++] = this.#textOctets[at]!;
    return next;
  }

  /** Whether the text of a number is this one, in UTF-8. */
  isText(number: number, text: Uint8Array): boolean {
    const start = this.#textStarts[number]!;
    if (this.#textStarts[number + 1]! - start !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.#textOctets[start + i] !== text[i]) return false;
    return true;
  }
}

/**
 * The context of one flow: a fragment for each part. It is filled again for every flow, like the record that it
 * belongs to, and all its fragments are of one generation.
 */
export class FlowContext {
  /** Fragments by part; 0 = none. */
  readonly fragments = new Uint32Array(CONTEXT_PARTS);
  /** The bank of each part. */
  banks: readonly FragmentBank[] = [];

  /** Sets every part to none. */
  reset(): void {
    // Eleven words: a loop takes less than a call of `fill`.
    for (let part = 0; part < CONTEXT_PARTS; part++) this.fragments[part] = 0;
  }

  /** Octets of all texts. */
  get octets(): number {
    let octets = 0;
    for (let part = 0; part < CONTEXT_PARTS; part++) {
      const fragment = this.fragments[part]!;
      if (fragment !== 0) octets += this.banks[part]!.words[fragment]!;
    }
    return octets;
  }

  /** Writes all texts at `pos`; up to {@link CONTEXT_SLACK} octets behind the end are spoilt. */
  copy(view: DataView, pos: number): number {
    let next = pos;
    for (let part = 0; part < CONTEXT_PARTS; part++) {
      const fragment = this.fragments[part]!;
      if (fragment !== 0) next = this.banks[part]!.copy(fragment, view, next);
    }
    return next;
  }

  /** All key-values, as texts: for reports and tests. */
  entries(): (readonly [key: string, value: string])[] {
    return [...this.fragments].flatMap((fragment, part) =>
      fragment === 0 ? [] : [...this.banks[part]!.entries(fragment)],
    );
  }
}

/** Octets past its end that a context may overwrite. */
export const CONTEXT_SLACK = 3;
