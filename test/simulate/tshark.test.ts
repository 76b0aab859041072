import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { SFlowExporter, TemplatedExporter, FixedExporter, Traffic } from '#src/simulate/index.js';
import type { SimulatedExporter, SimulatedFlow } from '#src/simulate/index.js';
import { FLOW_PORT, SFLOW_PORT, writeDatagrams } from '../support/datagram-capture.ts';
import { expectedSFlow, expectedTemplated, expectedV5 } from '../support/expected-row.ts';
import { skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { netflowRows, sflowRows } from '../support/tshark-flows.ts';
import type { FlowRow } from '../support/tshark-flows.ts';
import { complaints, dissect } from '../support/tshark.ts';

const boot = 1_700_000_000_000_000_000n;
const seed = 20_260_101;

/** Traffic that goes on for a minute, as an exporter sends it every second. */
function exported(exporter: SimulatedExporter, domains: readonly number[], ipv6: number) {
  const traffic = new Traffic({ seed, start: boot + 60_000_000_000n, interval: 10_000_000n, ipv6 });
  const flows: SimulatedFlow[] = [];
  const datagrams: Uint8Array[] = [];
  for (let second = 0; second < 4; second++) {
    const now = boot + BigInt(70 + second) * 1_000_000_000n;
    const part = [...traffic.flows(second * 60, (second + 1) * 60)];
    flows.push(...part);
    datagrams.push(...exporter.export(part, now, domains[second % domains.length]));
  }
  return { flows, datagrams };
}

async function dissectedRows(t: TestContext, datagrams: readonly Uint8Array[], port: number): Promise<FlowRow[]> {
  const capture = join(temporaryFolder(t), 'exported.pcap');
  writeDatagrams(capture, datagrams, port);
  const rows: FlowRow[] = [];
  const problems: string[] = [];
  await dissect(capture, (packet) => {
    problems.push(...complaints(packet));
    rows.push(...(port === FLOW_PORT ? netflowRows(packet) : sflowRows(packet)));
  });
  assert.deepEqual(problems, [], `seed ${seed}`);
  return rows;
}

/** A data set holds one family, so flows of a datagram come out IPv4 first. */
function sorted(rows: readonly FlowRow[]): FlowRow[] {
  const key = (row: FlowRow) =>
    `${String(row['src_addr'])} ${String(row['dst_addr'])} ${row['src_port']} ${row['bytes']}`;
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Both sides of the columns that are expected. */
function assertRows(seen: readonly FlowRow[], expected: readonly FlowRow[]): void {
  assert.equal(seen.length, expected.length);
  const all = sorted(expected);
  for (const [i, row] of sorted(seen).entries()) {
    const known = Object.fromEntries(Object.keys(all[i]!).map((column) => [column, row[column] ?? 0n]));
    assert.deepEqual(known, all[i], `seed ${seed}`);
  }
}

test('tshark reads the flows of a simulated NetFlow v5 exporter', skipWithout('tshark'), async (t) => {
  const exporter = new FixedExporter({ boot, samplingInterval: 100, samplingMode: 1 });
  const { flows, datagrams } = exported(exporter, [0, 3], 0);
  const rows = await dissectedRows(t, datagrams, FLOW_PORT);
  assertRows(rows, flows.map(expectedV5));
  assert.ok(rows.every((row) => row['sampling_rate'] === 100n));
});

for (const version of [9, 10] as const) {
  const name = version === 9 ? 'NetFlow v9' : 'IPFIX';
  test(`tshark reads the flows of a simulated ${name} exporter`, skipWithout('tshark'), async (t) => {
    const samplers = [{ id: 1, interval: 10 }];
    const exporter = new TemplatedExporter({
      version,
      boot,
      domains: [{ id: 4 }, { id: 5, samplers }],
      refreshEvery: 3,
    });
    const { flows, datagrams } = exported(exporter, [4, 5], 0.4);
    assertRows(await dissectedRows(t, datagrams, FLOW_PORT), flows.map(expectedTemplated));
  });
}

test('tshark reads the flows of a simulated sFlow agent', skipWithout('tshark'), async (t) => {
  for (const expanded of [false, true]) {
    const exporter = new SFlowExporter({ boot, agent: '2001:db8::5', expanded, extended: true, countersEvery: 5 });
    const { flows, datagrams } = exported(exporter, [0, 1], 0.4);
    assertRows(await dissectedRows(t, datagrams, SFLOW_PORT), flows.map(expectedSFlow));
  }
});
