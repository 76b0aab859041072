import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FixedExporter, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import type { SimulatedExporter, SimulatedFlow } from '#src/simulate/index.js';
import { ipfixLayouts, v9Layouts } from '#src/simulate/layouts.js';
import { storedDatagram } from '../support/stored-datagram.ts';
import { columnsOf } from '../support/flow-columns.ts';
import { WholeChain } from '../support/whole-chain.ts';

const boot = 1_700_000_000_000_000_000n;
const now = boot + 100_000_000_000n;
const flows = [...new Traffic({ seed: 4, start: boot, ipv6: 0 }).flows(0, 6)];

/** Sampling rates that a collector gives to the flows, in order. */
function rates(exporter: SimulatedExporter, of: readonly SimulatedFlow[] = flows, domain?: number): bigint[] {
  const seen: bigint[] = [];
  const chain = new WholeChain((flow) => seen.push(columnsOf(flow).sampling_rate as bigint));
  for (const datagram of exporter.export(of, now, domain)) chain.take(storedDatagram(datagram));
  return seen;
}

const all = (rate: bigint) => flows.map(() => rate);

test('NetFlow v5 and sFlow tell the rate themselves', () => {
  assert.deepEqual(rates(new FixedExporter({ boot, samplingInterval: 500, samplingMode: 2 })), all(500n));
  assert.deepEqual(rates(new SFlowExporter({ boot, samplingRate: 4_096 })), all(4_096n));
});

test('the sampling of a domain comes with its templates, and holds for that domain only', () => {
  for (const version of [9, 10] as const) {
    const domains = [{ id: 1, samplers: [{ interval: 1_000 }] }, { id: 2, samplers: [{ interval: 64 }] }, { id: 3 }];
    const exporter = new TemplatedExporter({ version, boot, domains });
    assert.deepEqual(rates(exporter, flows, 1), all(1_000n));
    assert.deepEqual(rates(exporter, flows, 2), all(64n));
    assert.deepEqual(rates(exporter, flows, 3), all(0n));
  }
});

test('each flow has the rate of the sampler that it names (C-069)', () => {
  const samplers = [
    { id: 1, interval: 10 },
    { id: 2, interval: 250 },
  ];
  const named = flows.map((flow, i) => ({ ...flow, samplerId: (i % 2) + 1 }));
  const v9 = new TemplatedExporter({
    version: 9,
    boot,
    domains: [{ id: 1, samplers, layouts: v9Layouts(['samplerId']) }],
  });
  const ipfix = new TemplatedExporter({
    version: 10,
    boot,
    domains: [{ id: 1, samplers, layouts: ipfixLayouts(['selectorId']) }],
  });
  for (const exporter of [v9, ipfix]) assert.deepEqual(rates(exporter, named), [10n, 250n, 10n, 250n, 10n, 250n]);
});

test('a rate inside of the record comes before that of the domain (D-7)', () => {
  const own = flows.map((flow, i) => ({ ...flow, samplingInterval: 100 + i }));
  const expected = own.map(({ samplingInterval }) => BigInt(samplingInterval));
  const samplers = [{ interval: 9 }];
  const v9 = v9Layouts(['samplingInterval']);
  const ipfix = ipfixLayouts(['samplingPacketInterval', 'samplingPacketSpace']);
  for (const [version, layouts] of [
    [9, v9],
    [10, ipfix],
  ] as const) {
    const exporter = new TemplatedExporter({ version, boot, domains: [{ id: 1, samplers, layouts }] });
    assert.deepEqual(rates(exporter, own), expected);
  }
});
