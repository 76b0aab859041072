import type { Datagram } from '../listen/datagram.ts';
import type { LogFields } from '../log/logger.ts';
import type { MutedClass, MutedLog } from '../log/mute.ts';
import type { Counters } from '../metrics/counters.ts';
import { counterTable } from '../metrics/counters.ts';

/** Counted under a reason, yet nothing that anybody has to be told. */
const expected = new Set([
  'records_dropped:no_flow',
  'records_dropped:filtered',
  'notices:sampling_unknown',
  'notices:unknown_record',
  'notices:trailing_bytes',
  'notices:count_mismatch',
  'notices:total_octets',
  'notices:total_packets',
]);

/** Reasons for which a datagram is discarded whole: the log keeps the beginning of some of those, for a look. */
const MALFORMED = 'datagrams_failed:';
const OCTETS_KEPT = 96;

const INTERNAL_ERROR = 'internal_error';

/** The classes of what workers tell: the workers of a listener mute them together (`MuteStates`). */
export const problemClasses: readonly string[] = [...counterTable.map(({ name }) => name), INTERNAL_ERROR];

/** Tells of what went wrong with datagrams: a line a class, until there are too many of it (`err.cnt`, `err.int`). */
export class Problems {
  readonly #muted: MutedLog;
  /** By the index of the counter: its class, or nothing where nobody has to be told. */
  readonly #classes: (MutedClass | undefined)[];

  constructor(muted: MutedLog) {
    this.#muted = muted;
    this.#classes = counterTable.map(({ name }) => (expected.has(name) ? undefined : muted.class(name)));
  }

  /** Reports the reasons that were counted since the last call, with the exporter that they concern. */
  report(counters: Counters, datagram: Datagram): void {
    const { noted } = counters;
    for (let i = 0; i < noted.length; i++) {
      const index = noted[i]!;
      const problem = this.#classes[index];
      if (problem?.open()) tell(problem, index, datagram);
    }
    // A length of 0 would let go of memory that the next datagram takes again: 150 octets a datagram, measured.
    while (noted.length > 0) noted.pop();
  }

  /** Reports an exception of ours; `datagram` is the one that it came with, if any. */
  internalError(error: unknown, datagram: Datagram | undefined): void {
    const problem = this.#muted.class(INTERNAL_ERROR);
    if (!problem.open()) return;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    problem.log.error('intercepted panic', { ...fieldsOf(INTERNAL_ERROR, datagram), error: detail });
  }
}

function tell(problem: MutedClass, index: number, datagram: Datagram): void {
  const { name, doc } = counterTable[index]!;
  const fields = fieldsOf(name, datagram);
  problem.log.warn(doc, name.startsWith(MALFORMED) ? { ...fields, octets: beginningOf(datagram) } : fields);
}

function fieldsOf(reason: string, datagram: Datagram | undefined): LogFields {
  if (datagram === undefined) return { reason };
  return { reason, exporter: datagram.source.text, port: datagram.sourcePort };
}

/** The first octets of a datagram, in hexadecimal. */
function beginningOf({ bytes, offset, length }: Datagram): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, Math.min(length, OCTETS_KEPT)).toString('hex');
}
