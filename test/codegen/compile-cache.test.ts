import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Compilable, CompileCache } from '#src/codegen/compile-cache.js';
import type { CompileLimits } from '#src/codegen/compile-cache.js';
import { Counters } from '#src/metrics/counters.js';
import { compileLimits } from '#src/produce/templated.js';
import { Collector } from '../support/collector.ts';
import { data, protocols } from '../support/exporter.ts';
import { storedDatagram } from '../support/stored-datagram.ts';
import { WholeChain } from '../support/whole-chain.ts';

/** Of the program, but for the size of the cache, which tests fill. */
const limits: CompileLimits = { ...compileLimits, plans: 1_000, bytes: 1e9 };

class Plan extends Compilable<string> {
  readonly fields: number;
  readonly #size: number;
  made = 0;

  constructor(fields = 20, size = 1_000) {
    super();
    this.fields = fields;
    this.#size = size;
  }

  compile() {
    return { code: `code ${++this.made}`, size: this.#size };
  }
}

function cacheOf(changed: Partial<CompileLimits> = {}) {
  const counters = new Counters();
  const clock = { ms: 5_000 };
  const cache = new CompileCache({ ...limits, ...changed }, counters, () => clock.ms);
  return { counters, clock, cache };
}

test('a plan is compiled once, after 256 records', () => {
  const { cache, counters } = cacheOf();
  const plan = new Plan();
  for (let i = 0; i < 16; i++) assert.equal(cache.codeFor(plan, 16), undefined);
  assert.equal(cache.codeFor(plan, 1), 'code 1');
  assert.equal(cache.codeFor(plan, 1), 'code 1');
  assert.deepEqual(counters.snapshot(), { compiles: 1 });
});

test('50 plans are compiled in a second, the others a second later', () => {
  const { cache, counters, clock } = cacheOf({ afterRecords: 0 });
  const plans = Array.from({ length: 120 }, () => new Plan());
  const run = () => plans.filter((plan) => cache.codeFor(plan, 1) !== undefined).length;
  assert.equal(run(), 50);
  clock.ms += 990;
  assert.equal(run(), 50);
  clock.ms += 10;
  assert.equal(run(), 100);
  clock.ms += 1_000;
  assert.equal(run(), 120);
  assert.equal(counters.get('compiles'), 120);
  assert.equal(counters.get('compiles_deferred'), 70 + 70 + 20);
});

test('a plan of more than 512 fields is never compiled, and counted once', () => {
  const { cache, counters } = cacheOf();
  const [largest, larger] = [new Plan(512), new Plan(513)];
  for (let i = 0; i < 9; i++) {
    cache.codeFor(largest, 100);
    assert.equal(cache.codeFor(larger, 100), undefined);
  }
  assert.equal(largest.code, 'code 1');
  assert.deepEqual(counters.snapshot(), { compiles: 1, compiles_refused: 1 });
});

test('what was not used for the longest time is given up, and has to show its use again', () => {
  const { cache, counters } = cacheOf({ plans: 3, afterRecords: 10 });
  const plans = Array.from({ length: 4 }, () => new Plan());
  for (const plan of plans.slice(0, 3)) for (let i = 0; i < 2; i++) cache.codeFor(plan, 10);
  cache.codeFor(plans[0]!, 10);
  for (let i = 0; i < 2; i++) cache.codeFor(plans[3]!, 10);
  assert.deepEqual(
    plans.map(({ code }) => code),
    ['code 1', undefined, 'code 1', 'code 1'],
  );
  assert.equal(counters.get('compiles_given_up'), 1);
  assert.equal(cache.codeFor(plans[1]!, 10), undefined);
  assert.equal(cache.codeFor(plans[1]!, 10), 'code 2');
});

test('count and octets of kept code stay within their limits, whatever comes', () => {
  const anyUse = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 0, max: 20_000 })), { maxLength: 200 });
  fc.assert(
    fc.property(anyUse, (uses) => {
      const { cache, counters } = cacheOf({ afterRecords: 0, perSecond: Infinity, plans: 8, bytes: 500_000 });
      const plans = new Map<number, Plan>();
      for (const [key, size] of uses) {
        const plan = plans.get(key) ?? new Plan(1, size);
        plans.set(key, plan);
        cache.codeFor(plan, 1);
        const kept = [...plans.values()].filter(({ code }) => code !== undefined);
        assert.ok(kept.length <= 8);
        assert.ok(kept.reduce((sum, { codeBytes }) => sum + codeBytes, 0) <= 500_000);
        assert.equal(counters.get('compiles') - counters.get('compiles_given_up'), kept.length);
      }
    }),
    { numRuns: 200 },
  );
});

test('a template of 600 fields is read, by the interpreter', () => {
  for (const [, wire] of protocols) {
    const collector = new Collector();
    const fields = Array.from({ length: 600 }, (_, i) => (i === 599 ? '1/4' : '210/1'));
    const template = wire.template(256, ...fields);
    const { flows } = collector.send(wire.message([template, data(256, `${'00'.repeat(599)}00000539`)]));
    assert.equal(flows[0]!.bytes, 1337n);
    assert.equal(collector.producers.compiled, 0);
  }
});

test('the program keeps to these limits: a template is compiled with record 257, its cache is bounded', () => {
  assert.deepEqual([compileLimits.plans, compileLimits.bytes], [1024, 32 * 1024 * 1024]);
  for (const [, wire] of protocols) {
    const chain = new WholeChain(() => {}, { compileLimits });
    chain.take(storedDatagram(wire.message([wire.template(256, '1/4')])));
    const records = (count: number) => storedDatagram(wire.message([data(256, '00000539'.repeat(count))]));
    for (let i = 0; i < 16; i++) chain.take(records(16));
    assert.deepEqual([chain.counters.get('flows_produced'), chain.counters.get('compiles')], [256, 0]);
    chain.take(records(1));
    assert.deepEqual([chain.counters.get('flows_produced'), chain.counters.get('compiles')], [257, 1]);
  }
});
