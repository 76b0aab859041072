import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { exporterTraffic, writeTraffic } from '../support/exporter-traffic.ts';
import { startNfprobe, startSfprobe } from '../support/exporters.ts';
import type { FlowVersion } from '../support/exporters.ts';
import { skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { assertMetered } from './metered.ts';
import { TappedCollector } from './tapped-collector.ts';

const installed = skipWithout('pmacct', 'tshark');

const versions: readonly FlowVersion[] = [5, 9, 10];

for (const version of versions) {
  const name = version === 10 ? 'IPFIX' : `NetFlow v${version}`;
  test(`pmacctd sends ${name}: every flow with its bytes and packets`, installed, async (t) => {
    const folder = temporaryFolder(t);
    const traffic = exporterTraffic({ ipv6: version !== 5 });
    const capture = join(folder, 'traffic.pcap');
    writeTraffic(capture, traffic);
    const tapped = await TappedCollector.start(t, 'netflow');
    const { port, collector } = tapped;
    const pmacctd = startNfprobe(t, { folder, capture, port }, version);
    await setTimeout(3_500); // it waits for a second, reads the capture, and lets flows end
    await pmacctd.stop('SIGINT');
    await collector.until(() => collector.flowCount >= traffic.flows.length);
    await tapped.finish();
    assertMetered(collector.flows, traffic.flows, { tos: 'initiator' });
  });
}

test('pmacctd sends sFlow: every sampled packet with its headers', installed, async (t) => {
  const folder = temporaryFolder(t);
  const traffic = exporterTraffic();
  const capture = join(folder, 'traffic.pcap');
  writeTraffic(capture, traffic);
  const tapped = await TappedCollector.start(t, 'sflow');
  const { port, collector } = tapped;
  const pmacctd = startSfprobe(t, { folder, capture, port }, '192.0.2.7');
  await collector.until(() => collector.flowCount > 0);
  await setTimeout(2_000);
  await pmacctd.stop('SIGINT');
  // it does not sample each packet at a rate of 1, and some twice: the tap tells what it has sent
  await collector.until(() => collector.flowCount > traffic.frames.length * 0.9);
  await tapped.finish();
  for (const message of collector.flows) {
    const { type, sampler_address: agent, sampling_rate: rate, layer_stack: stack } = message;
    assert.deepEqual([type, agent, rate, (stack as string[])[0]], ['SFLOW_5', '192.0.2.7', 1, 'Ethernet']);
  }
  const known = new Set(traffic.flows.map(({ source, destination }) => `${source} ${destination}`));
  for (const { src_addr, dst_addr } of collector.flows) assert.ok(known.has(`${String(src_addr)} ${String(dst_addr)}`));
});
