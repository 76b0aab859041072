import { data, packet } from '#src/simulate/packet.js';
import type { Layer } from '#src/simulate/packet.js';
import { ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import { ethernet } from '#src/simulate/packet-link.js';
import { icmp, icmpv6, tcp, udp } from '#src/simulate/packet-transport.js';
import { writeFrames } from './datagram-capture.ts';

/** What a flow meter must find: packets of one direction between two endpoints, and their IP octets. */
export interface MeteredFlow {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tos: number;
  packets: number;
  octets: number;
  /** All flags of the direction. */
  tcpFlags: number;
  /** Times of its first and last packet in the capture, Unix milliseconds. */
  readonly firstMs: number;
  lastMs: number;
}

type FlowKey = Omit<MeteredFlow, 'packets' | 'octets' | 'tcpFlags' | 'firstMs' | 'lastMs'>;

/** Traffic for exporters that read a capture, with what they must find in it. */
export interface ExporterTraffic {
  readonly frames: readonly Uint8Array[];
  readonly flows: readonly MeteredFlow[];
}

const LINK = 14;

/** Unix seconds of the first frame, and milliseconds from frame to frame. */
const START = 1_700_000_000;
const GAP_MS = 10;

/** Frames are noted as they are made, by the key of their flow. */
class Recorder implements ExporterTraffic {
  readonly frames: Uint8Array[] = [];
  readonly #flows = new Map<string, MeteredFlow>();

  get flows(): MeteredFlow[] {
    return [...this.#flows.values()];
  }

  put(key: FlowKey, tcpFlags: number, ...transport: Layer[]): void {
    const { source, destination, tos } = key;
    const towards = source < destination;
    const link = towards ? {} : { source: '02:00:00:00:00:0b', destination: '02:00:00:00:00:0a' };
    const network = source.includes(':')
      ? ipv6({ source, destination, trafficClass: tos })
      : ipv4({ source, destination, tos, identification: this.frames.length, flags: 2 });
    const frame = packet(ethernet(link), network, ...transport);
    const timeMs = START * 1_000 + this.frames.length * GAP_MS;
    this.frames.push(frame);
    const text = JSON.stringify(key);
    const flow = this.#flows.get(text) ?? { ...key, packets: 0, octets: 0, tcpFlags: 0, firstMs: timeMs, lastMs: 0 };
    flow.lastMs = timeMs;
    flow.packets++;
    flow.octets += frame.length - LINK;
    flow.tcpFlags |= tcpFlags;
    this.#flows.set(text, flow);
  }
}

interface Ends {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tos: number;
}

const reverse = ({ source, destination, sourcePort, destinationPort, tos }: Ends): Ends => ({
  source: destination,
  destination: source,
  sourcePort: destinationPort,
  destinationPort: sourcePort,
  tos,
});

/** A whole connection: handshake, `exchanges` of a request and an answer, the end from both sides. */
function connection(recorder: Recorder, ends: Ends, exchanges: number): void {
  const send = (from: Ends, flags: number, octets = 0) => {
    const { sourcePort, destinationPort } = from;
    const layers = [tcp({ sourcePort, destinationPort, flags }), data(new Uint8Array(octets).fill(0x61))];
    recorder.put({ ...from, protocol: 6 }, flags, ...layers);
  };
  const back = reverse(ends);
  send(ends, 0x02);
  send(back, 0x12);
  send(ends, 0x10);
  for (let i = 0; i < exchanges; i++) {
    send(ends, 0x18, 100 + i);
    send(back, 0x10, 700 + 10 * i);
  }
  send(ends, 0x11);
  send(back, 0x11);
  send(ends, 0x10);
}

function query(recorder: Recorder, ends: Ends): void {
  for (const [from, octets] of [
    [ends, 40],
    [reverse(ends), 160],
  ] as const) {
    const { sourcePort, destinationPort } = from;
    const layers = [udp({ sourcePort, destinationPort }), data(new Uint8Array(octets))];
    recorder.put({ ...from, protocol: 17 }, 0, ...layers);
  }
}

function echo(recorder: Recorder, source: string, destination: string, count: number): void {
  const six = source.includes(':');
  const key = { sourcePort: 0, destinationPort: 0, tos: 0, protocol: six ? 58 : 1 };
  for (let i = 0; i < count; i++) {
    const message = (type: number) => [(six ? icmpv6 : icmp)({ type, rest: i }), data(new Uint8Array(56))];
    recorder.put({ ...key, source, destination }, 0, ...message(six ? 128 : 8));
    recorder.put({ ...key, source: destination, destination: source }, 0, ...message(six ? 129 : 0));
  }
}

/**
 * Connections, queries and echoes between documentation addresses.
 *
 * @param ipv6 whether some of it goes over IPv6, which not every exporter reads
 */
export function exporterTraffic({ ipv6: six = true } = {}): ExporterTraffic {
  const recorder = new Recorder();
  for (let i = 0; i < 12; i++) {
    const ends = { source: `198.51.100.${10 + i}`, destination: `203.0.113.${5 + (i % 3)}`, sourcePort: 40_000 + i };
    connection(
      recorder,
      { ...ends, destinationPort: [80, 443, 22][i % 3]!, tos: [0, 0x28, 0xb8][i % 3]! },
      2 + (i % 4),
    );
  }
  for (let i = 0; i < 20; i++) {
    query(recorder, {
      source: `198.51.100.${100 + i}`,
      destination: '203.0.113.53',
      sourcePort: 33_000 + i,
      destinationPort: 9_053,
      tos: 0,
    });
  }
  echo(recorder, '198.51.100.1', '203.0.113.1', 5);
  if (six) {
    for (let i = 0; i < 8; i++) {
      const ends = {
        source: `2001:db8:1::${16 + i}`,
        destination: `2001:db8:2::${1 + (i % 2)}`,
        sourcePort: 50_000 + i,
      };
      connection(recorder, { ...ends, destinationPort: 443, tos: 0x20 }, 1 + (i % 3));
    }
    echo(recorder, '2001:db8:1::1', '2001:db8:2::1', 4);
  }
  return recorder;
}

/** Writes the traffic as a capture. */
export function writeTraffic(path: string, traffic: ExporterTraffic): void {
  writeFrames(path, traffic.frames, GAP_MS, START);
}
