import type { Cursor } from '../../decode/cursor.ts';
import type { SampleView, SFlowPacket } from '../../decode/packet.ts';
import { RecordWalker } from '../../decode/sflow/records.ts';
import { addressText } from '../../flow/address.ts';
import type { Datagram } from '../../listen/datagram.ts';
import { counterStructures } from './counter-structures.ts';
import { readFlowRecord } from './flow-records.ts';
import type { RawObject, RawValue } from './json-text.ts';
import { octetsText, readStructure } from './structure.ts';

const records = new RecordWalker();

/** An sFlow datagram with all of its samples and records; what has no structure here as octets in `data`. */
export function sflowMessage(packet: SFlowPacket, datagram: Datagram): RawObject {
  return {
    version: 5,
    'ip-version': packet.agentLength === 4 ? 1 : 2,
    'agent-ip': addressText(datagram.bytes, packet.agentAt, packet.agentLength),
    'sub-agent-id': packet.subAgent,
    'sequence-number': packet.sequence,
    uptime: packet.uptimeMs,
    'samples-count': packet.declaredSamples,
    samples: packet.samples.slice(0, packet.sampleCount).map((sample) => sampleObject(sample, datagram)),
  };
}

function sampleObject(sample: SampleView, datagram: Datagram): RawObject {
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
    ...members(sample),
    records: recordList(sample, datagram),
  };
}

function members(sample: SampleView): RawObject {
  switch (sample.kind) {
    case 'counter':
      return { 'counter-records-count': sample.declaredRecords };
    case 'drop':
      return {
        drops: sample.drops,
        input: sample.input,
        output: sample.output,
        reason: sample.reason,
        'flow-records-count': sample.declaredRecords,
      };
    default:
      return {
        'sampling-rate': sample.samplingRate,
        'sample-pool': sample.samplePool,
        drops: sample.drops,
        ...interfaces(sample),
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

function recordList(sample: SampleView, datagram: Datagram): RawValue[] {
  const list: RawValue[] = [];
  records.open(datagram, sample);
  while (records.next()) {
    const { format, body } = records;
    const { pos: at, end } = body;
    const data = read(sample, format, body) ?? opaque(body, datagram, at, end);
    list.push({ header: { 'data-format': format, length: end - at }, data });
  }
  return list;
}

function read(sample: SampleView, format: number, body: Cursor): RawObject | undefined {
  if (sample.kind !== 'counter') return readFlowRecord(format, body);
  const structure = counterStructures.get(format);
  return structure === undefined ? undefined : readStructure(structure, body);
}

function opaque(body: Cursor, datagram: Datagram, at: number, end: number): RawObject {
  body.reset(datagram.bytes, datagram.view, at, end);
  body.take(end - at);
  return { data: octetsText(body, end - at) };
}
