import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decoder } from '#src/decode/decoder.js';
import type { Packet } from '#src/decode/packet.js';
import { FixedDecoder } from '#src/decode/netflow-fixed/decoder.js';
import { SFlowDecoder } from '#src/decode/sflow/decoder.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { slotOf } from '#src/flow/fields.js';
import { createJsonFormat } from '#src/format/json.js';
import { Datagram } from '#src/listen/datagram.js';
import { balance } from '#src/metrics/accounting.js';
import { Counters } from '#src/metrics/counters.js';
import type { BatchPool } from '#src/pipeline/batch-pool.js';
import { Pipeline } from '#src/pipeline/pipeline.js';
import type { Problems } from '#src/pipeline/problems.js';
import type { Producer } from '#src/produce/producer.js';
import { RawProducer } from '#src/produce/raw/raw-producer.js';
import { octetsOf, vectors } from '../support/vectors.ts';
import { poolTo } from '../support/pool.ts';
import { fill, storedDatagram } from '../support/stored-datagram.ts';

const packet = { kind: 'netflow_v5' } as Packet;
const IN_IF = slotOf('in_if');

/** A chain whose decoder and producer do what a test wants, with everything that it told. */
class Bench {
  readonly counters = new Counters();
  readonly lines: string[] = [];
  readonly reported: string[] = [];
  readonly pipeline: Pipeline;
  /** Flows of a datagram, and at which of them something of ours throws. */
  flows = 1;
  throwAt = -1;
  decode: Decoder['decode'] = (datagram, onPacket) => {
    this.counters.add('records_decoded', this.flows);
    onPacket(packet, datagram);
    return undefined;
  };
  readonly #batches: BatchPool;

  constructor(limitBytes: number, waitForRoom?: () => void, raw?: RawProducer) {
    this.#batches = poolTo(limitBytes, ({ buffer, length }) => {
      const text = Buffer.from(buffer.slice(0, length)).toString();
      this.lines.push(...text.split('\n').slice(0, -1));
      return 'keep';
    });
    const flow = new FlowRecord();
    const producer: Producer = {
      produce: (_, __, emit) => {
        for (let i = 0; i < this.flows; i++) {
          if (i === this.throwAt) throw new Error('a fault of ours');
          flow.words[IN_IF] = i;
          emit(flow);
        }
      },
    };
    const problems: Pick<Problems, 'report' | 'internalError'> = {
      report: (counters) => {
        this.reported.push(`noted ${counters.noted.length}`);
        counters.noted.length = 0;
      },
      internalError: (error) => this.reported.push(String(error)),
    };
    this.pipeline = new Pipeline({
      decoder: { decode: (datagram, onPacket) => this.decode(datagram, onPacket) },
      produce: raw === undefined ? { producer, format: createJsonFormat() } : { raw },
      separator: new TextEncoder().encode('\n'),
      batches: this.#batches,
      counters: this.counters,
      problems: problems as Problems,
      waitForRoom,
    });
  }

  take(length = 100): void {
    this.pipeline.datagram(fill(new Datagram(), storedDatagram(new Uint8Array(length))));
  }

  flush(): string[] {
    this.#batches.flush();
    return this.lines;
  }

  assertBalanced(): void {
    const flowsInFlight = this.counters.get('flows_produced');
    for (const { identity, imbalance } of balance(this.counters, { pendingSets: 0, flowsInFlight })) {
      assert.equal(imbalance, 0, identity);
    }
  }
}

test('datagrams become messages in their order, each with its separator', () => {
  const bench = new Bench(1 << 20);
  bench.flows = 3;
  bench.take(40);
  bench.take(60);
  const interfaces = bench.flush().map((line) => (JSON.parse(line) as { in_if: number }).in_if);
  assert.deepEqual(interfaces, [0, 1, 2, 0, 1, 2]);
  assert.deepEqual(bench.counters.snapshot(), {
    datagrams_received: 2,
    bytes_received: 100,
    datagrams_decoded: 2,
    records_decoded: 6,
    flows_produced: 6,
  });
  assert.deepEqual(bench.reported, [], 'nothing to report');
  bench.assertBalanced();
});

test('an empty datagram is counted and goes no further', () => {
  const bench = new Bench(1 << 20);
  bench.take(0);
  assert.deepEqual(bench.counters.snapshot(), { datagrams_received: 1, 'datagrams_dropped:empty': 1 });
  assert.deepEqual(bench.reported, ['noted 1']);
  bench.assertBalanced();
});

