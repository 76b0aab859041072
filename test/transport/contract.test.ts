/** What every transport promises, whatever it writes to: the contract in `src/transport/transport.ts`. */
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { natsOptions } from '#src/config/groups/nats.js';
import { defaultValues } from '#src/config/option.js';
import { Counters } from '#src/metrics/counters.js';
import { buildTransport } from '#src/pipeline/transports.js';
import type { Transport } from '#src/transport/transport.js';
import { natsSettings } from '#src/transport/nats/from-options.js';
import { batchOf } from '../support/batches.ts';
import { NatsServer, natsServerMissing } from '../support/nats-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Subject {
  readonly transport: Transport;
  readonly counters: Counters;
}

/** A transport that can deliver. */
type Make = (t: TestContext) => Promise<Subject>;

function make(name: string, path: string, url: string): Subject {
  const counters = new Counters();
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const options = {
    name,
    file: { path, separator: '\n' },
    nats: natsSettings({
      ...defaultValues(natsOptions),
      'transport.nats.servers': [url],
      'transport.nats.stream.max_bytes': 1024 ** 3,
    }),
  };
  return { transport: buildTransport(options, 'json', { counters, log, onGone: assert.fail }), counters };
}

const subjects: { readonly name: string; readonly skip: string | false; readonly make: Make }[] = [
  {
    name: 'file',
    skip: false,
    make: (t) => Promise.resolve(make('file', join(temporaryFolder(t), 'flows'), '')),
  },
  {
    name: 'nats',
    skip: natsServerMissing,
    make: async (t) => make('nats', '', (await NatsServer.start(t)).url),
  },
];

const settled = ({ counters }: Subject) => counters.get('flows_delivered') + counters.total('flows_dropped');

for (const { name, skip, make: build } of subjects) {
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
