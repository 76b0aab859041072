import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BatchPool } from '#src/pipeline/batch-pool.js';
import { messagesOf } from '../support/batches.ts';

const encoder = new TextEncoder();

function write(pool: BatchPool, message: string): void {
  const bytes = encoder.encode(message);
  const out = pool.reserve(bytes.length);
  out.bytes.set(bytes, out.pos);
  out.pos += bytes.length;
  pool.commit();
}

test('every message comes out once, whole and in order, whatever the sizes', () => {
  const size = fc.oneof({ weight: 20, arbitrary: fc.nat(300) }, { weight: 1, arbitrary: fc.nat(100_000) });
  fc.assert(
    fc.property(fc.array(fc.tuple(size, fc.boolean()), { maxLength: 200 }), (steps) => {
      const out: string[] = [];
      const pool = new BatchPool(128 * 1024, (buffer, length, count) => {
        out.push(...messagesOf({ buffer, length, count }));
        pool.release(buffer);
      });
      const sent = steps.map(([length], i) => `${i}:`.padEnd(length + 8, 'x'));
      steps.forEach(([, flush], i) => {
        write(pool, sent[i]!);
        if (flush) pool.flush();
      });
      pool.flush();
      assert.deepEqual(out, sent);
    }),
    { numRuns: 200 },
  );
});

test('without buffers coming back the pool fills up, and stays within its limit but for one datagram', () => {
  const away: SharedArrayBuffer[] = [];
  const pool = new BatchPool(1024 * 1024, (buffer) => away.push(buffer));
  while (pool.hasRoom()) write(pool, 'x'.repeat(1000));
  assert.ok(pool.allocated <= 1024 * 1024, `${pool.allocated}`);
  assert.ok(away.length >= 7, `${away.length}`);
  for (let i = 0; i < 500; i++) write(pool, 'y'.repeat(1000)); // a datagram that was begun is finished
  assert.ok(!pool.hasRoom());
  for (const buffer of away.splice(0)) pool.release(buffer);
  assert.ok(pool.hasRoom());
  pool.flush();
  for (const buffer of away.splice(0)) pool.release(buffer);
  assert.ok(pool.allocated <= 1024 * 1024, `${pool.allocated}`);
});

test('a message larger than a chunk gets a buffer of its own, which is not kept', () => {
  const away: SharedArrayBuffer[] = [];
  const pool = new BatchPool(128 * 1024, (buffer) => away.push(buffer));
  write(pool, 'z'.repeat(500_000));
  pool.flush();
  assert.ok(away[0]!.byteLength >= 500_000);
  pool.release(away[0]!);
  assert.equal(pool.allocated, 0);
  assert.equal(pool.away, 0);
});

test('the age is that of the oldest message', () => {
  const pool = new BatchPool(128 * 1024, () => {});
  assert.equal(pool.age(performance.now()), 0);
  write(pool, 'a');
  assert.ok(pool.age(performance.now() + 30) >= 30);
  pool.flush();
  assert.equal(pool.age(performance.now() + 30), 0);
});
