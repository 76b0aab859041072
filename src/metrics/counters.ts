import {
  datagramDrops,
  failures,
  flowDrops,
  messageRefusals,
  notices,
  recordDrops,
  sequencedProtocols,
  publishFailures,
  skips,
  unsupportedVersions,
} from './reasons.ts';
import type {
  DatagramDrop,
  Failure,
  FlowDrop,
  MessageRefusal,
  Notice,
  RecordDrop,
  SequencedProtocol,
  PublishFailure,
  Skip,
  UnsupportedVersion,
} from './reasons.ts';

/** Counters without a reason; those with one are named `<family>:<reason>`. */
const plain = {
  datagrams_received: 'datagrams read from a socket or a capture',
  kernel_drops: 'datagrams that the kernel dropped because the receive buffer was full',
  datagrams_read:
    'datagrams that a thread took and did not hand on to another; each one is received right after, unless its thread ends',
  bytes_received: 'their payload octets',
  datagrams_decoded: 'datagrams whose framing was right and that were decoded',
  sets_received: 'sets (v9, IPFIX) and samples (sFlow) found in decoded datagrams',
  sets_template: 'template sets',
  sets_options_template: 'options template sets',
  sets_data: 'data sets',
  sets_options_data: 'options data sets',
  samples_flow: 'sFlow flow samples, expanded ones too',
  samples_counters: 'sFlow counter samples, expanded ones too',
  samples_drop: 'sFlow discarded packet samples',
  pending_in: 'data sets held for their template',
  pending_replayed: 'held data sets that were decoded when their template came',
  templates_added: 'template definitions stored',
  compiles: 'templates for whose records code was generated',
  compiles_deferred: 'times that a template stayed interpreted because too many were compiled in the same second',
  compiles_refused: 'templates that stay interpreted because they have too many fields',
  compiles_given_up: 'templates that are interpreted again because there was no room for their code',
  records_decoded: 'flow and options records decoded',
  raw_messages: 'of the messages produced, those that hold a whole datagram (`-produce raw`)',
  raw_records: 'flow and options records in them',
  messages_read: 'messages that the enricher found in its input',
  flows_produced: 'flow messages produced',
  sflow_drops: 'packets that sFlow agents could not sample for want of resources, as their flow samples say',
  sflow_sample_pool: 'packets that sFlow agents chose their samples from, as their flow samples say',
  worker_restarts: 'worker threads that were replaced',
  flows_sent: 'flow messages handed to the output',
  flows_delivered: 'flow messages that the output took whole',
  bytes_delivered: 'octets that the output took',
  reload_failures: 'times that a file could not be read again; what was read before stayed in use',
  flows_unscaled:
    'flow messages whose scaled octets and packets are the plain ones, because their sampling rate is not known (`-produce.scale`)',
  state_writes: 'times that templates and what else was learned were written to their files',
  state_write_failures: 'times that they could not be; the old files stay whole, and it is tried again',
  state_unreadable: 'files of templates and what else was learned that could not be read at the start',
  kv_snapshots: 'times that all keys of a NATS bucket were read: at the start, and after each loss of the connection',
  kv_puts: 'keys of NATS buckets that were set',
  kv_deletes: 'keys of NATS buckets that were deleted',
  kv_failures: 'times that a key could not be set or deleted; it is tried again unless the server will not have it',
  kv_taken: 'values of NATS buckets that were taken from other collectors',
  kv_refused: 'values of NATS buckets that nothing could be made of; what was known before stays',
  context_lookups: 'addresses looked up in the networks of the context',
  context_hits: 'of them, those that lie in one',
  context_loads: 'generations of the context that were taken into use',
  context_errors: 'times that what the sources of the context had could not be used; the generation before stayed',
  names_learned:
    'names of interfaces, VRFs, applications and exporters that options data has told anew or otherwise than before',
  geoip_lookups: 'addresses looked up in a database of AS numbers or of countries',
  geoip_hits: 'of them, those that it has something about',
  geoip_loads: 'databases of AS numbers and countries that were taken into use',
  geoip_errors: 'times that such a database could not be read; the one before stayed in use',
  output_reopen_failures: 'times that the output could not be reopened; the old one stayed in use',
  messages_published: 'messages sent to JetStream, each one counted once',
  messages_acked: 'messages that JetStream acknowledged',
  messages_duplicate: 'of these, messages that the stream had already, by an earlier attempt',
  messages_retried: 'times that a message was sent again',
  flows_maybe_duplicate:
    'flow messages sent again after the stream had forgotten the ids: it may have some of them twice',
  flows_other_subject: 'flow messages to a subject with _other in it, because there were too many subjects',
  nats_connections: 'connections to a NATS server that were made',
} as const;

type Plain = keyof typeof plain;
export type CounterName =
  | Plain
  | `datagrams_failed:${Failure}`
  | `datagrams_dropped:${DatagramDrop}`
  | `sets_skipped:${Skip}`
  | `records_dropped:${RecordDrop}`
  | `flows_dropped:${FlowDrop}`
  | `notices:${Notice}`
  | `unsupported:${UnsupportedVersion}`
  | `sequence_missed:${SequencedProtocol}`
  | `sequence_reordered:${SequencedProtocol}`
  | `sequence_duplicate:${SequencedProtocol}`
  | `sequence_stray:${SequencedProtocol}`
  | `sequence_reset:${SequencedProtocol}`
  | `publish_failed:${PublishFailure}`
  | `messages_refused:${MessageRefusal}`;

