import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ClockOrder, SequenceWindow } from '#src/decode/sequence/sequence-window.js';
import { Impairment } from '#src/simulate/impairment.js';

/** A stream whose datagrams take up one number each, and what was counted of it. */
class Stream {
  readonly counts = { missed: 0, reordered: 0, duplicate: 0, stray: 0, reset: 0 };
  readonly window: SequenceWindow;
  nowMs = 0;
  readonly #books = {
    missed: (numbers: number) => void (this.counts.missed += numbers),
    reordered: () => void this.counts.reordered++,
    duplicate: () => void this.counts.duplicate++,
    stray: (datagrams: number) => void (this.counts.stray += datagrams),
    reset: () => void this.counts.reset++,
  };

  constructor(near = 128) {
    this.window = new SequenceWindow(near);
  }

  take(number: number, units = 1, order: ClockOrder = ClockOrder.notNewer, slack = 0): boolean {
    return this.window.observe(number >>> 0, units, slack, order, this.nowMs, this.#books);
  }

  run(from: number, to: number, order: ClockOrder = ClockOrder.newer): this {
    for (let number = from; number <= to; number++) this.take(number, 1, order);
    return this;
  }

  settle(): void {
    this.window.settle(this.nowMs, this.#books);
  }

  /** What was counted when nothing follows. */
  get end(): Partial<typeof this.counts> {
    this.window.end(this.#books);
    return Object.fromEntries(Object.entries(this.counts).filter(([, count]) => count !== 0));
  }
}

const { newer, restarted } = ClockOrder;

test('numbers in their order, across 2^32, are counted as nothing', () => {
  assert.deepEqual(new Stream().run(2 ** 32 - 20, 2 ** 32 + 20).end, {});
});

test('a gap counts when nothing came out of it for a while, not before', () => {
  const stream = new Stream().run(1, 10).run(14, 20);
  assert.equal(stream.counts.missed, 0);
  stream.settle();
  assert.equal(stream.counts.missed, 3);
  assert.deepEqual(stream.end, { missed: 3 });
});

test('what comes after its gap was settled is late still, and no duplicate', () => {
  const stream = new Stream().run(1, 10).run(12, 20);
  stream.settle();
  stream.take(11);
  assert.deepEqual(stream.end, { missed: 1, reordered: 1 });
});

test('a jump that nothing has followed yet is not settled', () => {
  const stream = new Stream().run(1, 10).run(13, 13);
  stream.settle();
  assert.equal(stream.counts.missed, 0);
  stream.run(14, 14);
  stream.settle();
  assert.equal(stream.counts.missed, 2);
});

test('a datagram that took up an unknown number leaves that much open', () => {
  const stream = new Stream();
  stream.take(0, 10, newer);
  stream.take(10, 5, newer, 20); // 5 to 25
  stream.take(31, 10, newer);
  assert.deepEqual(stream.end, {});
  stream.take(41, 0, newer, 20);
  stream.take(70, 1, newer); // 41 to 61 were taken up at most
  assert.deepEqual(stream.end, { missed: 9 });
});

test('C-013 an old number is a duplicate unless the clock says that it is new', () => {
  assert.deepEqual(new Stream().run(1, 100).run(40, 45, ClockOrder.notNewer).run(101, 110).end, { duplicate: 6 });
  assert.deepEqual(new Stream().run(1000, 1100).run(0, 10).end, { reset: 1 });
  assert.deepEqual(new Stream().run(1, 100).run(0, 10).end, { reset: 1 });
});

test('C-013 where the clock says so, two datagrams show a restart', () => {
  const stream = new Stream().run(1, 100).run(101, 101, restarted);
  assert.equal(stream.counts.reset, 0);
  assert.deepEqual(stream.run(102, 102, restarted).run(103, 110).end, { reset: 1 });
});

test('C-013 a long loss is a loss when it can have happened in the time, else a new count', () => {
  const outage = new Stream().run(1, 100);
  outage.nowMs = 60_000;
  assert.deepEqual(outage.run(5_000_001, 5_000_010).end, { missed: 5_000_000 - 100 });
  assert.deepEqual(new Stream().run(1, 100).run(2 ** 30, 2 ** 30 + 10).end, { reset: 1 });
  assert.deepEqual(new Stream().run(3e9, 3e9 + 100).run(0, 10).end, { reset: 1 });
});

test('C-014 single numbers from elsewhere move nothing, wherever they are', () => {
  for (const odd of [5, 150, 110, 10_000, 2 ** 31, 2 ** 32 - 1]) {
    const stream = new Stream().run(50, 100);
    stream.take(odd, 1, newer);
    stream.run(101, 300);
    stream.take(odd + 7, 1, newer);
    stream.settle();
    const { missed, stray = 0, duplicate = 0, reset } = { missed: 0, reset: 0, ...stream.run(301, 400).end };
    assert.deepEqual({ odd, missed, reset }, { odd, missed: 0, reset: 0 });
    assert.ok(stray + duplicate > 0, `${odd} is noticed`);
  }
});

test('C-014 numbers that are injected one by one do not hide a loss', () => {
  const stream = new Stream();
  let injected = 1_000_000;
  for (let number = 0; number < 1_000; number++) {
    if (number % 10 !== 3) stream.take(number, 1, newer);
    if (number % 5 === 1) stream.take(injected++, 1, newer);
  }
  assert.deepEqual(stream.end, { missed: 100, stray: 200 });
});

test('numbers that make no sense are counted as such, in bounded memory', () => {
  const stream = new Stream().run(1, 3);
  for (let i = 0; i < 1_000; i++) stream.take(i * 7_777_777, 1, newer);
  assert.ok(stream.counts.stray > 900);
  assert.equal(stream.counts.missed, 0);
});

test('more gaps than are remembered: the oldest count as missed', () => {
  const stream = new Stream().run(0, 1);
  for (let number = 3; number < 300; number += 2) stream.run(number, number);
  assert.equal(stream.counts.missed, 149 - 32);
  assert.deepEqual(stream.end, { missed: 149 });
});

test('F-30 loss, reordering and duplicates are counted exactly as the path made them', () => {
  const options = { loss: 0.05, duplicate: 0.05, reorder: 0.2 };
  const property = fc.property(
    fc.nat(),
    fc.nat({ max: 2 ** 32 - 1 }),
    fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 20, maxLength: 600 }),
    (seed, first, units) => {
      const path = new Impairment<number>({ seed, ...options });
      const stream = new Stream(3_000);
      const numbers = [first];
      for (const count of units) numbers.push(numbers.at(-1)! + count);
      let newest = -1;
      const deliver = (i: number): void => {
        stream.take(numbers[i]!, units[i]!, i > newest ? newer : ClockOrder.notNewer);
        newest = Math.max(newest, i);
      };
      const came = new Set<number>();
      const pass = (i: number): void => {
        for (const item of path.pass(i, '')) {
          deliver(item);
          came.add(item);
        }
      };
      // the first two and the last three come through: a loss at the end shows by nothing
      for (const i of [0, 1]) deliver(i);
      for (let i = 2; i < units.length - 3; i++) pass(i);
      for (const i of path.flush()) {
        deliver(i);
        came.add(i);
      }
      for (let i = units.length - 3; i < units.length; i++) deliver(i);
      let missed = 0;
      for (let i = 2; i < units.length - 3; i++) if (!came.has(i)) missed += units[i]!;
      const { reordered, duplicated } = path.account;
      void stream.end;
      assert.deepEqual(stream.counts, { missed, reordered, duplicate: duplicated, stray: 0, reset: 0 });
    },
  );
  fc.assert(property, { numRuns: 300 });
});
