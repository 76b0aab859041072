import type { ElementRegistry } from '../../decode/elements/registry.ts';
import type { Packet } from '../../decode/packet.ts';
import { timeText } from '../../decode/elements/decode-value.ts';
import { addressText } from '../../flow/address.ts';
import type { Datagram } from '../../listen/datagram.ts';
import { jsonText } from './json-text.ts';
import type { RawObject } from './json-text.ts';
import { fixedMessage } from './netflow-fixed.ts';
import { sflowMessage } from './sflow.ts';
import { TemplatedMessages } from './templated.ts';

const types = {
  netflow_v1: 'netflowv1',
  netflow_v5: 'netflowv5',
  netflow_v7: 'netflowv7',
  netflow_v9: 'netflowv9',
  ipfix: 'ipfix',
  sflow_5: 'sflow',
} as const;

/** `-produce raw`: one message a datagram, with everything that was in it. Its formats are `json` and `text`. */
export class RawProducer {
  readonly #text: boolean;
  readonly #names: boolean;
  readonly #templated: TemplatedMessages;

  /** @param names adds names and decoded values (`-produce.raw.names`) */
  constructor(format: 'json' | 'text', names: ElementRegistry | undefined) {
    this.#text = format === 'text';
    this.#names = names !== undefined;
    this.#templated = new TemplatedMessages(names);
  }

  /** The message of a packet. */
  message(packet: Packet, datagram: Datagram): string {
    const source = sourceText(datagram);
    const received = (BigInt(datagram.received[1]!) << 32n) | BigInt(datagram.received[0]!);
    if (this.#text) return `${goTimeText(received)} ${source}: ${summary(packet, datagram)}`;
    const envelope: RawObject = {
      type: packet.kind === 'custom' ? packet.name : types[packet.kind],
      message: this.#message(packet, datagram),
      src: source,
      time_received: timeText(received),
    };
    return jsonText(envelope);
  }

  #message(packet: Packet, datagram: Datagram): RawObject {
    switch (packet.kind) {
      case 'netflow_v1':
      case 'netflow_v5':
      case 'netflow_v7':
        return fixedMessage(packet, datagram);
      case 'sflow_5':
        return sflowMessage(packet, datagram, this.#names);
      case 'custom':
        return packet.raw(datagram) as RawObject;
      default:
        return this.#templated.message(packet, datagram);
    }
  }
}

/** Flow and options records that a packet holds. */
export function recordsOf(packet: Packet): number {
  switch (packet.kind) {
    case 'netflow_v1':
    case 'netflow_v5':
    case 'netflow_v7':
    case 'custom':
      return packet.records;
    case 'sflow_5':
      return packet.samples.slice(0, packet.sampleCount).filter(({ kind }) => kind === 'flow').length;
    default:
      return packet.sets
        .slice(0, packet.setCount)
        .filter(({ kind }) => kind === 'data' || kind === 'options_data')
        .reduce((sum, { records }) => sum + records, 0);
  }
}

function sourceText({ source, sourcePort }: Datagram): string {
  return source.length === 4 ? `${source.text}:${sourcePort}` : `[${source.text}]:${sourcePort}`;
}

/** `2023-11-14 22:13:20.123456789 +0000 UTC` */
function goTimeText(nanoseconds: bigint): string {
  const text = timeText(nanoseconds) ?? '';
  return `${text.slice(0, -1).replace('T', ' ')} +0000 UTC`;
}

function summary(packet: Packet, datagram: Datagram): string {
  switch (packet.kind) {
    case 'netflow_v1':
      return `NetFlowV1 count:${packet.count}`;
    case 'netflow_v5':
    case 'netflow_v7':
      return `NetFlowV${packet.layout.version} seq:${packet.sequence} count:${packet.count}`;
    case 'netflow_v9':
      return `NetFlowV9 count:${packet.count} seq:${packet.sequence}`;
    case 'ipfix':
      return `IPFIX count:${packet.setCount} seq:${packet.sequence}`;
    case 'sflow_5': {
      const agent = addressText(datagram.bytes, packet.agentAt, packet.agentLength);
      return `sFlow5 agent:${agent} seq:${packet.sequence} count:${packet.declaredSamples}`;
    }
    case 'custom':
      return `${packet.name} count:${packet.records} seq:${packet.sequence}`;
  }
}
