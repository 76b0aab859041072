import { NUMBER_MAX } from '../format/binary-custom.ts';
import { binaryPlan, boundOfSteps, Kind } from '../format/binary-plan.ts';
import type { BinaryStep } from '../format/binary-plan.ts';
import type { InlineMessage } from '../format/format.ts';
import { PROTO, SRC_ADDR_LENGTH } from '../format/length-prefix.ts';
import { ADDRESS_WORDS, column, wordsOf } from '../flow/fields.ts';
import type { ColumnName } from '../flow/fields.ts';
import { binaryField } from './binary-writer.ts';
import { code } from './code.ts';
import type { Code } from './code.ts';
import { customField } from './custom-writer.ts';
import { SameFields } from './same-fields.ts';
import { Source } from './source.ts';

/** What the records of a run may have: everything else is zero in all of them. */
export interface Shape {
  /** Words of a flow, with the largest value of each. */
  readonly words: ReadonlyMap<number, number>;
  /** Most entries of a list. */
  readonly entries: number;
  /** Of them those that stay as they are from one {@link MessageRun.begin} to the next. */
  readonly same?: ReadonlySet<number> | undefined;
}

const TWO_32 = 2 ** 32;
const FULL = TWO_32 - 1;

/** The words of columns that are numbers of up to `most`, 2^64 if need be, or addresses. */
export function wordsUpTo(most: number, names: readonly ColumnName[]): [word: number, most: number][] {
  return names.flatMap((name) => {
    const { type, slot } = column(name);
    if (type === 'address') return wordsOf(column(name)).map((word): [number, number] => [word, FULL]);
    const low: [number, number] = [slot, Math.min(most, FULL)];
    return type === 'u64' ? [low, [slot + 1, Math.min(Math.floor(most / TWO_32), FULL)]] : [low];
  });
}

/** Memory that messages are written to, one behind the other; see `BatchPool`. */
export interface MessageRoom {
  readonly index: Uint32Array;
  readonly position: number;
  readonly start: number;
  readonly entry: number;
  roomFor(octets: number, most: number): number;
  took(messages: number, end: number): void;
}

/** What messages are written by, and where to. */
export interface RunTarget {
  readonly message: InlineMessage;
  readonly room: MessageRoom;
  /** Written after every message. */
  readonly separator: Uint8Array;
  /** Told how many flows have become messages. */
  readonly onFlows: (count: number) => void;
}

/**
 * Emits the statements that make a flow of the record at `at` of `bytes` and `view`; where the next record begins. What
 * they declare is theirs.
 */
export type EmitFill = (source: Source) => Code;

/**
 * Longest source: the engine does not optimise a function of more than 60 KiB of bytecode, which is about as much
 * source.
 */
const MAX_SOURCE = 44 * 1024;

/** Writes the message of one record at `pos`; the position after it. */
type WriteOne = (bytes: Uint8Array, view: DataView, at: number, pos: number) => number;

/**
 * Writes records as messages with nothing in between: one function reads a record and writes its message, and looks only
 * at columns that it may have. That takes a third less time than to fill, bound, write and commit each one (measured).
 */
export class MessageRun {
  /** Takes what the flow has in the words that stay the same: before the first record that has them. */
  readonly begin: () => void;
  readonly #write: WriteOne;
  readonly #bound: number;
  readonly #target: RunTarget;
  readonly #next: Int32Array;
  /** Characters of its source. */
  readonly size: number;

  constructor(compiled: CompiledRun, target: RunTarget) {
    this.begin = compiled.begin;
    this.#write = compiled.write;
    this.#bound = compiled.bound;
    this.#next = compiled.next;
    this.#target = target;
    this.size = compiled.size;
  }

  /** Where the record behind the last one begins. */
  get next(): number {
    return this.#next[0]!;
  }

