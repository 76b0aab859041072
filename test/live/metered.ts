import assert from 'node:assert/strict';
import type { MeteredFlow } from '../support/exporter-traffic.ts';

/** A flow message of the collector, as its JSON line has it. */
export type Message = Record<string, unknown>;

const protocols: Record<number, string> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'IPv6-ICMP' };

/** What tells flows apart; ICMP has no ports. */
function keyOf(source: unknown, destination: unknown, protocol: unknown, ports: readonly unknown[]): string {
  const icmp = String(protocol).includes('ICMP');
  return [source, '>', destination, protocol, ...(icmp ? [] : ports)].map(String).join(' ');
}

interface Totals {
  packets: number;
  bytes: number;
  tcpFlags: number;
  tos: number;
  firstMs: number;
  lastMs: number;
}

/** Adds up messages of one flow: an exporter may tell it in several parts. */
function totalsOf(messages: readonly Message[]): Map<string, Totals> {
  const totals = new Map<string, Totals>();
  for (const message of messages) {
    const ports = [message['src_port'], message['dst_port']];
    const key = keyOf(message['src_addr'], message['dst_addr'], message['proto'], ports);
    const number = (name: string) => Number(message[name]);
    const part: Totals = {
      packets: number('packets'),
      bytes: number('bytes'),
      tcpFlags: number('tcp_flags'),
      tos: number('ip_tos'),
      firstMs: number('time_flow_start_ns') / 1e6,
      lastMs: number('time_flow_end_ns') / 1e6,
    };
    const sum = totals.get(key);
    if (sum === undefined) {
      totals.set(key, part);
      continue;
    }
    sum.packets += part.packets;
    sum.bytes += part.bytes;
    sum.tcpFlags |= part.tcpFlags;
    sum.firstMs = Math.min(sum.firstMs, part.firstMs);
    sum.lastMs = Math.max(sum.lastMs, part.lastMs);
  }
  return totals;
}

/** What of a flow is compared beside its key, packets and bytes. */
export interface Compared {
  readonly tcpFlags?: boolean;
  /** `initiator`: for the side that began, and not for IPv6, as some exporters tell it. */
  readonly tos?: 'initiator' | 'both';
  /** How far times may be from those of the capture, milliseconds. */
  readonly timesMs?: number;
  /** Whether the exporter keeps one pair of times for both directions of a conversation (not of ICMP). */
  readonly timesOfBoth?: boolean;
}

function oppositeOf(flow: MeteredFlow, flows: readonly MeteredFlow[]): MeteredFlow | undefined {
  return flows.find(
    ({ source, destination, protocol, sourcePort, destinationPort }) =>
      source === flow.destination &&
      destination === flow.source &&
      protocol === flow.protocol &&
      sourcePort === flow.destinationPort &&
      destinationPort === flow.sourcePort,
  );
}

/** Holds the messages of a collector against the traffic that an exporter has metered: no flow more, none less. */
export function assertMetered(messages: readonly Message[], flows: readonly MeteredFlow[], compared: Compared): void {
  const seen = totalsOf(messages);
  const expected = new Map<string, MeteredFlow>();
  for (const flow of flows) {
    const ports = [flow.sourcePort, flow.destinationPort];
    expected.set(keyOf(flow.source, flow.destination, protocols[flow.protocol], ports), flow);
  }
  assert.deepEqual([...seen.keys()].sort(), [...expected.keys()].sort());
  for (const [key, flow] of expected) {
    const totals = seen.get(key)!;
    assert.deepEqual([totals.packets, totals.bytes], [flow.packets, flow.octets], key);
    if (compared.tcpFlags === true) assert.equal(totals.tcpFlags, flow.tcpFlags, key);
    const opposite = oppositeOf(flow, flows) ?? flow;
    const told = flow.firstMs <= opposite.firstMs && !flow.source.includes(':');
    if (compared.tos === 'both' || (compared.tos === 'initiator' && told)) assert.equal(totals.tos, flow.tos, key);
    if (compared.timesMs === undefined) continue;
    const other = compared.timesOfBoth === true && flow.sourcePort > 0 ? opposite : flow;
    const offMs = [
      totals.firstMs - Math.min(flow.firstMs, other.firstMs),
      totals.lastMs - Math.max(flow.lastMs, other.lastMs),
    ];
    assert.ok(
      Math.max(...offMs.map(Math.abs)) <= compared.timesMs,
      `${key}: times are off by ${offMs.join(' and ')} ms`,
    );
  }
}
