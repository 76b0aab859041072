import { column, slotOf } from '../../flow/fields.ts';
import { OP_WORDS, Op } from './plan.ts';

const ETYPE = slotOf('etype');
const START = slotOf('time_flow_start_ns');
const END = slotOf('time_flow_end_ns');
const MPLS_LABEL = column('mpls_label').slot;
const MPLS_IP = column('mpls_ip').slot;
const ADDRESS = 5;

/** Words that an instruction looks at; those that it writes in any case; and those that it may write. */
interface Touched {
  readonly reads?: readonly number[];
  readonly writes?: readonly number[];
  readonly may?: readonly number[];
  /** It may write whatever it likes. */
  readonly anything?: boolean;
}

const run = (slot: number, length: number): number[] => Array.from({ length }, (_, i) => slot + i);
const writes = (length: number) => (b: number) => ({ writes: run(b, length) });
const may = (length: number) => (b: number) => ({ may: run(b, length) });

/** By the name of the operation; `at`, b and c as in {@link Op}. */
const touches: Record<keyof typeof Op, (b: number, c: number, at: number) => Touched> = {
  u8: writes(1),
  u16: writes(1),
  u24: writes(1),
  u32: writes(1),
  u40: writes(2),
  u48: writes(2),
  u56: writes(2),
  u64: writes(2),
  ipv4: writes(ADDRESS),
  ipv6: writes(ADDRESS),
  ipv4UnlessZero: may(ADDRESS),
  set: writes(1),
  family: (b, c) => ({ reads: [...run(b, ADDRESS), ...run(c, ADDRESS)], writes: [ETYPE] }),
  ipVersion: () => ({ may: [ETYPE] }),
  settle: (b) => ({ reads: [ETYPE], may: run(b, ADDRESS) }),
  shift: (b) => ({ reads: [b] }),
  split: (b, c) => ({ reads: [b], writes: [c] }),
  mplsLabel: () => ({ may: [MPLS_LABEL] }),
  mplsIpv4: () => ({ may: [MPLS_IP] }),
  mplsIpv6: () => ({ may: [MPLS_IP] }),
  seconds: may(2),
  milliseconds: may(2),
  ntpMicroseconds: may(2),
  ntpNanoseconds: may(2),
  beforeExport: may(2),
  sysUptime: may(2),
  sinceStart: may(2),
  exporterStart: () => ({}),
  duration: () => ({ may: [...run(START, 2), ...run(END, 2)] }),
  unless: (_, __, at) => ({ reads: [at] }),
  unlessLength: () => ({}),
  unsigned: may(2),
  probability: may(2),
  little32: may(1),
  little64: may(2),
  application: may(2),
  mapped: () => ({ anything: true }),
};

const byOp = new Map(Object.entries(touches).map(([name, each]) => [Op[name as keyof typeof Op] as number, each]));

/** An instruction with the words that it touches, and whether no record skips it. */
interface Step extends Touched {
  readonly index: number;
  readonly op: number;
  readonly b: number;
  readonly c: number;
  readonly always: boolean;
}

function* stepsOf(ops: Int32Array): Generator<Step> {
  let conditionalUntil = 0;
  for (let index = 0; index < ops.length; index += OP_WORDS) {
    const [op, at, b, c] = ops.subarray(index, index + OP_WORDS) as unknown as [number, number, number, number];
    yield { ...byOp.get(op)!(b, c, at), index, op, b, c, always: index >= conditionalUntil };
    if (op === Op.unless || op === Op.unlessLength) {
      conditionalUntil = Math.max(conditionalUntil, index + OP_WORDS + c * OP_WORDS);
    }
  }
}

/**
 * The words that are not the same after a plan has run over a record, whatever was in them before: those that its
 * instructions look at, or may write, without having written them in any case. To be restored between two records.
 * Undefined where that may be all words.
 */
export function unsettledWords(ops: Int32Array): Set<number> | undefined {
  const settled = new Set<number>();
  const unsettled = new Set<number>();
  for (const { reads = [], may = [], writes = [], anything, always } of stepsOf(ops)) {
    if (anything === true) return undefined;
    for (const word of [...reads, ...may]) if (!settled.has(word)) unsettled.add(word);
    for (const word of writes) {
      if (always) settled.add(word);
      else if (!settled.has(word)) unsettled.add(word);
    }
  }
  return unsettled;
}

/** The largest value of the words that an instruction writes, where that is less than 32 bits. */
const largest = new Map<number, readonly number[]>([
  [Op.u8, [0xff]],
  [Op.u16, [0xffff]],
  [Op.u24, [0xff_ffff]],
  [Op.u40, [0xffff_ffff, 0xff]],
  [Op.u48, [0xffff_ffff, 0xffff]],
  [Op.u56, [0xffff_ffff, 0xff_ffff]],
  [Op.split, [0xff]],
]);

/** All words that a plan may give a value, with the largest one; undefined where that may be any. */
export function writtenWords(ops: Int32Array): Map<number, number> | undefined {
  const written = new Map<number, number>();
  for (const { writes = [], may = [], anything, op, c } of stepsOf(ops)) {
    if (anything === true) return undefined;
    const most = op === Op.set ? [c >>> 0] : largest.get(op);
    [...writes, ...may].forEach((word, i) => {
      written.set(word, Math.max(written.get(word) ?? 0, most?.[i] ?? 0xffff_ffff));
    });
  }
  return written;
}

/** A plan in two parts: what is done once before any number of records, and what is done for each of them. */
export interface PlanParts {
  /** Words and their values, by twos. */
  readonly once: Int32Array;
  readonly each: Int32Array;
}

/**
 * Takes out of a plan the words that are given the same value in every record, and are touched by nothing else.
 *
 * @param others words that somebody else may write between two records
 */
export function takeConstants(ops: Int32Array, others: ReadonlySet<number>): PlanParts {
  const steps = [...stepsOf(ops)];
  const touched = new Map<number, number>();
  for (const { reads = [], may = [], writes = [] } of steps) {
    for (const word of [...reads, ...may, ...writes]) touched.set(word, (touched.get(word) ?? 0) + 1);
  }
  const once: number[] = [];
  const each: number[] = [];
  for (const { index, op, b, c, always } of steps) {
    if (op === Op.set && always && touched.get(b) === 1 && !others.has(b)) once.push(b, c);
    else each.push(...ops.subarray(index, index + OP_WORDS));
  }
  return { once: Int32Array.from(once), each: Int32Array.from(each) };
}