  /**
   * Writes up to `records` records, the first of which is at `at`; without {@link EmitFill} what the flow has. How many:
   * fewer where the batch has no room for more. The flow is then that of the last one.
   */
  write(bytes: Uint8Array, view: DataView, at: number, records: number): number {
    const { room, onFlows } = this.#target;
    const count = room.roomFor(this.#bound, records);
    if (count === 0) return 0;
    const { index, start } = room;
    const next = this.#next;
    const write = this.#write;
    let { position: pos, entry } = room;
    next[0] = at;
    // the loop is not generated: long functions with one are not always optimised as a whole
    for (let i = 0; i < count; i++) {
      pos = write(bytes, view, next[0]!, pos);
      index[--entry] = pos - start;
    }
    room.took(count, pos);
    onFlows(count);
    return count;
  }
}

interface CompiledRun {
  readonly begin: () => void;
  readonly write: WriteOne;
  readonly bound: number;
  readonly next: Int32Array;
  readonly size: number;
}

/** Compiles a run; undefined where it would be too long. */
export function compileRun(target: RunTarget, shape: Shape, fill?: EmitFill): MessageRun | undefined {
  const { message, separator } = target;
  const { home, prefix } = message;
  const own = message.own.filter(({ presence }) => shape.words.has(presence));
  const steps = binaryPlan.filter((step) => wordsOfStep(step).some((word) => shape.words.has(word)));
  const source = new Source();
  const next = new Int32Array(1);
  if (fill !== undefined) {
    source.emit(code`{`);
    const following = fill(source);
    source.emit(code`${source.bind(next)}[0] = ${following}; }`);
  }
  source.emit(code`
    const out = ${source.bind(home.view)}, words = ${source.bind(home.flow.words)}, flow = ${source.bind(home.flow)};
    const kind = (words[${SRC_ADDR_LENGTH}] & 16) << 1 | words[${PROTO}] & 31;
    const guess = ${source.bind(prefix.guesses)}[kind], from = pos;
    let v = 0, h = 0, z = 0;
    pos = from + guess | 0;
    { const view = out;`);
  const same = new SameFields(home, shape.words, steps);
  for (const group of groupsOf(steps, shape)) {
    if (group.same) source.emit(same.copy(source, group.steps));
    else for (const step of group.steps) source.emit(binaryField(source, step, shape.words));
  }
  for (const field of own) source.emit(customField(source, field, shape.words));
  source.emit(code`pos = ${source.bind(prefix)}.put(view, from, guess, pos, kind) | 0;`);
  for (const octet of separator) source.emit(code`view.setUint8(pos, ${octet}); pos = pos + 1 | 0;`);
  source.emit(code`} return pos;`);
  if (source.size > MAX_SOURCE) return undefined;
  const write = source.compile<WriteOne>(['bytes', 'view', 'at', 'pos']);
  const bound = boundOfSteps(steps, shape.entries) + own.length * NUMBER_MAX + separator.length;
  return new MessageRun({ begin: same.compile(), write, next, size: source.size + same.size, bound }, target);
}

/** Columns that follow each other, and are the same in all records or may differ. */
interface Group {
  readonly same: boolean;
  readonly steps: BinaryStep[];
}

function groupsOf(steps: readonly BinaryStep[], { words, same }: Shape): Group[] {
  const groups: Group[] = [];
  const stays = (word: number): boolean => same!.has(word) || !words.has(word);
  for (const step of steps) {
    const isSame = same !== undefined && mayBeSame(step) && allWordsOf(step).every(stays);
    const last = groups.at(-1);
    if (last?.same === isSame) last.steps.push(step);
    else groups.push({ same: isSame, steps: [step] });
  }
  return groups;
}

/** Numbers and addresses have a bound; lists have none. */
const mayBeSame = ({ kind }: BinaryStep): boolean => kind === Kind.u32 || kind === Kind.u64 || kind === Kind.address;

function allWordsOf(step: BinaryStep): number[] {
  if (step.kind !== Kind.address) return wordsOfStep(step);
  return Array.from({ length: ADDRESS_WORDS }, (_, i) => step.slot + i);
}

/** The words that say whether a message has a column. */
function wordsOfStep({ kind, slot }: BinaryStep): number[] {
  if (kind === Kind.address) return [slot + ADDRESS_WORDS - 1];
  return kind === Kind.u64 ? [slot, slot + 1] : [slot];
}
