import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Traffic } from '#src/simulate/traffic.js';
import type { SimulatedFlow } from '#src/simulate/simulated-flow.js';

const start = 1_700_000_000_000_000_000n;
const identity = (flow: SimulatedFlow) => ({ sourcePort: 0, destinationPort: 0, ...flow });

test('every flow can be told from its addresses and ports alone', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 0, max: 127 }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (seed, stream, index) => {
        const traffic = new Traffic({ seed, stream, start });
        assert.equal(traffic.identify(identity(traffic.flow(index))), index);
        const other = new Traffic({ seed, stream: (stream + 1) % 128, start });
        assert.equal(other.identify(identity(traffic.flow(index))), undefined);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('flows are plausible: both families, all protocols, popular servers, few elephants', () => {
  const traffic = new Traffic({ seed: 7, start, ipv6: 0.25 });
  const flows = [...traffic.flows(0, 20_000)];
  const share = (keep: (flow: SimulatedFlow) => boolean) => flows.filter(keep).length / flows.length;
  assert.ok(Math.abs(share(({ source }) => source.includes(':')) - 0.25) < 0.02);
  assert.ok(share(({ protocol }) => protocol === 6) > 0.5);
  assert.ok(share(({ protocol }) => protocol === 17) > 0.2);
  assert.ok(share(({ protocol }) => protocol === 1 || protocol === 58) > 0.03);
  assert.ok(share(({ octets }) => Number(octets) < 131_072) > 0.4);
  const large = share(({ octets }) => Number(octets) > 10_000_000);
  assert.ok(large > 0.0005 && large < 0.01, `${large} of the flows are above 10 MB`);
  for (const flow of flows) {
    assert.ok(Number(flow.packets) >= 1 && flow.end >= flow.start);
    const size = Number(flow.octets) / Number(flow.packets);
    assert.ok(size <= 1_500 && Number(flow.octets) < 2 ** 32);
  }
  const servers = new Map<string, number>();
  for (const { destination } of flows) servers.set(destination, (servers.get(destination) ?? 0) + 1);
  const top = [...servers.values()].sort((a, b) => b - a).slice(0, 10);
  assert.ok(top.reduce((sum, count) => sum + count) > flows.length * 0.25, 'ten servers have a quarter of the flows');
});

test('the low bits of the index are in the octets', () => {
  const traffic = new Traffic({ seed: 9, start });
  for (const index of [0, 1, 65_535, 65_536, 1_000_000]) {
    assert.equal((Number(traffic.flow(index).octets) - 64) % 65_536, index % 65_536);
  }
});
