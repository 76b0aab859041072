import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BatchMemory } from '#src/pipeline/batch-memory.js';
import type { BatchPool } from '#src/pipeline/batch-pool.js';
import type { Batch } from '#src/transport/transport.js';
import { messagesOf } from '../support/batches.ts';
import { poolTo } from '../support/pool.ts';

const encoder = new TextEncoder();

function write(pool: BatchPool, message: string, subject = 0): void {
  const bytes = encoder.encode(message);
  const out = pool.reserve(bytes.length);
  out.bytes.set(bytes, out.pos);
  out.pos += bytes.length;
  pool.commit(subject);
}

test('every message comes out once, whole and in order, whatever the sizes and however long the output keeps them', () => {
  const size = fc.oneof({ weight: 20, arbitrary: fc.nat(300) }, { weight: 1, arbitrary: fc.nat(100_000) });
  const step = fc.tuple(size, fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const out: string[] = [];
      const pool = poolTo(128 * 1024, (batch) => {
        out.push(...messagesOf(batch));
        return 'keep';
      });
      const sent = steps.map(([length], i) => `${i}:`.padEnd(length + 8, 'x'));
      steps.forEach(([, flush, giveBack], i) => {
        write(pool, sent[i]!);
        if (flush) pool.flush();
        if (giveBack) pool.giveBack();
      });
      pool.flush();
      assert.deepEqual(out, sent);
      pool.giveBack();
      assert.equal(pool.inUse, 0);
      assert.equal(pool.away, 0);
    }),
    { numRuns: 200 },
  );
});

test('what is with the output is not written to', () => {
  const kept: string[][] = [];
  const seen: (() => string[])[] = [];
  const pool = poolTo(128 * 1024, (batch) => {
    kept.push(messagesOf(batch));
    seen.push(() => messagesOf(batch));
    return 'keep';
  });
  for (let i = 0; i < 400; i++) write(pool, `${i}:`.padEnd(1000, 'x'));
  assert.ok(kept.length > 3);
  assert.deepEqual(
    seen.map((again) => again()),
    kept,
  );
});

test('while nothing comes back the pool fills up, and stays within its limit but for one datagram', () => {
  const pool = poolTo(1024 * 1024, () => 'keep');
  while (pool.hasRoom()) write(pool, 'x'.repeat(1000));
  assert.ok(pool.inUse <= 1024 * 1024, `${pool.inUse}`);
  assert.ok(pool.away >= 7, `${pool.away}`);
  for (let i = 0; i < 500; i++) write(pool, 'y'.repeat(1000)); // a datagram that was begun is finished
  assert.ok(!pool.hasRoom());
  pool.giveBack();
  assert.ok(pool.hasRoom());
  pool.flush();
  pool.giveBack();
  assert.equal(pool.inUse, 0);
});

test('while nothing comes back small batches share chunks: the memory holds nearly what was written', () => {
  const limit = 8 * 1024 * 1024;
  const size = 10_000;
  const out: (() => string[])[] = [];
  const pool = poolTo(limit, (batch) => {
    out.push(() => messagesOf(batch));
    return 'keep';
  });
  const sent: string[] = [];
  while (pool.hasRoom()) {
    sent.push(`${sent.length}:`.padEnd(size, 'x'));
    write(pool, sent.at(-1)!);
    pool.flush();
  }
  assert.equal(pool.away, sent.length);
  assert.ok(sent.length * size > 0.9 * limit, `${sent.length} batches`);
  assert.ok(pool.inUse <= limit);
  assert.deepEqual(
    out.flatMap((messages) => messages()),
    sent,
  );
  pool.giveBack();
  assert.equal(pool.inUse, 0);
  assert.ok(pool.hasRoom());
});

test('so do batches whose messages are put in the order of their subjects', () => {
  const limit = 8 * 1024 * 1024;
  const out: (() => string[])[] = [];
  const take = (batch: Batch) => {
    out.push(() => messagesOf(batch));
    return 'keep';
  };
  const pool = poolTo(limit, take, (subject) => `flows.${subject}`);
  const expected: string[] = [];
  for (let i = 0; pool.hasRoom(); i++) {
    const batch = [0, 1, 2, 3].map((n) => `${4 * i + n}:`.padEnd(1000, 'x'));
    batch.forEach((message, n) => write(pool, message, n % 2));
    pool.flush();
    expected.push(...[0, 2, 1, 3].map((n) => batch[n]!));
  }
  assert.ok(expected.length * 1000 > 0.4 * limit, `${expected.length} messages`);
  assert.deepEqual(
    out.flatMap((messages) => messages()),
    expected,
  );
  pool.giveBack();
  assert.equal(pool.inUse, 0);
});

test('the same chunk is used again and again where the output keeps up', () => {
  const places = new Set<number>();
  const pool = poolTo(1024 * 1024, ({ buffer }) => places.add(buffer.byteOffset));
  for (let i = 0; i < 5000; i++) write(pool, 'x'.repeat(1000));
  assert.equal(places.size, 1);
});

test('a message larger than a chunk gets memory of its own', () => {
  let largest = 0;
  const pool = poolTo(128 * 1024, ({ buffer }) => {
    largest = Math.max(largest, buffer.length);
    return 'keep';
  });
  write(pool, 'z'.repeat(500_000));
  pool.flush();
  assert.ok(largest >= 500_000);
  assert.ok(pool.inUse >= 500_000);
  pool.giveBack();
  assert.equal(pool.inUse, 0);
  assert.equal(pool.away, 0);
});

test('the memory has the limit that was asked for: two chunks at least, 1 GiB at most', () => {
  assert.equal(BatchMemory.of(32 * 1024 * 1024).limit, 32 * 1024 * 1024);
  assert.equal(BatchMemory.of(0).limit, 32 * 1024);
  assert.equal(BatchMemory.of(2 ** 40).limit, 2 ** 30);
});

test('the age is that of the oldest message', () => {
  const pool = poolTo(128 * 1024, () => {});
  assert.equal(pool.age(performance.now()), 0);
  write(pool, 'a');
  assert.ok(pool.age(performance.now() + 30) >= 30);
  pool.flush();
  assert.equal(pool.age(performance.now() + 30), 0);
});
