import { join } from 'node:path';
import { test } from 'node:test';
import { exporterTraffic, writeTraffic } from '../support/exporter-traffic.ts';
import { startSoftflowd } from '../support/exporters.ts';
import type { FlowVersion } from '../support/exporters.ts';
import { skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { assertMetered } from './metered.ts';
import { TappedCollector } from './tapped-collector.ts';

const installed = skipWithout('softflowd', 'tshark');

const versions: readonly FlowVersion[] = [5];

for (const version of versions) {
  const name = version === 10 ? 'IPFIX' : `NetFlow v${version}`;
  test(`softflowd sends ${name}: every flow with its bytes, packets and times`, installed, async (t) => {
    const folder = temporaryFolder(t);
    const traffic = exporterTraffic({ ipv6: version !== 5 });
    const capture = join(folder, 'traffic.pcap');
    writeTraffic(capture, traffic);
    const tapped = await TappedCollector.start(t, 'netflow');
    const { port, collector } = tapped;
    await startSoftflowd(t, { folder, capture, port }, version).finished();
    await collector.until(() => collector.flows.length >= traffic.flows.length);
    await tapped.finish();
    assertMetered(collector.flows, traffic.flows, { tcpFlags: true, tos: 'initiator', timesMs: 1, timesOfBoth: true });
  });
}
