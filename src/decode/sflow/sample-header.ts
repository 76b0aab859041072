import type { Cursor } from '../cursor.ts';
import type { SampleView } from '../packet.ts';

/**
 * The members in front of the records of each sample format, as sflow_version_5.txt declares them. Each function reads
 * from the body of a sample, which is what was claimed last, and returns false when the body is too short. Members
 * that a format does not have are left stale.
 *
 * A data source is a type in the top 8 bits and an index below (compact), or two words (expanded). An interface is a
 * format in the top 2 bits and a value below, or two words. Formats: 0 ifIndex, 1 discard reason, 2 number of outputs.
 */

/**
 *     flow_sample { sequence_number; source_id; sampling_rate; sample_pool; drops; input; output; flow_records<> }
 */
export function readFlowSample(sample: SampleView, body: Cursor): boolean {
  if (body.claimed < 32) return false;
  sample.kind = 'flow';
  sample.expanded = false;
  sample.sequence = body.u32(0);
  readSource(sample, body.u32(4));
  sample.samplingRate = body.u32(8);
  sample.samplePool = body.u32(12);
  sample.drops = body.u32(16);
  const input = body.u32(20);
  sample.inputFormat = input >>> 30;
  sample.input = input & 0x3fff_ffff;
  const output = body.u32(24);
  sample.outputFormat = output >>> 30;
  sample.output = output & 0x3fff_ffff;
  readRecordCount(sample, body, 28);
  return true;
}

/**
 *     flow_sample_expanded { sequence_number; source_id { type; index }; sampling_rate; sample_pool; drops;
 *                            input { format; value }; output { format; value }; flow_records<> }
 */
export function readExpandedFlowSample(sample: SampleView, body: Cursor): boolean {
  if (body.claimed < 44) return false;
  sample.kind = 'flow';
  sample.expanded = true;
  sample.sequence = body.u32(0);
  sample.sourceType = body.u32(4);
  sample.sourceIndex = body.u32(8);
  sample.samplingRate = body.u32(12);
  sample.samplePool = body.u32(16);
  sample.drops = body.u32(20);
  sample.inputFormat = body.u32(24);
  sample.input = body.u32(28);
  sample.outputFormat = body.u32(32);
  sample.output = body.u32(36);
  readRecordCount(sample, body, 40);
  return true;
}

/**
 *     counters_sample { sequence_number; source_id; counter_records<> }
 */
export function readCountersSample(sample: SampleView, body: Cursor): boolean {
  if (body.claimed < 12) return false;
  sample.kind = 'counter';
  sample.expanded = false;
  sample.sequence = body.u32(0);
  readSource(sample, body.u32(4));
  readRecordCount(sample, body, 8);
  return true;
}

/**
 *     counters_sample_expanded { sequence_number; source_id { type; index }; counter_records<> }
 */
export function readExpandedCountersSample(sample: SampleView, body: Cursor): boolean {
  if (body.claimed < 16) return false;
  sample.kind = 'counter';
  sample.expanded = true;
  sample.sequence = body.u32(0);
  sample.sourceType = body.u32(4);
  sample.sourceIndex = body.u32(8);
  readRecordCount(sample, body, 12);
  return true;
}

/**
 *     discarded_packet { sequence_number; ds { type; index }; drops; inputifindex; outputifindex; reason;
 *                        discard_records<> }                                                 (sflow_drops.txt)
 */
export function readDiscardedPacket(sample: SampleView, body: Cursor): boolean {
  if (body.claimed < 32) return false;
  sample.kind = 'drop';
  sample.expanded = true;
  sample.sequence = body.u32(0);
  sample.sourceType = body.u32(4);
  sample.sourceIndex = body.u32(8);
  sample.drops = body.u32(12);
  sample.inputFormat = 0;
  sample.input = body.u32(16);
  sample.outputFormat = 0;
  sample.output = body.u32(20);
  sample.reason = body.u32(24);
  readRecordCount(sample, body, 28);
  return true;
}

function readSource(sample: SampleView, source: number): void {
  sample.sourceType = source >>> 24;
  sample.sourceIndex = source & 0xff_ffff;
}

function readRecordCount(sample: SampleView, body: Cursor, offset: number): void {
  sample.declaredRecords = body.u32(offset);
  sample.recordsAt = body.at + offset + 4;
}
