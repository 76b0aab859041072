import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CollectorProcess } from '../support/collector-process.ts';
import { OpenVSwitch, startFprobe, stopFprobe } from '../support/exporters.ts';
import { OwnNetwork } from '../support/own-network.ts';
import { skipUnless, skipUnlessRoot, skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const talker = fileURLToPath(new URL('../support/send-udp.js', import.meta.url));

function assertRecent(flow: Record<string, unknown>): void {
  const age = Number(flow['time_received_ns']) / 1e9 - Number(flow['time_flow_end_ns']) / 1e9;
  assert.ok(age >= -1 && age < 30, `the flow ended ${age} s before it was received`);
}

/** A collector in a network of its own, on the ports of the protocols. */
async function startCollector(t: TestContext, network: OwnNetwork): Promise<CollectorProcess> {
  const listen = 'sflow://127.0.0.1:6343,netflow://127.0.0.1:2055,netflow://127.0.0.1:4739';
  const collector = new CollectorProcess(t, ['-listen', listen], undefined, network.prefix);
  await collector.ports(3);
  return collector;
}

test(
  'fprobe sends NetFlow v5 of what it hears on an interface',
  skipUnless(skipWithout('fprobe', 'iproute2'), skipUnlessRoot()),
  async (t) => {
    const network = await OwnNetwork.open(t);
    const collector = await startCollector(t, network);
    const fprobe = await startFprobe(network, { device: 'lo', filter: 'ip and udp dst port 6000', port: 2055 });
    await network.run(process.execPath, talker, '127.0.0.2', '5000', '127.0.0.3', '6000', '20', '100');
    await stopFprobe(fprobe);
    await collector.until(() => collector.flowCount > 0);
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    const flows = collector.flows;
    assert.equal(
      flows.reduce((sum, { packets }) => sum + Number(packets), 0),
      20,
    );
    assert.equal(
      flows.reduce((sum, { bytes }) => sum + Number(bytes), 0),
      20 * 128,
    );
    for (const flow of flows) {
      assert.deepEqual(
        [flow['type'], flow['src_addr'], flow['dst_addr'], flow['proto'], flow['src_port'], flow['dst_port']],
        ['NETFLOW_V5', '127.0.0.2', '127.0.0.3', 'UDP', 5_000, 6_000],
      );
      assert.deepEqual([flow['in_if'], flow['out_if']], [3, 4]);
      assertRecent(flow);
    }
  },
);

test(
  'Open vSwitch sends sFlow with counters, NetFlow v5 and IPFIX',
  skipUnless(skipWithout('openvswitch-switch', 'iproute2'), skipUnlessRoot()),
  async (t) => {
    const network = await OwnNetwork.open(t);
    const collector = await startCollector(t, network);
    const openVSwitch = await OpenVSwitch.start(network, temporaryFolder(t));
    await openVSwitch.export({ sflow: 6343, netflow: 2055, ipfix: 4739 });
    await network.run(process.execPath, talker, '10.9.0.1', '5000', '10.9.0.2', '6000', '20', '100');
    const seen = (type: string) =>
      collector.flows.filter(
        (flow) => flow['type'] === type && flow['dst_addr'] === '10.9.0.2' && flow['dst_port'] === 6_000,
      );
    const packets = (type: string) => seen(type).reduce((sum, flow) => sum + Number(flow['packets']), 0);
    await collector.until(() => ['SFLOW_5', 'NETFLOW_V5', 'IPFIX'].every((type) => packets(type) >= 20), 20_000);
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    assert.equal(packets('SFLOW_5'), 20);
    for (const flow of seen('SFLOW_5')) {
      assert.deepEqual([flow['src_addr'], flow['src_port'], flow['proto']], ['10.9.0.1', 5_000, 'UDP']);
      assert.deepEqual([flow['bytes'], flow['packets'], flow['sampling_rate']], [146, 1, 1]); // 142 octets and the check sequence
      assert.equal(flow['dst_mac'], '02:00:00:00:00:02');
      assert.deepEqual(flow['layer_stack'], ['Ethernet', 'IPv4', 'UDP']);
    }
    assert.equal(packets('NETFLOW_V5'), 20);
    assert.equal(
      seen('NETFLOW_V5').reduce((sum, flow) => sum + Number(flow['bytes']), 0),
      20 * 142, // of frames, as this exporter counts them
    );
    // each packet is metered twice: as it comes in, and as it goes out
    for (const out of [true, false]) {
      const flows = seen('IPFIX').filter((flow) => (flow['out_if'] !== 0) === out);
      const sum = (column: string) => flows.reduce((total, flow) => total + Number(flow[column]), 0);
      assert.deepEqual([sum('packets'), sum('bytes')], [20, 20 * 128]);
      for (const flow of flows) {
        assert.deepEqual([flow['observation_domain_id'], flow['observation_point_id']], [123, 456]);
        assert.deepEqual([flow['ip_ttl'], flow['dst_mac'], flow['proto']], [64, '02:00:00:00:00:02', 'UDP']);
        assertRecent(flow);
      }
    }
    const { books } = collector;
    assert.ok(books['samples_counters']! > 0);
    assert.equal(books['datagrams_decoded'], books['datagrams_received']);
  },
);
