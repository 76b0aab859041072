import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { FixedExporter, PacedSender, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import type { SimulatedExporter } from '#src/simulate/index.js';
import { FlowLedger } from './flow-ledger.ts';

/** Flows of each station. */
export const FLOWS = 500;
const SEED = 42;
const start = BigInt(Date.now()) * 1_000_000n;

/** An exporter with its traffic, of which the oracle keeps the ledger. */
export interface Station {
  readonly name: string;
  readonly exporter: SimulatedExporter;
  readonly traffic: Traffic;
  readonly ledger: FlowLedger;
  /** Address that it sends from. */
  readonly address: string;
  /** What the collector calls it. */
  readonly sampler: string;
}

/** Exporters of every protocol, several of each. */
export function stations(): Station[] {
  const boot = start - 3_600_000_000_000n;
  return Array.from({ length: 12 }, (_, i) => {
    const kind = i % 4;
    const traffic = new Traffic({ seed: SEED, stream: i, start, ipv6: kind === 0 ? 0 : 0.3 });
    const address = `127.0.1.${i + 1}`;
    const agent = `198.51.100.${i + 1}`;
    const exporter = [
      () => new FixedExporter({ boot, samplingInterval: 10, samplingMode: 1 }),
      () => new TemplatedExporter({ version: 9, boot, domains: [{ id: i, samplers: [{ interval: 10 }] }] }),
      () => new TemplatedExporter({ version: 10, boot, domains: [{ id: i, samplers: [{ interval: 10 }] }] }),
      () => new SFlowExporter({ boot, agent, samplingRate: 10, extended: true, countersEvery: 4, expanded: i > 6 }),
    ][kind]!();
    return {
      name: ['NETFLOW_V5', 'NETFLOW_V9', 'IPFIX', 'SFLOW_5'][kind]!,
      exporter,
      traffic,
      ledger: new FlowLedger(traffic, FLOWS),
      address,
      sampler: kind === 3 ? agent : address,
    };
  });
}

/** Datagrams of all exporters, in turns. */
export function datagramsOfAll(all: readonly Station[]): { bytes: Uint8Array; source: number }[] {
  const now = start + 60_000_000_000n;
  const queues = all.map(({ exporter, traffic }) => exporter.export([...traffic.flows(0, FLOWS)], now));
  const longest = Math.max(...queues.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) =>
    queues.flatMap((queue, source) => (queue[turn] === undefined ? [] : [{ bytes: queue[turn], source }])),
  ).flat();
}

/** A sender whose sources are these addresses. */
export async function senderFrom(t: TestContext, addresses: readonly string[], port: number): Promise<PacedSender> {
  const sources = addresses.map((address) => ({ address, port: 0 }));
  const sender = new PacedSender({ target: { address: '127.0.0.1', port }, rate: 2_000, sources });
  await sender.start();
  t.after(() => sender.stop());
  return sender;
}

const protocols: Record<string, number> = { ICMP: 1, TCP: 6, UDP: 17, 'IPv6-ICMP': 58 };

/** Ticks off a message of the collector, and checks that it is the flow that it says it is. */
export function tick(message: Record<string, unknown>, all: readonly Station[]): void {
  const station = all.find(({ sampler }) => sampler === message['sampler_address'])!;
  assert.equal(message['type'], station.name);
  const index = station.ledger.add({
    source: message['src_addr'] as string,
    destination: message['dst_addr'] as string,
    protocol: protocols[message['proto'] as string]!,
    sourcePort: message['src_port'] as number,
    destinationPort: message['dst_port'] as number,
  });
  const flow = station.traffic.flow(index!);
  assert.deepEqual(
    [message['in_if'], message['out_if'], message['sampling_rate'], message['tcp_flags']],
    [flow.inputInterface, flow.outputInterface, 10, flow.tcpFlags ?? 0],
  );
  if (station.name !== 'SFLOW_5') assert.deepEqual([message['bytes'], message['packets']], [flow.octets, flow.packets]);
}
