import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Counters } from '../metrics/counters.ts';
import type { Transport } from '../transport/transport.ts';
import { batchOf } from './batches.ts';

/** A transport that can deliver, with the counters that it was given. */
export interface TransportSubject {
  readonly transport: Transport;
  readonly counters: Counters;
}

type MakeSubject = (t: TestContext) => Promise<TransportSubject>;

const settled = ({ counters }: TransportSubject) => counters.get('flows_delivered') + counters.total('flows_dropped');

/** The examination of transports: what `src/transport/transport.ts` promises. */
export function testTransport(
  name: string,
  build: MakeSubject,
  { skip = false }: { skip?: string | false } = {},
): void {
  describe(`the contract of transports: ${name}`, { skip }, () => {
    test('every buffer comes back once, every message is delivered, every octet counted', async (t) => {
      const subject = await build(t);
      await subject.transport.start();
      const batches = Array.from({ length: 50 }, (_, i) =>
        batchOf(Array.from({ length: (i % 7) + 1 }, (_, k) => `${i}.${k}`.repeat(i + 1))),
      );
      const back = batches.map(() => 0);
      batches.forEach((batch, i) => subject.transport.send({ ...batch, waits: i % 2 === 0 }, () => back[i]!++));
      await subject.transport.stop(5000);
      const count = batches.reduce((sum, batch) => sum + batch.count, 0);
      assert.equal(subject.counters.get('flows_delivered'), count);
      assert.equal(subject.counters.total('flows_dropped'), 0);
      assert.equal(
        subject.counters.get('bytes_delivered'),
        batches.reduce((sum, batch) => sum + batch.length, 0),
      );
      assert.deepEqual(
        back,
        batches.map(() => 1),
      );
    });

    test('a batch may be overwritten once its buffer came back', async (t) => {
      const subject = await build(t);
      await subject.transport.start();
      const batch = batchOf(['one', 'two']);
      for (let i = 0; i < 20; i++) {
        await new Promise<void>((resolve) => subject.transport.send(batch, resolve));
        batch.buffer.fill(0x78, 0, batch.length);
      }
      await subject.transport.stop(5000);
      assert.equal(subject.counters.get('flows_delivered'), 40);
    });

    test('an empty message is a message', async (t) => {
      const subject = await build(t);
      await subject.transport.start();
      subject.transport.send(batchOf(['', 'a', '']), () => {});
      await subject.transport.stop(5000);
      assert.equal(subject.counters.get('flows_delivered'), 3);
    });

    test('what is sent after the stop is counted, and its buffer comes back', async (t) => {
      const subject = await build(t);
      await subject.transport.start();
      await subject.transport.stop(1000);
      await new Promise<void>((resolve) => subject.transport.send(batchOf(['late']), resolve));
      assert.equal(subject.counters.get('flows_dropped:shutdown_timeout'), 1);
      assert.equal(settled(subject), 1);
    });

    test('it tells when it is ready, and reopening changes nothing by itself', async (t) => {
      const subject = await build(t);
      await subject.transport.start();
      await new Promise<void>((resolve) => subject.transport.send(batchOf(['a']), resolve));
      for (let i = 0; i < 200 && settled(subject) < 1; i++) await new Promise((resolve) => setTimeout(resolve, 10));
      const { ready, reason, gauges } = subject.transport.status();
      assert.deepEqual([ready, reason], [true, undefined]);
      for (const [gauge, value] of Object.entries(gauges)) {
        assert.match(gauge, /^[a-z_]+$/);
        assert.ok(Number.isFinite(value) && value >= 0, gauge);
      }
      await subject.transport.reopen();
      subject.transport.send(batchOf(['b']), () => {});
      await subject.transport.stop(5000);
      assert.equal(subject.counters.get('flows_delivered'), 2);
    });
  });
}
