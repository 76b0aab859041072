import { test } from 'node:test';
import assert from 'node:assert/strict';
import { MemoryTemplateStore } from '#src/decode/templates/memory-store.js';
import type { Owner } from '#src/decode/templates/store.js';
import { makeTemplate } from '#src/decode/templates/template.js';
import type { Template } from '#src/decode/templates/template.js';
import { Source } from '#src/listen/datagram.js';
import { Counters } from '#src/metrics/counters.js';
import { Collector } from '../../support/collector.ts';
import { data, protocols, v9 } from '../../support/exporter.ts';
import { memoryUsed } from '../../support/memory-used.ts';

const known = data(256, '01020304');

test('C-129 an exporter that changes its port with every datagram keeps decoding, in bounded memory (D-6)', () => {
  for (const [name, wire] of protocols) {
    const collector = new Collector();
    let bytes = 0;
    for (let i = 0; i < 2_000; i++) {
      const sets = i % 10 === 0 ? [wire.template(256, '8/4'), known] : [known];
      const seconds = { exportSeconds: 1_704_067_200 + i, sysUptimeMs: 5_000_000 + i * 1000 };
      const { records } = collector.send(wire.message(sets, seconds), { sourcePort: 1_024 + i });
      assert.deepEqual(records, [['01020304']], name);
      if (i === 1_000) bytes = collector.templates.bytes;
    }
    assert.equal(collector.templates.bytes, bytes);
    assert.equal(collector.count('templates_added'), 1);
    assert.ok([...collector.templates.entries()][0]!.ports.length <= 64);
  }
});

test('two exporters behind one address keep their layouts of one id (D-6)', () => {
  for (const [name, wire] of protocols) {
    const collector = new Collector();
    const from = (sourcePort: number, ...sets: Uint8Array[]) =>
      collector.send(wire.message(sets), { sourcePort }).records;
    from(1_000, wire.template(256, '8/4'));
    from(2_000, wire.template(256, '7/2', '11/2'));
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(from(1_000, known), [['01020304']], name);
      assert.deepEqual(from(2_000, known), [['0102', '0304']], name);
      assert.deepEqual(from(3_000, known), [['0102', '0304']], 'another port: the latest definition');
      from(1_000, wire.template(256, '8/4'));
      assert.deepEqual(from(3_000, known), [['01020304']], 'the latest definition again');
      from(2_000, wire.template(256, '7/2', '11/2'));
    }
    assert.equal(collector.count('templates_added'), 2);
    assert.equal(collector.count('notices:template_conflict'), 1);
    assert.equal(collector.count('notices:template_changed'), 0);
  }
});

test('a domain that is gone is not found by what was left with its source', () => {
  const counters = new Counters();
  const [store, second] = [new MemoryTemplateStore({ counters }), new MemoryTemplateStore({ counters })];
  const source = new Source(Uint8Array.of(192, 0, 2, 1));
  const owner = (domain: number): Owner => ({ address: source.text, source, port: 9, version: 9, domain });
  const template = (domain: number) =>
    makeTemplate({ version: 9, domain, id: 256, options: false, scopeCount: 0 }, [{ id: 8, pen: 0, length: 4 }]);
  for (const domain of [1, 2]) store.add(owner(domain), template(domain), 0);
  for (const domain of [1, 2, 1]) assert.equal(store.find(owner(domain), 256)?.domain, domain);
  assert.equal(second.find(owner(1), 256), undefined, 'of another store');
  store.remove(store.lookUp(owner(1), 256)!);
  assert.equal(store.find(owner(1), 256), undefined);
  assert.equal(store.find(owner(2), 256)?.domain, 2);
  store.add(owner(1), template(1), 0);
  assert.equal(store.find(owner(1), 256)?.domain, 1);
});

