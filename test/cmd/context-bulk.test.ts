import { test } from 'node:test';
import assert from 'node:assert/strict';
import { takeBulk } from '../support/bulk-context.ts';

test('20,000 networks are taken into use while datagrams come: none is lost', async (t) => {
  const { networks, sent, books, peakOctets } = await takeBulk(t, 20_000, 1000, '');
  assert.equal(networks, 20_000);
  assert.equal(books['kernel_drops'] ?? 0, 0);
  assert.equal(books['flows_delivered'], sent);
  assert.equal(books['context_loads'], 2);
  assert.ok(peakOctets < 150e6, `${peakOctets} octets more`);
});
