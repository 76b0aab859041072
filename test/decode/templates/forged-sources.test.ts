import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryTemplateStore } from '#src/decode/templates/memory-store.js';
import { Counters } from '#src/metrics/counters.js';
import { inFull } from '../../support/extent.ts';
import { ForgedSources } from '../../support/forged-sources.ts';
import { template } from '../../support/kept-state.ts';

test('S-03 forged sources give up their templates among themselves, and every known exporter is decoded', () => {
  const forged = new ForgedSources();
  forged.flood(inFull ? 1_000_000 : 15_000);
  assert.ok(forged.collector.count('notices:template_evicted') > 1_000);
});

test('S-03 one source of the largest templates has a share, whether it sends data for them or not', () => {
  for (const used of [false, true]) {
    const forged = new ForgedSources();
    forged.floodOfOne(inFull ? 2_000 : 40, used);
    assert.ok(forged.collector.count('notices:template_evicted') > 10);
  }
});

test('S-03 an exporter is proven by data for what it has sent before; then its other templates are as well', () => {
  const store = new MemoryTemplateStore({ counters: new Counters() });
  const owner = { address: '192.0.2.1', port: 1, version: 9, domain: 5 } as const;
  store.add(owner, template(9, 5, 256, 1), 0);
  store.add(owner, template(9, 5, 257, 2), 0);
  assert.ok(store.probationBytes > 0);
  assert.deepEqual(
    [...store.entries()].map(({ proven }) => proven),
    [false, false],
  );
  store.find(owner, 256);
  assert.equal(store.probationBytes, 0);
  assert.deepEqual(
    [...store.entries()].map(({ proven }) => proven),
    [true, true],
  );
  for (const stored of store.entries()) store.remove(stored);
  assert.equal(store.bytes, 0);
});

test('S-03 forged sources that send data too fill the memory, and there is room for a newcomer all the same', () => {
  const store = new MemoryTemplateStore({ counters: new Counters(), maxBytes: 256 * 1024 });
  const ownerOf = (address: string) => ({ address, port: 2055, version: 9 as const, domain: 1 });
  for (let i = 0; i < 2_000; i++) {
    const address = `10.0.${i >> 8}.${i & 255}`;
    store.put(ownerOf(address), template(9, 1, 256, 1 + i), 0);
    store.prove(address);
  }
  for (let i = 0; i < 500; i++) store.put(ownerOf(`10.1.${i >> 8}.${i & 255}`), template(9, 1, 256, 5000 + i), 0);
  assert.ok(store.bytes <= 256 * 1024 && store.bytes > 240 * 1024, `${store.bytes}`);
  assert.ok(store.probationBytes > 0);
  const newcomer = ownerOf('192.0.2.99');
  store.put(newcomer, template(9, 1, 256, 8), 0);
  assert.notEqual(store.lookUp(newcomer, 256), undefined);
});

test('S-03 clocks of exporters whose ports are many are part of the memory for templates, and bounded with it', () => {
  const maxBytes = 512 * 1024;
  const store = new MemoryTemplateStore({ counters: new Counters(), maxBytes });
  for (let i = 0; i < 2_000; i++) {
    const owner = { address: `10.0.${i >> 8}.${i & 255}`, port: 2055, version: 9, domain: 1 } as const;
    store.add(owner, template(9, 1, 256, 1 + i), 0);
    store.find(owner, 256);
    for (let more = 0; more <= i % 7; more++) {
      store.observe({ ...owner, port: 2055 + more }, { sysUptimeMs: 5_000, exportSeconds: 1_700_000_000, sequence: 1 });
      assert.ok(store.bytes <= maxBytes, `${store.bytes}`);
    }
  }
  for (const stored of store.entries()) store.remove(stored);
  assert.equal(store.bytes, 0);
});
