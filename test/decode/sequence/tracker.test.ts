import { test } from 'node:test';
import assert from 'node:assert/strict';
import { SequenceTracker } from '#src/decode/sequence/tracker.js';
import { parseAddress } from '#src/flow/address.js';
import { Source } from '#src/listen/datagram.js';
import type { ExporterColumn } from '#src/metrics/exporter-columns.js';
import type { SequencedProtocol } from '#src/metrics/reasons.js';
import { encodeNetFlowV5 } from '#src/simulate/netflow-fixed.js';
import { Impairment, FixedExporter, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import type { SimulatedExporter } from '#src/simulate/index.js';
import { encodeCounterSample, encodeFlowSample, encodeSFlow } from '#src/simulate/sflow.js';
import { EXPORT_TIME, data, ipfix, v9 } from '../../support/exporter.ts';
import { memoryUsed } from '../../support/memory-used.ts';
import { storedDatagram } from '../../support/stored-datagram.ts';
import type { StoredDatagram } from '../../support/stored-datagram.ts';
import { WholeChain } from '../../support/whole-chain.ts';

/** What a chain has counted about sequence numbers at its end. */
function sequences(chain: WholeChain): Record<string, number> {
  chain.sequences.stop();
  const counted = Object.entries(chain.counters.snapshot());
  return Object.fromEntries(
    counted.filter(([name]) => name.startsWith('sequence_')).map(([name, count]) => [name.slice(9), count]),
  );
}

/** What is counted of an exporter in the book. */
function exporter({ book }: WholeChain, address: string, column: ExporterColumn): number {
  const row = book.find(new Source(parseAddress(address)!));
  assert.ok(row > 0, `${address} has a row`);
  return book.get(row, column);
}

/** A chain that has taken these datagrams. */
function after(datagrams: readonly (Uint8Array | StoredDatagram)[]): WholeChain {
  const chain = new WholeChain();
  for (const datagram of datagrams) chain.take('bytes' in datagram ? datagram : storedDatagram(datagram));
  return chain;
}

const fromPort = (sourcePort: number, bytes: Uint8Array) => storedDatagram(bytes, { sourcePort });

const template = ipfix.template(256, '8/4', '12/4');
const options = ipfix.optionsTemplate(257, ['149/4'], ['41/4']);
const record = '0a000001 0a000002';

test('C-011 loss and insertion are noticed for each exporter and domain', () => {
  const message = (domain: number, sequence: number) =>
    ipfix.message([template, data(256, record)], { domain, sequence });
  const chain = new WholeChain();
  for (let i = 0; i < 20; i++) {
    chain.take(storedDatagram(message(0, i)));
    if (i < 5 || i > 7) chain.take(storedDatagram(message(1, i + 1_000_000)));
    const other = new Source(parseAddress('2001:db8::9')!);
    if (i !== 10) chain.take(storedDatagram(message(1, i), { source: other }));
    if (i === 15) chain.take(storedDatagram(message(1, 4_000_000), { source: other }));
  }
  assert.deepEqual(sequences(chain), { 'missed:ipfix': 4, 'stray:ipfix': 1 });
});

test('C-011 what is lost counts for the exporter that it was lost from', () => {
  const chain = new WholeChain();
  const lossy = new Source(parseAddress('192.0.2.77')!);
  for (let i = 0; i < 20; i++) {
    const message = v9.message([v9.template(256, '8/4', '12/4'), data(256, record)], { sequence: i });
    chain.take(storedDatagram(message));
    if (i % 5 !== 2) chain.take(storedDatagram(message, { source: lossy }));
  }
  chain.wait(1_000);
  chain.wait(6_000);
  const missed = ['192.0.2.1', '192.0.2.77'].map((address) => exporter(chain, address, 'sequence_missed_netflow_v9'));
  assert.deepEqual(missed, [0, 4]);
});

test('C-012 IPFIX numbers data records, of options too, modulo 2^32, and no templates', () => {
  let sequence = 2 ** 32 - 17;
  const chain = new WholeChain();
  const send = (count: number, optionsCount: number) => {
    const records = (each: string, of: number) => Array.from({ length: of }, () => each);
    const sets = [
      template,
      options,
      data(256, records(record, count)),
      data(257, records('00000001 00000002', optionsCount)),
    ];
    chain.take(storedDatagram(ipfix.message(sets, { sequence })));
    sequence = (sequence + count + optionsCount) % 2 ** 32;
  };
  for (let i = 0; i < 10; i++) {
    send(3, 1);
    chain.take(storedDatagram(ipfix.message([template, options], { sequence })));
  }
  sequence += 11;
  send(1, 1);
  send(1, 1);
  assert.deepEqual(sequences(chain), { 'missed:ipfix': 11 });
});

test('C-012 records whose template is unknown are not taken for missed ones', () => {
  const chain = after([
    ipfix.message([template, data(256, record)], { sequence: 0 }),
    ipfix.message([data(256, record)], { sequence: 1 }),
    ipfix.message([data(999, record.repeat(10))], { sequence: 2 }),
    ipfix.message([data(256, record)], { sequence: 12 }),
    ipfix.message([data(256, record)], { sequence: 13 }),
  ]);
  assert.deepEqual(sequences(chain), {});
});

test('C-013, RFC 5471 3.6.1 a network cut shows as missed records, a restart as a reset', () => {
  const at = (sequence: number, exportSeconds: number) =>
    ipfix.message([template, data(256, [record, record])], { sequence, exportSeconds });
  const before = Array.from({ length: 10 }, (_, i) => at(2 * i, EXPORT_TIME + i));
  const later = Array.from({ length: 10 }, (_, i) => at(3_000_020 + 2 * i, EXPORT_TIME + 600 + i));
  const chain = after(before);
  chain.wait(600_000);
  for (const bytes of later) chain.take(storedDatagram(bytes));
  const restarted = Array.from({ length: 10 }, (_, i) => at(2 * i, EXPORT_TIME + 700 + i));
  for (const bytes of restarted) chain.take(storedDatagram(bytes));
  assert.deepEqual(sequences(chain), { 'missed:ipfix': 3_000_000, 'reset:ipfix': 1 });
});

test('C-014 one odd number in a header does not hide what is lost around it', () => {
  for (const odd of [0, 3, 60, 5_000, 2 ** 31, 2 ** 32 - 1]) {
    const datagrams = Array.from({ length: 100 }, (_, i) => v9.message([], { sequence: 30 + i }));
    datagrams.splice(50, 1, v9.message([], { sequence: odd, exportSeconds: EXPORT_TIME + 1 }));
    datagrams.splice(60, 2);
    const { 'missed:netflow_v9': missed, 'reset:netflow_v9': reset } = sequences(after(datagrams));
    assert.deepEqual({ odd, missed, reset }, { odd, missed: 3, reset: undefined });
  }
});

test('C-128 NetFlow v9 numbers datagrams, whatever is in them, for each source id', () => {
  const flows = v9.template(256, '8/4', '12/4');
  const chain = new WholeChain();
  for (let i = 0; i < 30; i++) {
    const sets = [
      flows,
      data(
        256,
        Array.from({ length: i % 4 }, () => record),
      ),
    ];
    if (i !== 9) chain.take(storedDatagram(v9.message(sets, { sequence: i, domain: 1 })));
    chain.take(storedDatagram(v9.message(i % 2 === 0 ? sets : [], { sequence: 700 + i, domain: 2 })));
  }
  assert.deepEqual(sequences(chain), { 'missed:netflow_v9': 1 });
});

test('C-143 NetFlow v5 numbers flows, for each engine', () => {
  const chain = new WholeChain();
  const one = { source: '192.0.2.1', destination: '192.0.2.2', packets: 1, octets: 1, first: 0, last: 0, protocol: 6 };
  const next = [0, 5_000];
  for (let i = 0; i < 30; i++) {
    for (const engineId of [0, 1]) {
      const count = 1 + (i % 30);
      const header = { sysUptimeMs: 1_000 * i, unixSeconds: EXPORT_TIME + i, sequence: next[engineId]!, engineId };
      next[engineId]! += count;
      if (engineId === 1 && (i === 7 || i === 20)) continue;
      chain.take(
        storedDatagram(
          encodeNetFlowV5(
            header,
            Array.from({ length: count }, () => one),
          ),
        ),
      );
    }
  }
  assert.deepEqual(sequences(chain), { 'missed:netflow_v5': 8 + 21 });
});

const interfaces = { input: { value: 1 }, output: { value: 2 }, records: [] };

test('C-163 sFlow numbers datagrams for each sub-agent and samples for each data source', () => {
  const chain = new WholeChain();
  for (let i = 0; i < 30; i++) {
    for (const subAgent of [0, 1]) {
      const samples = [1, 2].map((index) => {
        // one sample of data source 2 of sub-agent 1 is lost inside of the agent
        const sequence = subAgent === 1 && index === 2 && i > 10 ? i + 1 : i;
        const flow = {
          ...interfaces,
          sequence,
          source: { index },
          samplingRate: 100,
          samplePool: 100 * i,
          drops: 2 * i,
        };
        return encodeFlowSample(flow);
      });
      samples.push(encodeCounterSample({ sequence: i, source: { index: 1 }, records: [] }));
      const header = { agent: '192.0.2.5', subAgent, sequence: i, uptimeMs: 1_000 * i };
      if (subAgent !== 0 || i !== 15) chain.take(storedDatagram(encodeSFlow(header, samples)));
    }
  }
  assert.deepEqual(sequences(chain), { 'missed:sflow': 1, 'missed:sflow_sample': 3 + 1 });
});

test('C-163 the packets that agents chose from, and those that they could not sample, are counted', () => {
  const chain = new WholeChain();
  for (let i = 0; i < 10; i++) {
    const sample = { ...interfaces, source: { index: 3 }, samplingRate: 100 };
    // both running counts wrap
    const counts = { samplePool: (2 ** 32 - 300 + 100 * i) % 2 ** 32, drops: (2 ** 32 - 4 + 3 * i) % 2 ** 32 };
    const flow = encodeFlowSample({ ...sample, ...counts, sequence: i });
    const datagram = encodeSFlow({ agent: '192.0.2.5', sequence: i, uptimeMs: i * 1_000 }, [flow]);
    chain.take(storedDatagram(datagram));
    chain.take(storedDatagram(datagram)); // a duplicate adds nothing
  }
  assert.deepEqual([chain.counters.get('sflow_sample_pool'), chain.counters.get('sflow_drops')], [900, 27]);
  const counts = ['sflow_sample_pool', 'sflow_drops', 'sequence_duplicate_sflow_sample'] as const;
  assert.deepEqual(
    counts.map((column) => exporter(chain, '192.0.2.1', column)),
    [900, 27, 10],
  );
});

const second = 1_000_000_000n;
const boot = BigInt(EXPORT_TIME) * second;
const now = (ms: number) => boot + 600n * second + BigInt(ms) * 1_000_000n;

const traffic = new Traffic({ seed: 7, start: boot, ipv6: 0 });
const flows = (from: number, count: number) => [...traffic.flows(from, from + count)];

const simulated: Record<Exclude<SequencedProtocol, 'sflow_sample'>, () => SimulatedExporter> = {
  netflow_v5: () => new FixedExporter({ boot }),
  netflow_v7: () => new FixedExporter({ version: 7, boot }),
  netflow_v9: () => new TemplatedExporter({ version: 9, boot, refreshEvery: 10 }),
  ipfix: () => new TemplatedExporter({ version: 10, boot, refreshEvery: 10 }),
  sflow: () => new SFlowExporter({ boot }),
};

for (const [name, make] of Object.entries(simulated)) {
  const protocol = name as keyof typeof simulated;

  test(`F-26 ${protocol}: an exporter that begins anew is a reset, and nothing is missed`, () => {
    const exporter = make();
    const chain = new WholeChain();
    const send = (ms: number) => {
      for (const bytes of exporter.export(flows(20 * ms, 20), now(ms))) chain.take(storedDatagram(bytes));
    };
    for (let i = 0; i < 50; i++) send(100 * i);
    exporter.reboot(now(60_000));
    for (let i = 0; i < 50; i++) send(61_000 + 1_000 * i);
    const { [`reset:${protocol}`]: resets, ...rest } = sequences(chain);
    assert.equal(resets, 1);
    for (const [what, count] of Object.entries(rest)) assert.match(what, /^reset:sflow_sample$/, `${what} ${count}`);
  });

  test(`F-30 ${protocol}: 5 % lost, 20 % reordered, 5 % twice, counted as the path did it`, () => {
    const exporter = make();
    const chain = new WholeChain();
    const path = new Impairment<Uint8Array>({ seed: 3, loss: 0.05, reorder: 0.2, duplicate: 0.05 });
    const carried = new Map<Uint8Array, number>();
    const came = new Set<Uint8Array>();
    const deliver = (datagrams: readonly Uint8Array[]) => {
      for (const bytes of datagrams) {
        came.add(bytes);
        chain.take(storedDatagram(bytes));
      }
    };
    let sent = 0;
    const units = (records: number) => (protocol === 'netflow_v9' || protocol === 'sflow' ? 1 : records);
    for (let i = 0; i < 1_500; i++) {
      // one datagram at a time, so that it is known how many records are in each
      const before = exporter.account.flows;
      const [bytes] = exporter.export(flows(4 * i, 4), now(10 * i));
      if (i < 20 || i > 1_490) deliver([bytes!]);
      else {
        carried.set(bytes!, units(exporter.account.flows - before));
        sent++;
        deliver(path.pass(bytes!, ''));
      }
    }
    deliver(path.flush());
    const missed = [...carried].filter(([bytes]) => !came.has(bytes)).reduce((sum, [, records]) => sum + records, 0);
    const { reordered, duplicated, lost } = path.account;
    assert.ok(sent > 1_400 && lost > 40 && reordered > 150 && duplicated > 40);
    const counted = sequences(chain);
    assert.deepEqual(
      [`missed:${protocol}`, `reordered:${protocol}`, `duplicate:${protocol}`].map((what) => counted[what]),
      [missed, reordered, duplicated],
    );
    assert.equal(counted[`reset:${protocol}`], undefined);
    assert.equal(counted[`stray:${protocol}`], undefined);
  });
}

test('exporters that number the records of their own message too, or leave options data out, miss nothing', () => {
  for (const { withOwn, countsOptions } of [
    { withOwn: true, countsOptions: true },
    { withOwn: true, countsOptions: false },
    { withOwn: false, countsOptions: false },
  ]) {
    let sequence = 0;
    const chain = new WholeChain();
    for (let i = 0; i < 100; i++) {
      const [records, optionsRecords] = [1 + (i % 7), i % 10 === 0 ? 2 : 0];
      const sets = [
        template,
        options,
        data(256, record.repeat(records)),
        data(257, '00000001 00000002'.repeat(optionsRecords)),
      ];
      const before = sequence;
      sequence += records + (countsOptions ? optionsRecords : 0);
      const message = ipfix.message(sets, { sequence: withOwn ? sequence : before });
      if (i !== 55) chain.take(storedDatagram(message)); // 7 records
    }
    assert.deepEqual(sequences(chain), { 'missed:ipfix': 7 }, JSON.stringify({ withOwn, countsOptions }));
  }
});

test('exporters behind one address number for themselves, by port', () => {
  const chain = new WholeChain();
  for (let i = 0; i < 100; i++) {
    chain.take(fromPort(1_000, v9.message([], { sequence: i })));
    if (i !== 50) chain.take(fromPort(2_000, v9.message([], { sequence: 80_000 + i })));
    if (i > 3) chain.take(fromPort(3_000, v9.message([], { sequence: 90 })));
  }
  assert.deepEqual(sequences(chain), { 'missed:netflow_v9': 1, 'duplicate:netflow_v9': 95 });
});

test('an exporter that changes its port with every datagram has one stream', () => {
  const chain = new WholeChain();
  for (let i = 0; i < 1_000; i++) {
    if (i !== 500) chain.take(fromPort(1_024 + ((i * 37) % 60_000), v9.message([], { sequence: i })));
  }
  assert.equal(chain.sequences.size, 1);
  assert.deepEqual(sequences(chain), { 'missed:netflow_v9': 1 });
});

/** A datagram of NetFlow v9 without records, as the tracker is told of it. */
const header = {
  kind: 'netflow_v9' as const,
  version: 9 as const,
  count: 0,
  length: 0,
  sysUptimeMs: 1_000,
  exportSeconds: 1_000,
  sequence: 0,
  domain: 1,
  sets: [],
  setCount: 0,
};
const from = (source: Source) => ({ source, sourcePort: 9, received: new Uint32Array(2) }) as never;

test('S-03 forged sources drive out each other, and no exporter that is followed', () => {
  const chain = new WholeChain();
  const tracker = new SequenceTracker(chain.counters, undefined, 1_000);
  const honest = Array.from({ length: 100 }, (_, i) => new Source(Uint8Array.of(192, 0, 2, i)));
  let sequence = 0;
  const round = () => {
    for (const source of honest) tracker.templated({ ...header, sequence }, from(source));
    sequence++;
  };
  round();
  round();
  for (let i = 0; i < 20_000; i++) {
    const source = new Source(Uint8Array.of(10, i >> 16, i >> 8, i));
    tracker.templated({ ...header, domain: i }, from(source));
  }
  assert.equal(tracker.size, 100 + 500);
  sequence += 3;
  round();
  round();
  tracker.stop();
  assert.equal(chain.counters.get('sequence_missed:netflow_v9'), 300);
  assert.equal(tracker.size, 0);
});

test('S-09 an address whose stream was given up begins anew, whatever was left with its source', () => {
  const chain = new WholeChain();
  const tracker = new SequenceTracker(chain.counters, undefined, 100);
  const source = new Source(Uint8Array.of(192, 0, 2, 1));
  const take = (sequence: number, of = tracker) => of.templated({ ...header, sequence }, from(source));
  for (const sequence of [0, 1, 2]) take(sequence);
  for (let i = 0; i < 200; i++) {
    const other = new Source(Uint8Array.of(10, 0, 0, i));
    for (let sequence = 0; sequence < 3; sequence++) tracker.templated({ ...header, sequence }, from(other));
  }
  for (const sequence of [50, 51, 52]) take(sequence);
  const second = new SequenceTracker(chain.counters);
  for (const sequence of [70, 71]) take(sequence, second);
  tracker.stop();
  second.stop();
  assert.equal(chain.counters.get('sequence_missed:netflow_v9'), 0);
});

test('exporters that are followed are bounded too: the longest unheard gives way', () => {
  const tracker = new SequenceTracker(new WholeChain().counters, undefined, 1_000);
  for (let i = 0; i < 1_500; i++) {
    const source = new Source(Uint8Array.of(10, 0, i >> 8, i));
    for (let sequence = 0; sequence < 3; sequence++) tracker.templated({ ...header, sequence }, from(source));
  }
  assert.equal(tracker.size, 1_000);
});

test('data sources of an agent are bounded', () => {
  const chain = new WholeChain();
  for (let i = 0; i < 5_000; i++) {
    const flow = encodeFlowSample({ ...interfaces, sequence: 1, source: { index: i }, samplingRate: 1, samplePool: 1 });
    chain.take(storedDatagram(encodeSFlow({ agent: '192.0.2.5', sequence: i, uptimeMs: i }, [flow])));
  }
  assert.equal(chain.sequences.size, 1 + 4_096);
});

test('delay and skew of the clock are those of the headers', () => {
  const chain = new WholeChain();
  const sets = [v9.template(256, '8/4', '12/4'), data(256, record)];
  const take = (seconds: number, exportSeconds: number, sequence: number) =>
    chain.take(storedDatagram(v9.message(sets, { sequence, exportSeconds }), { seconds, nanoseconds: 0 }));
  take(1_700_000_000, 1_699_999_999, 0);
  take(1_700_000_000, 1_699_999_999, 0);
  take(1_700_000_007, 1_700_000_001, 1);
  const clock = () => (['export_delay', 'clock_skew'] as const).map((column) => exporter(chain, '192.0.2.1', column));
  assert.deepEqual(clock(), [6_000, 1_000]);
  chain.wait(70_000);
  take(1_700_000_070, 1_700_000_080, 2); // its clock was set: it is ahead now
  assert.deepEqual(clock(), [-10_000, -10_000]);
  chain.wait(70_000);
  take(1_700_000_140, 1_700_000_135, 3); // it was set again: the window before still counts
  assert.deepEqual(clock(), [5_000, -10_000]);
  chain.wait(70_000);
  take(1_700_000_210, 1_700_000_205, 4);
  assert.deepEqual(clock(), [5_000, 5_000]);
  chain.wait(200_000);
  take(1_700_000_410, 1_700_000_403, 5); // nothing for longer than two windows: what was before says nothing
  assert.deepEqual(clock(), [7_000, 7_000]);
});

test('a datagram of a known stream takes no heap', () => {
  const tracker = new SequenceTracker(new WholeChain().counters);
  const packet = {
    kind: 'netflow_v9',
    version: 9,
    sysUptimeMs: 0,
    exportSeconds: 0,
    sequence: 0,
    domain: 1,
    setCount: 0,
  };
  const datagram = { source: new Source(Uint8Array.of(192, 0, 2, 1)), sourcePort: 9, received: new Uint32Array(2) };
  const run = (datagrams: number) => {
    for (let i = 0; i < datagrams; i++) {
      packet.sequence++;
      packet.exportSeconds = 1_700_000_000 + (packet.sequence >>> 10);
      packet.sysUptimeMs = packet.sequence;
      tracker.templated(packet as never, datagram as never);
    }
  };
  run(300_000);
  const octets = [1, 2, 3].map(() => {
    memoryUsed();
    const before = process.memoryUsage().heapUsed;
    run(50_000);
    return (process.memoryUsage().heapUsed - before) / 50_000;
  });
  assert.ok(Math.min(...octets) < 4, `${octets.join(', ')} octets a datagram`);
});
