import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { exporterTraffic, writeTraffic } from '../support/exporter-traffic.ts';
import { startSoftflowd } from '../support/exporters.ts';
import type { FlowVersion } from '../support/exporters.ts';
import { skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { assertMetered } from './metered.ts';
import { TappedCollector } from './tapped-collector.ts';

const installed = skipWithout('softflowd', 'tshark');

interface Row {
  readonly version: FlowVersion;
  readonly options: readonly string[];
  readonly what: string;
  /** How far times may be off: v9 has whole seconds in its header. */
  readonly timesMs: number;
}

const rows: readonly Row[] = [
  { version: 5, options: [], what: 'NetFlow v5', timesMs: 1 },
  { version: 9, options: [], what: 'NetFlow v9', timesMs: 1_000 },
  { version: 10, options: [], what: 'IPFIX with times by sysUptime', timesMs: 1 },
  { version: 10, options: ['-A', 'milli'], what: 'IPFIX with milliseconds', timesMs: 1 },
  { version: 10, options: ['-A', 'micro'], what: 'IPFIX with microseconds', timesMs: 1 },
  { version: 10, options: ['-A', 'nano'], what: 'IPFIX with nanoseconds', timesMs: 1 },
];

for (const { version, options, what, timesMs } of rows) {
  test(`softflowd sends ${what}: every flow with its bytes, packets and times`, installed, async (t) => {
    const folder = temporaryFolder(t);
    const traffic = exporterTraffic({ ipv6: version !== 5 });
    const capture = join(folder, 'traffic.pcap');
    writeTraffic(capture, traffic);
    const tapped = await TappedCollector.start(t, 'netflow');
    const { port, collector } = tapped;
    await startSoftflowd(t, { folder, capture, port }, version, ...options).finished();
    await collector.until(() => collector.flowCount >= traffic.flows.length);
    // the low 11 bits of dateTimeMicroseconds are nothing (RFC 7011 section 6.1.9), which tshark shows all the same
    await tapped.finish(options.includes('micro') ? 500 : 0);
    assertMetered(collector.flows, traffic.flows, { tcpFlags: true, tos: 'initiator', timesMs, timesOfBoth: true });
  });
}

test('softflowd sends IPFIX with MAC addresses and a sampling rate', installed, async (t) => {
  const folder = temporaryFolder(t);
  const traffic = exporterTraffic();
  const capture = join(folder, 'traffic.pcap');
  writeTraffic(capture, traffic);
  const tapped = await TappedCollector.start(t, 'netflow');
  const { port, collector } = tapped;
  await startSoftflowd(t, { folder, capture, port }, 10, '-T', 'ether', '-s', '2').finished();
  await collector.until(() => collector.flowCount > 0);
  await setTimeout(500);
  await tapped.finish();
  const flows = collector.flows;
  assert.ok(flows.length > 20, `${flows.length} flows of every second packet`);
  for (const flow of flows) {
    assert.equal(flow['sampling_rate'], 2);
    assert.deepEqual(new Set([flow['src_mac'], flow['dst_mac']]), new Set(['02:00:00:00:00:0a', '02:00:00:00:00:0b']));
  }
});

test('softflowd sends packets by PSAMP: each with the columns of its headers', installed, async (t) => {
  const folder = temporaryFolder(t);
  const traffic = exporterTraffic();
  const capture = join(folder, 'traffic.pcap');
  writeTraffic(capture, traffic);
  const tapped = await TappedCollector.start(t, 'netflow');
  const { port, collector } = tapped;
  await startSoftflowd(t, { folder, capture, port }, 'psamp').finished();
  await collector.until(() => collector.flowCount >= traffic.frames.length);
  await tapped.stop(); // tshark leaves the frames raw
  for (const flow of collector.flows) {
    assert.deepEqual([flow['type'], flow['packets']], ['IPFIX', 1]);
    assert.equal((flow['layer_stack'] as string[])[0], 'Ethernet');
  }
  // octets are those of frames; those of IP are 14 fewer
  const metered = collector.flows.map((flow) => ({ ...flow, bytes: Number(flow['bytes']) - 14 }));
  assertMetered(metered, traffic.flows, { tcpFlags: true, tos: 'both', timesMs: 1 });
});
