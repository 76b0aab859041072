import { concatenate } from './wire-writer.ts';
import { XdrWriter } from './xdr.ts';

/** Header of a datagram (sFlow version 5, structure `sample_datagram_v5`). */
export interface SFlowHeader {
  /** Agent; undefined is an address of type 0. */
  agent: string | undefined;
  subAgent?: number;
  /** Datagrams that this sub-agent sent before, plus one. */
  sequence: number;
  uptimeMs: number;
  /** Wrong on purpose: */
  version?: number;
  sampleCount?: number;
}

/** A record of a sample: `(enterprise << 12) | format`, length and body. */
export interface SFlowRecord {
  readonly enterprise?: number;
  readonly format: number;
  readonly body: Uint8Array;
  /** Wrong on purpose: */
  readonly length?: number;
}

/** Where a sample was taken: type 0 = ifIndex, 1 = smonVlanDataSource, 2 = entPhysicalEntry. */
export interface DataSource {
  readonly type?: number;
  readonly index: number;
}

/**
 * An interface of a flow sample. Format 0: `value` is the ifIndex (0 unknown, 0x3fffffff the device itself);
 * format 1: dropped, for the reason `value`; format 2: sent by `value` interfaces.
 */
export interface SampledInterface {
  readonly format?: number;
  readonly value: number;
}

interface SampleCommon {
  readonly sequence: number;
  readonly source: DataSource;
  readonly records: readonly SFlowRecord[];
  /** Wrong on purpose: */
  readonly recordCount?: number;
  readonly length?: number;
  readonly enterprise?: number;
  readonly format?: number;
}

export interface FlowSample extends SampleCommon {
  readonly samplingRate: number;
  /** Packets that could have been sampled. */
  readonly samplePool: number;
  readonly drops?: number;
  readonly input: SampledInterface;
  readonly output: SampledInterface;
}

export type CounterSample = SampleCommon;

export interface DropSample extends SampleCommon {
  readonly drops?: number;
  readonly input: number;
  readonly output: number;
  /** Reason of the drop: up to 255 a code of ICMP destination unreachable, from 256 sFlow's own (258 = by an ACL). */
  readonly reason: number;
}

/** An sFlow v5 datagram; `samples` as the functions below give them. */
export function encodeSFlow(header: SFlowHeader, samples: readonly Uint8Array[]): Uint8Array {
  return new XdrWriter()
    .u32(header.version ?? 5)
    .address(header.agent)
    .u32(header.subAgent ?? 0)
    .u32(header.sequence)
    .u32(header.uptimeMs)
    .u32(header.sampleCount ?? samples.length)
    .bytes(concatenate(samples))
    .finish();
}

/** `flow_sample`, format 1. */
export function encodeFlowSample(sample: FlowSample): Uint8Array {
  const body = new XdrWriter()
    .u32(sample.sequence)
    .u32(compactSource(sample.source))
    .u32(sample.samplingRate)
    .u32(sample.samplePool)
    .u32(sample.drops ?? 0)
    .u32(compactInterface(sample.input))
    .u32(compactInterface(sample.output));
  return encodeSample(1, sample, body);
}

/** `flow_sample_expanded`, format 3. */
export function encodeExpandedFlowSample(sample: FlowSample): Uint8Array {
  const body = new XdrWriter()
    .u32(sample.sequence)
    .u32(sample.source.type ?? 0)
    .u32(sample.source.index)
    .u32(sample.samplingRate)
    .u32(sample.samplePool)
    .u32(sample.drops ?? 0)
    .u32(sample.input.format ?? 0)
    .u32(sample.input.value)
    .u32(sample.output.format ?? 0)
    .u32(sample.output.value);
  return encodeSample(3, sample, body);
}

/** `counters_sample`, format 2. */
export function encodeCounterSample(sample: CounterSample): Uint8Array {
  return encodeSample(2, sample, new XdrWriter().u32(sample.sequence).u32(compactSource(sample.source)));
}

/** `counters_sample_expanded`, format 4. */
export function encodeExpandedCounterSample(sample: CounterSample): Uint8Array {
  const { sequence, source } = sample;
  return encodeSample(
    4,
    sample,
    new XdrWriter()
      .u32(sequence)
      .u32(source.type ?? 0)
      .u32(source.index),
  );
}

/** `discarded_packet`, format 5 (sFlow dropped packet notification structures). */
export function encodeDropSample(sample: DropSample): Uint8Array {
  const body = new XdrWriter()
    .u32(sample.sequence)
    .u32(sample.source.type ?? 0)
    .u32(sample.source.index)
    .u32(sample.drops ?? 0)
    .u32(sample.input)
    .u32(sample.output)
    .u32(sample.reason);
  return encodeSample(5, sample, body);
}

/** A record with its header. */
export function encodeRecord(record: SFlowRecord): Uint8Array {
  return new XdrWriter()
    .u32(((record.enterprise ?? 0) << 12) | record.format)
    .u32(record.length ?? record.body.length)
    .bytes(record.body)
    .finish();
}

function encodeSample(format: number, sample: SampleCommon, body: XdrWriter): Uint8Array {
  body.u32(sample.recordCount ?? sample.records.length).bytes(concatenate(sample.records.map(encodeRecord)));
  return new XdrWriter()
    .u32(((sample.enterprise ?? 0) << 12) | (sample.format ?? format))
    .u32(sample.length ?? body.length)
    .bytes(body.finish())
    .finish();
}

/** Type in the top 8 bits, index in the low 24. */
function compactSource(source: DataSource): number {
  return ((source.type ?? 0) << 24) | source.index;
}

/** Format in the top 2 bits, value in the low 30. */
function compactInterface(side: SampledInterface): number {
  return ((side.format ?? 0) << 30) | side.value;
}
