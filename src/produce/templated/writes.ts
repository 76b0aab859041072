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

/**
 * The words that are not the same after a plan has run over a record, whatever was in them before: those that its
 * instructions look at, or may write, without having written them in any case. To be restored between two records.
 * Undefined where that may be all words.
 */
export function unsettledWords(ops: Int32Array): Set<number> | undefined {
  const settled = new Set<number>();
  const unsettled = new Set<number>();
  let conditionalUntil = 0;
  for (let i = 0; i < ops.length; i += OP_WORDS) {
    const [op, at, b, c] = ops.subarray(i, i + OP_WORDS) as unknown as [number, number, number, number];
    const touched = byOp.get(op)!(b, c, at);
    if (touched.anything === true) return undefined;
    const always = i >= conditionalUntil;
    for (const word of touched.reads ?? []) if (!settled.has(word)) unsettled.add(word);
    for (const word of touched.may ?? []) if (!settled.has(word)) unsettled.add(word);
    for (const word of touched.writes ?? []) {
      if (always) settled.add(word);
      else if (!settled.has(word)) unsettled.add(word);
    }
    if (op === Op.unless || op === Op.unlessLength) {
      conditionalUntil = Math.max(conditionalUntil, i + OP_WORDS + c * OP_WORDS);
    }
  }
  return unsettled;
}
