import type { FlowRecord } from '#src/flow/flow-record.js';
import { balance } from '#src/metrics/accounting.js';
import type { Counters } from '#src/metrics/counters.js';
import { Digest } from './digest.ts';
import type { Target } from './parts.ts';
import type { Session } from './seeds.ts';
import { checkOutput } from './output.ts';
import { newSubject } from './subject.ts';
import type { Subject } from './subject.ts';

/** Longest time that one input may take. */
const MAX_MS = 10;

/** Most flows out of one input, held data aside (D-15). */
const MAX_FLOWS = 4_096;

/** Flows of a session whose output is looked at. */
const MAX_OUTPUTS = 64;

/** Most octets of `bin` output for each octet of input (S-07). */
const MAX_GROWTH = 64;

/** How a session went. */
export interface Examination {
  /** What was promised and did not happen. */
  readonly broken: string | undefined;
  readonly inputs: number;
  /** Inputs that got past the check of the header. */
  readonly past: number;
  readonly flows: number;
}

class Broken extends Error {}

function promise(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what);
}

interface Run {
  readonly digest: Digest;
  readonly subject: Subject;
  past: number;
  flows: number;
  /** Milliseconds that the slowest input took. */
  slowest: number;
}

/** Takes a session through a new subject and checks each step. */
function run(target: Target, session: Session, onFlow: ((flow: FlowRecord) => void) | undefined): Run {
  const digest = new Digest();
  let flows = 0;
  const subject = newSubject(target, (flow) => {
    digest.add(flow);
    flows++;
    onFlow?.(flow);
  });
  const result: Run = { digest, subject, past: 0, flows: 0, slowest: 0 };
  let octets = 0;
  for (const input of session) {
    const before = flows;
    const held = subject.pendingSets ?? 0;
    const start = performance.now();
    if (subject.take(input)) result.past++;
    result.slowest = Math.max(result.slowest, performance.now() - start);
    octets += input.length;
    promise(flows - before <= MAX_FLOWS || held > 0, `${flows - before} flows out of one input`);
  }
  result.flows = flows;
  if (subject.counters === undefined) return result;
  checkBooks(subject.counters, subject.pendingSets ?? 0, octets);
  subject.stop?.();
  checkBooks(subject.counters, 0, octets);
  return result;
}

/** Identities I2 to I4, and that no counter is anything but a count. */
function checkBooks(counters: Counters, pendingSets: number, octets: number): void {
  const flowsInFlight = counters.get('flows_produced'); // there is no output here
  for (const { identity, says, left, right } of balance(counters, { pendingSets, flowsInFlight })) {
    promise(left === right, `${identity}: ${says}: ${left}, ${right}: ${JSON.stringify(counters.snapshot())}`);
  }
  for (const value of counters.values) promise(Number.isSafeInteger(value) && value >= 0, `a counter is ${value}`);
  const records = counters.get('records_decoded');
  promise(records <= octets, `${records} records out of ${octets} octets`);
}

/** Runs in which an input may show that it is quick enough: the first ones also wait for the optimizing compiler. */
const CHANCES = 30;

/**
 * Whether an input of the session takes longer than it may: in the best of many runs, without our own work on the
 * flows, because the time also depends on what else the machine does.
 */
function isSlow(target: Target, session: Session): boolean {
  const least = session.map(() => Infinity);
  for (let run = 0; run < CHANCES && Math.max(...least) > MAX_MS; run++) {
    const subject = newSubject(target, () => {});
    session.forEach((input, i) => {
      const start = performance.now();
      subject.take(input);
      least[i] = Math.min(least[i]!, performance.now() - start);
    });
  }
  return Math.max(...least) > MAX_MS;
}

/**
 * Takes a session through and holds it to the promises: no exception, only counted reasons, work and output bounded
 * by octets, books that balance.
 *
 * @param thorough also run it twice, which must give the same, and look at the output of its flows
 */
export function examine(target: Target, session: Session, thorough: boolean): Examination {
  let first: Run | undefined;
  let broken: string | undefined;
  try {
    first = run(target, session, undefined);
    promise(first.slowest <= MAX_MS || !isSlow(target, session), `an input takes more than ${MAX_MS} ms`);
    if (thorough) {
      let left = MAX_OUTPUTS;
      let octets = 0;
      const again = run(target, session, (flow) => {
        if (left-- > 0) octets += checkOutput(flow);
      });
      const input = session.reduce((sum, { length }) => sum + length, 0);
      promise(target === 'headers' || octets <= MAX_GROWTH * input, `${octets} octets of protobuf out of ${input}`);
      promise(again.digest.value === first.digest.value, 'a second run gave other flows');
      const books = JSON.stringify(first.subject.counters?.snapshot());
      promise(JSON.stringify(again.subject.counters?.snapshot()) === books, 'a second run gave other counters');
    }
  } catch (error) {
    broken =
      error instanceof Broken ? error.message : `exception: ${error instanceof Error ? error.stack : String(error)}`;
  }
  return { broken, inputs: session.length, past: first?.past ?? 0, flows: first?.flows ?? 0 };
}
