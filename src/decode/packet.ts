import type { FlowRecord } from '../flow/flow-record.ts';
import type { Datagram } from '../listen/datagram.ts';
import type { FixedKind, FixedLayout } from './netflow-fixed/layout.ts';
import type { Template } from './templates/template.ts';

/**
 * What decoders hand on: the header of a datagram and views of its parts, never an object a field. A decoder reuses
 * its packet; it is valid during the call that it was handed to. Offsets are absolute in `Datagram.bytes` and were
 * checked: all of a view lies inside the datagram.
 */
export type Packet = FixedPacket | TemplatedPacket | SFlowPacket | CustomPacket;

/** NetFlow v1, v5 and v7: whole records of one length back to back. What a version does not have is 0. */
export interface FixedPacket {
  kind: FixedKind;
  layout: FixedLayout;
  /** Count as the header says; `records` is what is there. */
  count: number;
  sysUptimeMs: number;
  unixSeconds: number;
  unixNanoseconds: number;
  sequence: number;
  engineType: number;
  engineId: number;
  /** All 16 bits: mode in the top two, interval below. */
  samplingInterval: number;
  /** v7: the reserved octets of the header. */
  reserved: number;
  /** Offset of the first record. */
  recordsAt: number;
  /** Whole records present. */
  records: number;
}

/** A datagram of a protocol that a user's own decoder reads: it brings what makes flows of it. */
export interface CustomPacket {
  readonly kind: 'custom';
  /** What raw messages call the protocol. */
  readonly name: string;
  /** Flow records in it. */
  readonly records: number;
  readonly sequence: number;
  /** Fills `flow`, which is reset, for each record and emits it. */
  produce(flow: FlowRecord, datagram: Datagram, emit: (flow: FlowRecord) => void): void;
  /** The content for `-produce raw`: values that JSON can hold, numbers beyond 2^53 as bigint. */
  raw(datagram: Datagram): Readonly<Record<string, unknown>>;
}

/** NetFlow v9 and IPFIX: sets in the order of the datagram. */
export interface TemplatedPacket {
  readonly kind: 'netflow_v9' | 'ipfix';
  version: 9 | 10;
  /** v9: count of the header; IPFIX: 0. */
  count: number;
  /** IPFIX: length of the header; v9: 0. */
  length: number;
  /** v9: sysUptime in milliseconds; IPFIX: 0. */
  sysUptimeMs: number;
  /** v9: UNIX seconds; IPFIX: export time. */
  exportSeconds: number;
  sequence: number;
  /** v9: source id; IPFIX: observation domain. */
  domain: number;
  /** The first `setCount` are this packet's. */
  readonly sets: SetView[];
  setCount: number;
}

export type SetKind = 'template' | 'options_template' | 'data' | 'options_data' | 'skipped';

/** One set (FlowSet) of a {@link TemplatedPacket}. */
export interface SetView {
  kind: SetKind;
  id: number;
  /** Length of the set's header field. */
  length: number;
  /** First octet after the set header. */
  at: number;
  /** One past its last octet. */
  end: number;
  /** For data sets: how its records are laid out. */
  template: Template | undefined;
  /**
   * Whole records in it, padding is already off; of template sets the templates that were read, those that were
   * refused included. 0 in sets that were skipped.
   */
  records: number;
}

/** sFlow v5: samples in the order of the datagram. */
export interface SFlowPacket {
  readonly kind: 'sflow_5';
  /** Length of the agent address: 4 or 16. */
  agentLength: 4 | 16;
  /** Offset of the agent address. */
  agentAt: number;
  subAgent: number;
  sequence: number;
  uptimeMs: number;
  /** Samples that the header announces; `sampleCount` of `samples` are there. */
  declaredSamples: number;
  readonly samples: SampleView[];
  sampleCount: number;
}

export type SampleKind = 'flow' | 'counter' | 'drop' | 'unknown';

/** One sFlow sample. Its records are walked by {@link file://./sflow/records.ts}. */
export interface SampleView {
  kind: SampleKind;
  /** Enterprise in the top 20 bits, format in the low 12. */
  format: number;
  /** Declared length of the sample's body. */
  length: number;
  /** First octet of the body, and one past its last. */
  at: number;
  end: number;
  /** Whether the expanded form was used (formats 3 and 4). */
  expanded: boolean;
  sequence: number;
  sourceType: number;
  sourceIndex: number;
  samplingRate: number;
  samplePool: number;
  drops: number;
  /** Interface format (0 index, 1 discard reason, 2 number of outputs) and value. */
  inputFormat: number;
  input: number;
  outputFormat: number;
  output: number;
  /** Drop samples: reason. */
  reason: number;
  /** Records that the sample announces, and where they begin. */
  declaredRecords: number;
  recordsAt: number;
}
