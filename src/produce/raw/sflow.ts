import type { Cursor } from '../../decode/cursor.ts';
import type { SampleView, SFlowPacket } from '../../decode/packet.ts';
import { RecordWalker } from '../../decode/sflow/records.ts';
import { addressText } from '../../flow/address.ts';
import type { Datagram } from '../../listen/datagram.ts';
import { counterStructures } from './counter-structures.ts';
import { dropReason } from './drop-reasons.ts';
import { readFlowRecord, recordObject } from './flow-records.ts';
import type { RawObject, RawValue } from './json-text.ts';
import { readStructure } from './structure.ts';

/** Format of an output interface whose value is the reason why the packet was dropped (sflow_version_5.txt). */
const DISCARDED = 1;

const records = new RecordWalker();

/**
 * An sFlow datagram with all of its samples and records; what has no structure here as octets in `data`.
 *
 * @param names adds the names of reasons why packets were dropped, and octets behind the members that are known
 */
export function sflowMessage(packet: SFlowPacket, datagram: Datagram, names: boolean): RawObject {
  return {
    version: 5,
    'ip-version': packet.agentLength === 4 ? 1 : 2,
    'agent-ip': addressText(datagram.bytes, packet.agentAt, packet.agentLength),
    'sub-agent-id': packet.subAgent,
    'sequence-number': packet.sequence,
    uptime: packet.uptimeMs,
    'samples-count': packet.declaredSamples,
    samples: packet.samples.slice(0, packet.sampleCount).map((sample) => sampleObject(sample, datagram, names)),
  };
}

function sampleObject(sample: SampleView, datagram: Datagram, names: boolean): RawObject {
  const header = { format: sample.format, length: sample.length };
  if (sample.kind === 'unknown') {
    const { bytes } = datagram;
    const data = Buffer.from(bytes.buffer, bytes.byteOffset + sample.at, sample.end - sample.at);
    return { header, data: data.toString('base64') };
  }
  return {
    header: {
      ...header,
      'sample-sequence-number': sample.sequence,
      'source-id-type': sample.sourceType,
      'source-id-value': sample.sourceIndex,
    },
    ...members(sample, names),
    records: recordList(sample, datagram, names),
  };
}

function members(sample: SampleView, names: boolean): RawObject {
  switch (sample.kind) {
    case 'counter':
      return { 'counter-records-count': sample.declaredRecords };
    case 'drop':
      return {
        drops: sample.drops,
        input: sample.input,
        output: sample.output,
        reason: sample.reason,
        ...(names && { 'reason-name': dropReason(sample.reason) }),
        'flow-records-count': sample.declaredRecords,
      };
    default:
      return {
        'sampling-rate': sample.samplingRate,
        'sample-pool': sample.samplePool,
        drops: sample.drops,
        ...interfaces(sample),
        ...(names && sample.outputFormat === DISCARDED && { 'reason-name': dropReason(sample.output) }),
        'flow-records-count': sample.declaredRecords,
      };
  }
}

/** The compact form shows its word as it was, format bits included, and says what they mean where they are set. */
function interfaces(sample: SampleView): RawObject {
  const formats = {
    'input-if-format': sample.inputFormat,
    'input-if-value': sample.input,
    'output-if-format': sample.outputFormat,
    'output-if-value': sample.output,
  };
  if (sample.expanded) return formats;
  const words = {
    input: ((sample.inputFormat << 30) | sample.input) >>> 0,
    output: ((sample.outputFormat << 30) | sample.output) >>> 0,
  };
  return sample.inputFormat === 0 && sample.outputFormat === 0 ? words : { ...words, ...formats };
}

function recordList(sample: SampleView, datagram: Datagram, names: boolean): RawValue[] {
  const list: RawValue[] = [];
  const read = sample.kind === 'counter' ? readCounters : readFlowRecord;
  records.open(datagram, sample);
  while (records.next()) list.push(recordObject(records.format, records.body, read, names));
  return list;
}

function readCounters(format: number, body: Cursor): RawObject | undefined {
  const structure = counterStructures.get(format);
  return structure === undefined ? undefined : readStructure(structure, body);
}
