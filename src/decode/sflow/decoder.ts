import type { Datagram } from '../../listen/datagram.ts';
import { counterIndex } from '../../metrics/counters.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { Failure } from '../../metrics/reasons.ts';
import { Cursor } from '../cursor.ts';
import type { Decoder, OnPacket } from '../decoder.ts';
import { MAX_RECORDS_PER_DATAGRAM } from '../limits.ts';
import type { SFlowPacket, SampleView } from '../packet.ts';
import type { SequenceTracker } from '../sequence/tracker.ts';
import { unsupportedVersion } from '../unsupported-version.ts';
import { AddressType, SampleFormat } from './formats.ts';
import {
  readCountersSample,
  readDiscardedPacket,
  readExpandedCountersSample,
  readExpandedFlowSample,
  readFlowSample,
} from './sample-header.ts';

const RECEIVED = counterIndex('sets_received');
const FLOW = counterIndex('samples_flow');
const COUNTER = counterIndex('samples_counters');
const DROP = counterIndex('samples_drop');

/**
 * sFlow version 5 (sflow_version_5.txt, XDR of RFC 4506):
 *
 *     version                 4 octets, 5
 *     address_type            4: 1 IPv4, 2 IPv6
 *     agent_address           4 or 16
 *     sub_agent_id            4
 *     sequence_number         4
 *     uptime                  4, milliseconds
 *     samples<>               4, a count; then each: format 4, length 4, body padded to 4
 *
 * The samples are walked first and then handed on in one packet. One that announces more octets than are left ends
 * the walk; those before it are kept. One that is not known, or too short for its own members, is stepped over by its
 * length. Records inside of the samples are walked by whoever wants them, see {@link file://./records.ts}.
 */
export class SFlowDecoder implements Decoder {
  readonly #counters: Counters;
  readonly #sequences: SequenceTracker | undefined;
  readonly #cursor = new Cursor();
  readonly #packet = {
    kind: 'sflow_5',
    agentLength: 4,
    agentAt: 0,
    subAgent: 0,
    sequence: 0,
    uptimeMs: 0,
    declaredSamples: 0,
    samples: [] as SampleView[],
    sampleCount: 0,
  } satisfies SFlowPacket as SFlowPacket;
  // samples of the datagram at hand that are skipped, by reason
  #unknown = 0;
  #malformed = 0;

  constructor(counters: Counters, sequences?: SequenceTracker) {
    this.#counters = counters;
    this.#sequences = sequences;
  }

  decode(datagram: Datagram, onPacket: OnPacket): Failure | undefined {
    const { bytes, view, offset, length } = datagram;
    this.#cursor.reset(bytes, view, offset, offset + length);
    const failure = this.#readHeader();
    if (failure === 'unsupported_version') this.#counters.add(`unsupported:${unsupportedVersion(datagram)}`);
    if (failure !== undefined) return failure;
    this.#walkSamples();
    this.#sequences?.sflow(this.#packet, datagram);
    onPacket(this.#packet, datagram);
    return undefined;
  }

  #readHeader(): Failure | undefined {
    const cursor = this.#cursor;
    const packet = this.#packet;
    if (!cursor.take(8)) return 'too_short';
    if (cursor.u32(0) !== 5) return 'unsupported_version';
    const type = cursor.u32(4);
    if (type !== AddressType.ipv4 && type !== AddressType.ipv6) return 'bad_address_type';
    packet.agentLength = type === AddressType.ipv4 ? 4 : 16;
    if (!cursor.take(packet.agentLength)) return 'too_short';
    packet.agentAt = cursor.at;
    if (!cursor.take(16)) return 'too_short';
    packet.subAgent = cursor.u32(0);
    packet.sequence = cursor.u32(4);
    packet.uptimeMs = cursor.u32(8);
    packet.declaredSamples = cursor.u32(12);
    return undefined;
  }

  /** Every round takes 8 octets at least, whatever number of samples was announced. */
  #walkSamples(): void {
    const cursor = this.#cursor;
    const packet = this.#packet;
    const counters = this.#counters;
    packet.sampleCount = 0;
    this.#unknown = this.#malformed = 0;
    let found = 0;
    let truncated = false;
    while (found < packet.declaredSamples && cursor.left > 0 && !truncated) {
      found++;
      truncated = !this.#walkSample();
    }
    counters.values[RECEIVED]! += found;
    const beyond = found - packet.sampleCount - (truncated ? 1 : 0);
    if (this.#unknown > 0) counters.add('sets_skipped:unknown_sample', this.#unknown);
    if (this.#malformed > 0) counters.add('sets_skipped:malformed_sample', this.#malformed);
    if (beyond > 0) counters.add('sets_skipped:records_limit', beyond);
    if (truncated) counters.add('sets_skipped:truncated');
    else if (found < packet.declaredSamples) counters.add('notices:count_mismatch');
    else if (cursor.left > 0) counters.add('notices:trailing_bytes');
  }

  /** Takes one sample and its padding; false when it announces more octets than are left. */
  #walkSample(): boolean {
    const cursor = this.#cursor;
    if (!cursor.take(8)) return false;
    const format = cursor.u32(0);
    const length = cursor.u32(4);
    if (!cursor.take(length)) return false;
    if (this.#packet.sampleCount < MAX_RECORDS_PER_DATAGRAM) this.#readSample(format, length);
    if (length % 4 !== 0) cursor.take(Math.min(4 - (length % 4), cursor.left));
    return true;
  }

  /** Reads the sample whose body was claimed. */
  #readSample(format: number, length: number): void {
    const cursor = this.#cursor;
    const { samples, sampleCount } = this.#packet;
    const sample = (samples[sampleCount] ??= newSample());
    this.#packet.sampleCount++;
    sample.kind = 'unknown';
    sample.format = format;
    sample.length = length;
    sample.at = cursor.at;
    sample.end = cursor.pos;
    sample.declaredRecords = 0;
    sample.recordsAt = cursor.pos;
    this.#readMembers(sample, cursor);
  }

  #readMembers(sample: SampleView, body: Cursor): void {
    switch (sample.format) {
      case SampleFormat.flow:
        return this.#count(FLOW, readFlowSample(sample, body));
      case SampleFormat.expandedFlow:
        return this.#count(FLOW, readExpandedFlowSample(sample, body));
      case SampleFormat.counters:
        return this.#count(COUNTER, readCountersSample(sample, body));
      case SampleFormat.expandedCounters:
        return this.#count(COUNTER, readExpandedCountersSample(sample, body));
      case SampleFormat.discardedPacket:
        return this.#count(DROP, readDiscardedPacket(sample, body));
      default:
        this.#unknown++;
    }
  }

  #count(kind: number, read: boolean): void {
    if (read) this.#counters.values[kind]! += 1;
    else this.#malformed++;
  }
}

function newSample(): SampleView {
  return {
    kind: 'unknown',
    format: 0,
    length: 0,
    at: 0,
    end: 0,
    expanded: false,
    sequence: 0,
    sourceType: 0,
    sourceIndex: 0,
    samplingRate: 0,
    samplePool: 0,
    drops: 0,
    inputFormat: 0,
    input: 0,
    outputFormat: 0,
    output: 0,
    reason: 0,
    declaredRecords: 0,
    recordsAt: 0,
  };
}