test('at most 64 ports of an address have definitions of their own (D-6)', () => {
  const collector = new Collector();
  for (let i = 0; i < 200; i++) {
    collector.send(v9.message([v9.template(256, '8/4', `${1_000 + i}/1`)]), { sourcePort: 1_000 + i });
  }
  assert.equal([...collector.templates.entries()].length, 64);
  const decoded = collector.send(v9.message([data(256, '0102030405')]), { sourcePort: 1_150 });
  assert.deepEqual(decoded.records, [['01020304', '05']]);
});

test('one definition is known by 64 ports of an address, the latest ones (D-6)', () => {
  const collector = new Collector();
  const portsAfter = (count: number) => {
    for (let i = 0; i < count; i++) collector.send(v9.message([v9.template(256, '8/4')]), { sourcePort: 1_000 + i });
    return [...collector.templates.entries()].map(({ ports }) => ports);
  };
  const ports = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
  assert.deepEqual(portsAfter(64), [ports(1_000, 1_063)]);
  assert.deepEqual(portsAfter(65), [ports(1_001, 1_064)]);
});

test('equal definitions are one object, of one list of fields', () => {
  const collector = new Collector();
  for (let i = 0; i < 50; i++) {
    collector.send(v9.message([v9.template(256, '8/4', '12/4')]), { address: `198.51.100.${i}`, sourcePort: 7 });
    collector.send(v9.message([v9.template(256, '8/4', '12/4')]), { address: `198.51.100.${i}`, sourcePort: 8 });
    collector.send(v9.message([v9.template(257, '8/4', '12/4')]), { address: `198.51.100.${i}` });
  }
  const stored = [...collector.templates.entries()];
  assert.equal(stored.length, 100);
  assert.equal(new Set(stored.map(({ template }) => template.fields)).size, 1);
});

test('a definition of empty records is not taken from a file either', () => {
  const store = new MemoryTemplateStore({ counters: new Counters() });
  store.put(owner(1), makeTemplate({ version: 9, domain: 1, id: 256, options: false, scopeCount: 0 }, []), 0);
  assert.equal(store.find(owner(1), 256), undefined);
  assert.equal(store.bytes, 0);
});

test('F-27 an exporter that redefines a template with every datagram is decoded by the latest', () => {
  for (const [name, wire] of protocols) {
    const collector = new Collector();
    for (let i = 0; i < 100; i++) {
      const [layout, record] =
        i % 2 === 0
          ? [['8/4'], ['01020304']]
          : [
              ['7/2', '11/2'],
              ['0102', '0304'],
            ];
      const { records } = collector.send(wire.message([wire.template(256, ...layout), known, known]));
      assert.deepEqual(records, [record, record], name);
      assert.deepEqual(collector.send(wire.message([known])).records, [record], name);
    }
    assert.equal([...collector.templates.entries()].length, 1);
    assert.equal(collector.count('notices:template_changed'), 99);
    assert.equal(collector.count('notices:template_conflict'), 0);
  }
});

test('F-28 one id in 1,000 domains with layouts of their own', () => {
  for (const [name, wire] of protocols) {
    const collector = new Collector();
    const width = (domain: number) => 1 + (domain % 4);
    for (let domain = 0; domain < 1_000; domain++) {
      collector.send(wire.message([wire.template(256, `8/${width(domain)}`)], { domain }));
    }
    for (let domain = 999; domain >= 0; domain--) {
      const { records } = collector.send(wire.message([data(256, '0102030405060708090a0b0c')], { domain }));
      assert.equal(records.length, 12 / width(domain), name);
    }
  }
});

const owner = (i: number, port = 2_055): Owner => ({
  address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
  port,
  version: 9,
  domain: i,
});

function template(id: number, domain: number, count: number, first: number): Template {
  const fields = Array.from({ length: count }, (_, i) => ({ id: (first + i) & 0x7fff, pen: 0, length: 4 }));
  return makeTemplate({ version: 9, domain, id, options: false, scopeCount: 0 }, fields);
}