const families = {
  datagrams_failed: failures,
  datagrams_dropped: datagramDrops,
  sets_skipped: skips,
  records_dropped: recordDrops,
  flows_dropped: flowDrops,
  publish_failed: publishFailures,
  messages_refused: messageRefusals,
  notices,
  unsupported: unsupportedVersions,
  sequence_missed: sequencedProtocols,
  sequence_reordered: sequencedProtocols,
  sequence_duplicate: sequencedProtocols,
  sequence_stray: sequencedProtocols,
  sequence_reset: sequencedProtocols,
} as const;
export type Family = keyof typeof families;
type ReasonOf<F extends Family> = keyof (typeof families)[F] & string;

/** What the members of each family have in common. */
const familyDocs: Record<Family, string> = {
  datagrams_failed: 'datagrams that a decoder discarded whole',
  datagrams_dropped: 'datagrams that were received and never decoded',
  sets_skipped: 'sets and samples that were not decoded',
  records_dropped: 'records that were decoded and gave no flow message',
  flows_dropped: 'flow messages that were not delivered',
  messages_refused: 'messages that the enricher found in its input and could not take',
  publish_failed: 'attempts to publish that failed; what was to be published is tried again or counted as dropped',
  notices: 'what was odd and cost nothing but itself',
  unsupported: 'datagrams of a version that is not decoded',
  sequence_missed: 'flows, datagrams, records or samples, as the protocol numbers them, that never came',
  sequence_reordered: 'datagrams and samples that another one has overtaken',
  sequence_duplicate: 'datagrams and samples that had come before',
  sequence_stray: 'datagrams and samples with a number far from the others that nothing bore out',
  sequence_reset: 'times that an exporter began to count anew',
};

/** The counters without a reason. */
export const plainCounters = Object.entries(plain).map(([name, doc]) => ({ name: name as Plain, doc }));

/** The families with their members. */
export const counterFamilies = (Object.keys(families) as Family[]).map((family) => ({
  family,
  doc: familyDocs[family],
  reasons: Object.keys(families[family]),
}));

/** Every counter with its meaning, in the order of its index. */
export const counterTable: readonly { readonly name: string; readonly doc: string }[] = [
  ...Object.entries(plain).map(([name, doc]) => ({ name, doc })),
  ...Object.entries(families).flatMap(([family, reasons]) =>
    Object.entries(reasons).map(([reason, doc]) => ({ name: `${family}:${reason}`, doc })),
  ),
];

const indexes = new Map(counterTable.map(({ name }, index) => [name, index]));

/** The same by family and reason, for whoever has no whole name: no text has to be put together for it. */
const reasonIndexes = new Map(
  (Object.keys(families) as Family[]).map((family) => [
    family,
    new Map(Object.keys(families[family]).map((reason) => [reason, indexes.get(`${family}:${reason}`)!])),
  ]),
);

/** Where the counters with a reason begin. */
const FIRST_REASON = Object.keys(plain).length;

/** First index of each family and one past its last. */
const ranges = new Map<Family, readonly [from: number, to: number]>();
{
  let from = FIRST_REASON;
  for (const [family, reasons] of Object.entries(families)) {
    const to = from + Object.keys(reasons).length;
    ranges.set(family as Family, [from, to]);
    from = to;
  }
}

/** Index of a counter in {@link Counters.values}. */
export function counterIndex(name: CounterName): number {
  return indexes.get(name)!;
}

/**
 * The counters of one thread: integers below 2^53 in shared memory, written by that thread alone and read by the
 * main thread at any time, so that they outlive a thread that crashed.
 */
export class Counters {
  readonly values: Float64Array;
  /** Indexes of the reasons counted since somebody emptied this list, each once: what the log has to tell. */
  readonly noted: number[] = [];

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(counterTable.length * 8)) {
    this.values = new Float64Array(memory);
  }

  get memory(): SharedArrayBuffer {
    return this.values.buffer as SharedArrayBuffer;
  }

  /** Adds `by`, which may be 0. */
  add(name: CounterName, by = 1): void {
    this.count(indexes.get(name)!, by);
  }

  /** {@link add} for a counter of a family, by the name of its reason. */
  addReason<F extends Family>(family: F, reason: ReasonOf<F>): void {
    this.count(reasonIndexes.get(family)!.get(reason)!);
  }

  /** {@link add} by {@link counterIndex}, for what every datagram of a flood may have. */
  count(index: number, by = 1): void {
    this.values[index]! += by;
    if (index >= FIRST_REASON && by > 0 && !this.noted.includes(index)) this.noted.push(index);
  }

  get(name: CounterName): number {
    return this.values[indexes.get(name)!]!;
  }

  /** A counter of a family, by the name of its reason. */
  getReason(family: Family, reason: string): number {
    return this.values[indexes.get(`${family}:${reason}`)!]!;
  }

  /** Sum over all reasons of a family. */
  total(family: Family): number {
    const [from, to] = ranges.get(family)!;
    let sum = 0;
    for (let i = from; i < to; i++) sum += this.values[i]!;
    return sum;
  }

  /** Adds another thread's counters to these. */
  merge(other: Counters): void {
    for (let i = 0; i < this.values.length; i++) this.values[i]! += other.values[i]!;
  }

  /** All counters that are not zero, by name: for reports and tests. */
  snapshot(): Record<string, number> {
    const entries: [string, number][] = [];
    counterTable.forEach(({ name }, i) => {
      if (this.values[i] !== 0) entries.push([name, this.values[i]!]);
    });
    return Object.fromEntries(entries);
  }
}
