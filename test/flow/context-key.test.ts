import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ContextKey } from '#src/flow/context-key.js';
import { contextOf, flowWith } from '../support/context.ts';

const octets = (text: string) => new TextEncoder().encode(text);

test('a key is asked of flows, whatever keys are shown, and of each generation by its own numbers', () => {
  const first = contextOf('networks: [{ name: web, cidr: 10.0.0.0/8, context: { tier: frontend } }]', {
    keys: ['source_group'],
  });
  const second = contextOf('networks: [{ name: db, cidr: 10.0.0.0/8, context: { a: b, tier: hinten } }]');
  const flow = flowWith({ src_addr: '10.0.0.1', dst_addr: '192.0.2.1' });
  const tier = new ContextKey('source_tier');
  const group = new ContextKey('source_group');
  const other = new ContextKey('destination_tier');
  for (const [{ enricher }, name, value] of [
    [first, 'web', 'frontend'],
    [second, 'db', 'hinten'],
    [first, 'web', 'frontend'],
  ] as const) {
    enricher.enrich(flow);
    assert.equal(group.text(flow.context), name);
    assert.equal(tier.text(flow.context), value);
    assert.ok(tier.is(flow.context, octets(value)));
    assert.ok(!tier.is(flow.context, octets(`${value}x`)));
    assert.ok(tier.has(flow.context));
    assert.equal(tier.length(flow.context), value.length);
    const out = new Uint8Array(8);
    assert.equal(tier.copy(flow.context, out, 1, 4), 5);
    assert.deepEqual(out.subarray(1, 5), octets(value.slice(0, 4)));
    assert.ok(!other.has(flow.context));
    assert.equal(other.text(flow.context), undefined);
    assert.ok(!other.is(flow.context, octets('')));
    assert.equal(other.copy(flow.context, out, 0, 4), 0);
  }
  assert.throws(() => new ContextKey('src_addr'), /no key of a context/);
});
