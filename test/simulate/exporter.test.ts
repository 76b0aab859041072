import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FixedExporter, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import type { SimulatedExporter } from '#src/simulate/index.js';
import { layout } from '#src/simulate/layouts.js';

const boot = 1_700_000_000_000_000_000n;
const second = 1_000_000_000n;
const traffic = (ipv6: number) => new Traffic({ seed: 3, start: boot + 60n * second, ipv6 });
const u16 = (datagram: Uint8Array, at: number) => new DataView(datagram.buffer).getUint16(at);
const u32 = (datagram: Uint8Array, at: number) => new DataView(datagram.buffer).getUint32(at);

test('NetFlow v5 counts flows for each engine, and starts again after a reboot', () => {
  const exporter = new FixedExporter({ boot });
  const flows = [...traffic(0).flows(0, 70)];
  const datagrams = exporter.export(flows, boot + 90n * second);
  assert.deepEqual(
    datagrams.map((datagram) => u16(datagram, 2)),
    [29, 29, 12],
    'counts',
  ); // 29 fit into 1452 octets
  assert.deepEqual(
    datagrams.map((datagram) => u32(datagram, 16)),
    [0, 29, 58],
    'sequence',
  );
  assert.deepEqual(
    datagrams.map((datagram) => u32(datagram, 4)),
    [90_000, 90_000, 90_000],
    'uptime',
  );
  assert.equal(u32(exporter.export(flows.slice(0, 1), boot + 91n * second, 7)[0]!, 16), 0, 'another engine');
  assert.equal(u32(exporter.export(flows.slice(0, 1), boot + 91n * second)[0]!, 16), 70);
  exporter.reboot(boot + 100n * second);
  const [after] = exporter.export(flows.slice(0, 1), boot + 101n * second);
  assert.deepEqual([u32(after!, 4), u32(after!, 16)], [1_000, 0]);
  assert.equal(exporter.account.flows, 73);
  assert.equal(exporter.export([...traffic(1).flows(0, 3)], boot).length, 0);
  assert.equal(exporter.account.unsupported, 3);
});

test('NetFlow v9 counts datagrams for each source id, and repeats its templates', () => {
  const exporter = new TemplatedExporter({ version: 9, boot, domains: [{ id: 1 }, { id: 2 }], refreshEvery: 2 });
  const flows = [...traffic(0).flows(0, 60)];
  const datagrams = exporter.export(flows, boot + 90n * second, 1);
  assert.deepEqual(
    datagrams.map((datagram) => u32(datagram, 12)),
    datagrams.map((_, i) => i),
    'sequence',
  );
  assert.deepEqual(
    datagrams.map((datagram) => u16(datagram, 20) === 0),
    datagrams.map((_, i) => i % 2 === 0),
    'templates',
  );
  const [other] = exporter.export(flows.slice(0, 2), boot + 90n * second, 2);
  assert.deepEqual([u32(other!, 12), u32(other!, 16), u16(other!, 2)], [0, 2, 4], 'two templates and two flows');
  exporter.reboot(boot + 100n * second);
  const [after] = exporter.export(flows.slice(0, 1), boot + 101n * second, 1);
  assert.deepEqual([u32(after!, 4), u32(after!, 12), u16(after!, 20)], [1_000, 0, 0]);
});

test('IPFIX counts data records, options data too, but not templates', () => {
  const samplers = [
    { id: 1, interval: 10 },
    { id: 2, interval: 20 },
  ];
  const exporter = new TemplatedExporter({ version: 10, boot, domains: [{ id: 9, samplers }], refreshEvery: 100 });
  const flows = [...traffic(0.5).flows(0, 5)];
  const sequences = [flows, flows, []].map((part) => exporter.export(part, boot + 90n * second).map((d) => u32(d, 8)));
  assert.deepEqual(sequences, [[0], [7], []]);
  assert.equal(u32(exporter.announce(boot + 91n * second), 8), 12);
  assert.equal(u32(exporter.announce(boot + 91n * second), 8), 14);
  const [message] = exporter.export(flows, boot + 92n * second);
  assert.deepEqual([u16(message!, 2), u32(message!, 12)], [message!.length, 9]);
});

test('changed layouts are announced with the next datagram', () => {
  const exporter = new TemplatedExporter({ version: 10, boot });
  const flows = [...traffic(0).flows(0, 1)];
  exporter.export(flows, boot);
  exporter.changeLayouts({ ipv4: layout(256, ['sourceIPv4Address']), ipv6: layout(257, ['sourceIPv6Address']) });
  const [changed] = exporter.export(flows, boot);
  assert.deepEqual([u16(changed!, 16), u16(changed!, 22)], [2, 1], 'a template set, the first template of one field');
});

test('sFlow counts datagrams for each sub-agent and samples for each source', () => {
  const exporter = new SFlowExporter({ boot, samplingRate: 400 });
  const flows = [...traffic(0.3).flows(0, 40)].map((flow) => ({ ...flow, inputInterface: 5 }));
  const datagrams = exporter.export(flows, boot + 90n * second);
  assert.ok(datagrams.length > 3);
  assert.deepEqual(
    datagrams.map((datagram) => u32(datagram, 16)),
    datagrams.map((_, i) => i + 1),
    'datagrams',
  );
  let samples = 0;
  for (const datagram of datagrams) {
    for (let i = 0, at = 28; i < u32(datagram, 24); i++, at += 8 + u32(datagram, at + 4)) {
      samples++;
      assert.deepEqual([u32(datagram, at), u32(datagram, at + 8)], [1, samples], 'format and sequence');
      assert.equal(u32(datagram, at + 20), samples * 400, 'pool');
    }
  }
  assert.equal(samples, 40);
  assert.equal(u32(exporter.export(flows.slice(0, 1), boot, 8)[0]!, 16), 1, 'another sub-agent');
  exporter.reboot(boot + 100n * second);
  const [after] = exporter.export(flows.slice(0, 1), boot + 102n * second);
  assert.deepEqual([u32(after!, 16), u32(after!, 20), u32(after!, 36)], [1, 2_000, 1]);
});

test('no datagram is longer than the payload, and each exporter accounts for what it made', () => {
  const flows = [...traffic(0.3).flows(0, 200)];
  for (const payload of [576, 1_452, 8_952]) {
    const exporters: SimulatedExporter[] = [
      new FixedExporter({ boot, payload }),
      new TemplatedExporter({ version: 9, boot, payload }),
      new TemplatedExporter({ version: 10, boot, payload, domains: [{ id: 1, samplers: [{ interval: 100 }] }] }),
      new SFlowExporter({ boot, payload, extended: true, countersEvery: 3 }),
    ];
    for (const exporter of exporters) {
      const datagrams = exporter.export(flows, boot + 90n * second);
      const { account } = exporter;
      assert.ok(datagrams.every((datagram) => datagram.length <= payload));
      assert.ok(Math.max(...datagrams.map(({ length }) => length)) > payload - 400 || payload > 1_500, 'well filled');
      assert.equal(account.datagrams, datagrams.length);
      assert.equal(
        account.octets,
        datagrams.reduce((sum, { length }) => sum + length, 0),
      );
      assert.equal(account.flows + account.unsupported, flows.length);
    }
  }
  assert.throws(() => new TemplatedExporter({ version: 9, boot, payload: 100 }).export(flows, boot), /does not fit/);
  assert.throws(() => new SFlowExporter({ boot, payload: 100 }).export(flows, boot), /does not fit/);
  assert.throws(() => new FixedExporter({ boot, payload: 71 }), /at least 72/);
});
