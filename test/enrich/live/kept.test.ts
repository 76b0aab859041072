/** What the model thread keeps from one build to the next. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ContextEnricher } from '#src/enrich/context/context-enricher.js';
import { ContextModel } from '#src/enrich/context/context-model.js';
import { buildContext } from '#src/enrich/live/build-context.js';
import { KeptMemory } from '#src/enrich/live/kept-memory.js';
import { KeptObjects } from '#src/enrich/live/kept-objects.js';
import { Counters } from '#src/metrics/counters.js';
import { contextOfFlow, flowWith } from '../../support/context.ts';

const network = (name: string, cidr: string) => ({
  key: `network.${name}`,
  text: JSON.stringify({ name, cidr }),
});

test('objects are kept by their keys, and those that stay as they are are parsed once', () => {
  const objects = new KeptObjects();
  const keys = () => objects.ordered.map(({ key }) => key);
  const all = ['b', 'a', 'c'].map((name) => network(name, '10.0.0.0/8'));
  objects.change({ number: 1, whole: true, set: all, gone: [] });
  assert.deepEqual(keys(), ['network.a', 'network.b', 'network.c']);
  const [a] = objects.ordered;

  objects.change({ number: 2, whole: false, set: [network('d', '10.1.0.0/16')], gone: ['network.b'] });
  assert.deepEqual(keys(), ['network.a', 'network.c', 'network.d']);
  assert.equal(objects.ordered[0], a);

  objects.change({ number: 3, whole: false, set: [{ ...network('a', '10.0.0.0/8'), before: '{}' }], gone: [] });
  assert.equal(objects.ordered[0], a);
  assert.equal(a!.before, '{}');

  const other = { key: 'network.a', text: network('a', '10.9.0.0/16').text };
  objects.change({ number: 4, whole: true, set: [other], gone: [] });
  assert.deepEqual(
    objects.ordered.map(({ key, text, before }) => ({ key, text, before })),
    [{ ...other, before: undefined }],
  );
});

test('objects that are kept build the same context as objects that are read for the first time', () => {
  const objects = new KeptObjects();
  const settings = { files: [], keys: [], format: 'json' };
  const groupOf = (given: readonly { key: string; text: string }[], address: string) => {
    const result = buildContext({ settings, previous: undefined, force: true }, { objects: given });
    assert.equal(result.kind, 'built');
    const enricher = new ContextEnricher(new ContextModel(result.tables), new Counters());
    return contextOfFlow(enricher, flowWith({ src_addr: address }))['source_group'];
  };
  objects.change({ number: 1, whole: true, set: [network('a', '10.0.0.0/8'), network('b', '10.1.0.0/16')], gone: [] });
  for (let round = 2; round < 5; round++) {
    const moved = { key: 'network.b', text: JSON.stringify({ name: `b${round}`, cidr: `10.${round}.0.0/16` }) };
    objects.change({ number: round, whole: false, set: [moved], gone: [] });
    for (const address of ['10.1.0.1', `10.${round}.0.1`, '11.0.0.1']) {
      assert.equal(groupOf(objects.ordered, address), groupOf([network('a', '10.0.0.0/8'), moved], address));
    }
    assert.equal(groupOf(objects.ordered, `10.${round}.0.1`), `b${round}`);
  }
});

test('memory goes to another build when its own is in use no more, and not before', () => {
  const memory = new KeptMemory();
  const first = memory.for(1)(1000);
  const second = memory.for(2)(1000);
  memory.release(1);
  const third = memory.for(3)(1000);
  assert.equal(new Set([first, second, third]).size, 3);
  memory.release(3);
  const allocate = memory.for(4);
  assert.deepEqual(new Set([allocate(1000), allocate(1000)]), new Set([first, second]));
  assert.ok(![first, second, third].includes(allocate(1000)));
  assert.ok(allocate(1_000_000).byteLength >= 1_000_000);
});

test('memory of an attempt at a build that was in vain goes to the next one; much too large a piece goes to none', () => {
  const memory = new KeptMemory();
  const large = memory.for(1)(10_000_000);
  assert.equal(memory.for(1)(9_000_000), large);
  memory.release(2);
  assert.notEqual(memory.for(2)(1000), large);
});

test('a thousand builds of one size need the memory of a few', () => {
  const memory = new KeptMemory();
  for (let build = 1; build <= 1000; build++) {
    memory.release(build - 2);
    const allocate = memory.for(build);
    for (const octets of [500_000, 300_000 + build * 100, 200_000]) allocate(octets);
  }
  assert.ok(memory.allocated < 20_000_000, String(memory.allocated));
});