test('C-057, C-058, RFC 5471 3.5.4 templates are bounded by the octets that they take, the longest unused go first', () => {
  const floods: [name: string, add: (store: MemoryTemplateStore, i: number) => void][] = [
    ['many sources, one layout', (store, i) => store.add(owner(i), template(256, i, 20, 1), 0)],
    ['many sources, a layout each', (store, i) => store.add(owner(i), template(256, i, 20, i), 0)],
    ['one source, many ids', (store, i) => store.add(owner(1), template(256 + (i % 65_000), 1, 20, i), 0)],
    ['one source, many ports', (store, i) => store.add(owner(1, i % 65_536), template(256 + (i % 1_000), 1, 20, i), 0)],
    ['large templates', (store, i) => void (i % 64 === 0 && store.add(owner(i), template(256, i, 4_000, i), 0))],
    [
      'clocks',
      (store, i) => {
        const who = owner(Math.floor(i / 64), i % 64);
        store.add(who, template(256, who.domain, 1, 1), 0);
        store.observe(who, { sysUptimeMs: 1, exportSeconds: 1, sequence: 1 });
      },
    ],
  ];
  const maxBytes = 4 * 1024 * 1024;
  for (const [name, add] of floods) {
    const counters = new Counters();
    const before = memoryUsed();
    const store = new MemoryTemplateStore({ counters, maxBytes });
    for (let i = 0; i < 20_000; i++) add(store, i);
    assert.ok(store.bytes <= maxBytes, `${name}: ${store.bytes}`);
    assert.ok(counters.get('notices:template_evicted') > 0 || store.bytes > maxBytes / 8, name);
    const used = memoryUsed() - before;
    assert.ok(used < store.bytes * 1.1 + 300_000, `${name}: estimated ${store.bytes}, used ${used}`);
    for (const stored of store.entries()) store.remove(stored);
    assert.equal(store.bytes, 0, name);
  }
});

test('templates in use outlive a flood of new ones', () => {
  const collector = new Collector({ maxTemplateBytes: 256 * 1024 });
  collector.send(v9.message([v9.template(256, '8/4')]));
  for (let i = 0; i < 5_000; i++) {
    collector.send(v9.message([v9.template(256, '7/2', `${i + 500}/2`)]), { address: `10.0.${i >> 8}.${i & 255}` });
    if (i % 10 === 0) assert.deepEqual(collector.send(v9.message([known])).records, [['01020304']]);
  }
  assert.ok(collector.count('notices:template_evicted') > 1_000);
});

test('listeners are told what becomes known and what goes, and not of what is sent again', () => {
  const store = new MemoryTemplateStore({ counters: new Counters() });
  const told: string[] = [];
  store.subscribe((event, stored, port) => told.push(`${event} ${stored.template.fields[0]!.id} by ${port}`));
  const add = (port: number, first: number) => store.add(owner(1, port), template(256, 1, 1, first), 0);
  add(1, 10);
  add(1, 10);
  add(2, 10);
  add(2, 20);
  add(1, 10);
  add(1, 20);
  store.put(owner(1, 9), template(300, 1, 1, 30), 0);
  store.remove(store.lookUp(owner(1), 256)!);
  assert.deepEqual(told, [
    'added 10 by 1',
    'added 20 by 2',
    'latest 10 by 1',
    'latest 20 by 1',
    'replaced 10 by 1',
    'removed 20 by 0',
  ]);
  assert.notEqual(store.find(owner(1), 300), undefined);
});

test('RFC 5471 3.5.1, C-123 very many records of one template exhaust nothing, and other sessions live on', () => {
  const collector = new Collector();
  collector.send(v9.message([v9.template(256, '8/4')]));
  collector.send(v9.message([v9.template(256, '7/2', '11/2')]), { address: '192.0.2.2' });
  const many = v9.message([data(256, '01020304'.repeat(300))]);
  collector.send(many);
  const before = memoryUsed();
  for (let i = 0; i < 300; i++) collector.send(many);
  assert.ok(memoryUsed() - before < 1_000_000);
  assert.equal(collector.count('records_decoded'), 301 * 300);
  const other = collector.send(v9.message([known]), { address: '192.0.2.2' });
  assert.deepEqual(other.records, [['0102', '0304']]);
});
