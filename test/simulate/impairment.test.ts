import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Impairment } from '#src/simulate/impairment.js';

const share = fc.integer({ min: 0, max: 33 }).map((percent) => percent / 100);

test('what comes out is exactly what the account says', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      share,
      share,
      share,
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 500 }),
      (seed, loss, duplicate, reorder, streams, count) => {
        const impairment = new Impairment<[string, number]>({ seed, loss, duplicate, reorder });
        const out: [string, number][] = [];
        for (let i = 0; i < count; i++) {
          const stream = String(i % streams);
          out.push(...impairment.pass([stream, i], stream));
        }
        out.push(...impairment.flush());
        const { account } = impairment;
        const distinct = new Set(out.map(([, i]) => i));
        assert.equal(account.received, count);
        assert.equal(account.lost, count - distinct.size);
        assert.equal(account.duplicated, out.length - distinct.size);
        assert.equal(account.delivered, out.length);
        assert.equal(account.held, 0);
        const highest = new Map<string, number>();
        let late = 0;
        for (const [stream, i] of out) {
          if (i < (highest.get(stream) ?? -1)) late++;
          highest.set(stream, Math.max(i, highest.get(stream) ?? -1));
        }
        assert.equal(account.reordered, late);
      },
    ),
  );
});

test('the shares are met, and the same seed does the same', () => {
  const run = (seed: number) => {
    const impairment = new Impairment<number>({ seed, loss: 0.05, duplicate: 0.05, reorder: 0.2 });
    const out = Array.from({ length: 20_000 }, (_, i) => impairment.pass(i, 'a')).flat();
    return { out, account: impairment.account };
  };
  const { account, out } = run(1);
  assert.ok(Math.abs(account.lost / 20_000 - 0.05) < 0.005);
  assert.ok(Math.abs(account.duplicated / 20_000 - 0.05) < 0.005);
  assert.ok(account.reordered / 20_000 > 0.15); // a held one lets the next pass
  assert.deepEqual(run(1).out, out);
  assert.notDeepEqual(run(2).out, out);
  const spared = new Impairment<number>({ seed: 1, loss: 1, spared: 3 });
  assert.deepEqual(
    [1, 2, 3, 4, 5].flatMap((i) => spared.pass(i, 'a')),
    [1, 2, 3],
  );
  assert.throws(() => new Impairment({ seed: 1, loss: 0.6, reorder: 0.5 }), RangeError);
});