test('a datagram that was discarded is counted under its reason', () => {
  const bench = new Bench(1 << 20);
  bench.decode = () => 'bad_set_length';
  bench.take();
  assert.equal(bench.counters.get('datagrams_failed:bad_set_length'), 1);
  assert.equal(bench.counters.get('datagrams_decoded'), 0);
  assert.deepEqual(bench.reported, ['noted 1']);
  bench.assertBalanced();
});

test('a fault of ours costs the rest of its datagram, is counted and told, and the next one goes on', () => {
  const bench = new Bench(1 << 20);
  bench.flows = 5;
  bench.throwAt = 2;
  bench.take();
  assert.equal(bench.counters.get('datagrams_failed:internal_error'), 1);
  assert.equal(bench.counters.get('records_dropped:internal_error'), 3);
  assert.deepEqual(bench.reported, ['Error: a fault of ours', 'noted 2']);
  bench.assertBalanced();
  bench.throwAt = -1;
  bench.take();
  assert.equal(bench.counters.get('datagrams_decoded'), 1);
  assert.equal(bench.counters.get('flows_produced'), 7);
  assert.equal(bench.flush().length, 7);
  bench.assertBalanced();
});

test('a full pool drops and counts', () => {
  const bench = new Bench(1);
  bench.flows = 30;
  while (bench.counters.get('datagrams_dropped:pool_full') === 0) bench.take();
  const { flows_produced: flows } = bench.counters.snapshot();
  bench.take();
  assert.equal(bench.counters.get('datagrams_dropped:pool_full'), 2);
  assert.equal(bench.counters.get('flows_produced'), flows);
  bench.assertBalanced();
});

test('a full pool waits where that was asked for, and loses nothing', () => {
  let waited = 0;
  const bench = new Bench(1, () => waited++);
  bench.flows = 30;
  for (let i = 0; i < 10; i++) bench.take();
  assert.ok(waited > 0);
  assert.equal(bench.counters.get('flows_produced'), 300);
  assert.equal(bench.counters.total('datagrams_dropped'), 0);
  bench.assertBalanced();
});

test('what was dropped in front of the chain is in the books', () => {
  const bench = new Bench(1 << 20);
  bench.pipeline.dropped(fill(new Datagram(), storedDatagram(new Uint8Array(9))), 'queue_full');
  assert.deepEqual(bench.counters.snapshot(), {
    datagrams_received: 1,
    bytes_received: 9,
    'datagrams_dropped:queue_full': 1,
  });
  bench.assertBalanced();
});

test('held data that is released becomes messages; a fault of ours in it is counted', () => {
  const bench = new Bench(1 << 20);
  const datagram = fill(new Datagram(), storedDatagram(octetsOf(vectors[0]!.hex)));
  const release = () =>
    bench.pipeline.release((onPacket) => {
      bench.counters.add('records_decoded', bench.flows);
      onPacket(packet, datagram);
    });
  bench.flows = 2;
  release();
  assert.equal(bench.flush().length, 2);
  bench.throwAt = 1;
  release();
  assert.equal(bench.counters.get('records_dropped:internal_error'), 1);
  assert.deepEqual(bench.reported, ['Error: a fault of ours']);
  bench.assertBalanced();
});

test('raw messages: one a datagram, with its records in the books', () => {
  for (const [name, records] of Object.entries({ 'nfv5-6-records': 6, 'sflow-expanded-5-samples': 5 })) {
    const bench = new Bench(1 << 20, undefined, new RawProducer('json', undefined));
    const { counters } = bench;
    const decoder = name.startsWith('nfv5') ? new FixedDecoder(counters) : new SFlowDecoder(counters);
    bench.decode = (datagram, onPacket) => decoder.decode(datagram, onPacket);
    const octets = octetsOf(vectors.find((vector) => vector.name === name)!.hex);
    for (let i = 0; i < 2; i++) bench.pipeline.datagram(fill(new Datagram(), storedDatagram(octets)));
    assert.equal(bench.flush().length, 2, name);
    const { raw_messages: messages, raw_records: rawRecords, records_decoded: decoded } = counters.snapshot();
    assert.deepEqual({ messages, rawRecords, decoded }, { messages: 2, rawRecords: 2 * records, decoded: 2 * records });
    bench.assertBalanced();
  }
});
