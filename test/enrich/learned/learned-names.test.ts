import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LearnedNames } from '#src/enrich/learned/learned-names.js';
import type { LearnedNamesOptions } from '#src/enrich/learned/learned-names.js';
import { idText, readId } from '#src/enrich/learned/told-name.js';
import type { NameKind, ToldName } from '#src/enrich/learned/told-name.js';
import { Counters } from '#src/metrics/counters.js';

const DAY_MS = 86_400_000;

/** Names of one thread, under a clock of the test. */
class Names {
  nowMs = 1_700_000_000_000;
  readonly counters = new Counters();
  readonly proven = new Set<string>();
  readonly names: LearnedNames;

  constructor(options: LearnedNamesOptions = {}) {
    const isProven = (address: string) => this.proven.has(address);
    this.names = new LearnedNames({ counters: this.counters, isProven, now: () => this.nowMs, ...options });
  }

  /** Has an exporter tell the name of an interface. */
  tell(address: string, index: number, name: string, domain = 0): void {
    this.names.begin(address, 9, domain);
    this.names.learn('interface', { high: 0, low: index }, name, undefined);
    this.names.end();
  }

  find(address: string, index: number, domain = 0): string | undefined {
    this.names.begin(address, 9, domain);
    const entry = this.names.current?.find('interface', 0, index);
    this.names.end();
    return entry !== undefined && this.names.holds(entry) ? entry.name : undefined;
  }

  all(): string[] {
    return [...this.names.all()].map(({ address, id, name }) => `${address} ${id} ${name}`).sort();
  }
}

test('a name holds for two days after it was told last', () => {
  const clock = new Names();
  clock.tell('192.0.2.1', 3, 'a');
  clock.tell('192.0.2.1', 4, 'b');
  clock.nowMs += 1.5 * DAY_MS;
  clock.tell('192.0.2.1', 4, 'b');
  clock.nowMs += 0.6 * DAY_MS;
  clock.names.tick();
  assert.deepEqual(clock.all(), ['192.0.2.1 4 b']);
  assert.equal(clock.find('192.0.2.1', 3), undefined);
  assert.equal(clock.find('192.0.2.1', 4), 'b');
  assert.equal(clock.names.count, 1);
  clock.nowMs += 2 * DAY_MS;
  clock.names.tick();
  assert.equal(clock.names.bytes, 0, 'nothing is left of the exporter');
});

test('S-03 names of exporters of which no data was decoded have a quarter of the memory, and nobody else is told of them', () => {
  const known = new Names({ maxBytes: 400_000 });
  known.proven.add('192.0.2.1');
  for (let i = 0; i < 20; i++) known.tell('192.0.2.1', i, `port ${i}`);
  for (let i = 0; i < 2_000; i++) known.tell(`10.0.${i >>> 8}.${i & 255}`, 1, `forged ${i}`);
  assert.ok(known.names.bytes < 400_000 / 4 + 20_000, `${known.names.bytes} octets`);
  assert.equal(known.find('192.0.2.1', 7), 'port 7');
  assert.equal(known.find('10.0.7.207', 1), 'forged 1999');
  assert.equal(known.find('10.0.0.0', 1), undefined);
  assert.ok(known.counters.get('notices:name_evicted') > 1_800);
  assert.equal(known.names.news(10_000).length, 20);

  // data comes: it is no mere claim any more
  known.names.prove('10.0.7.207');
  assert.deepEqual(
    known.names.news(10_000).map(({ address, name }) => `${address} ${name}`),
    ['10.0.7.207 forged 1999'],
  );
  for (let i = 0; i < 2_000; i++) known.tell(`10.1.${i >>> 8}.${i & 255}`, 1, `forged ${i}`);
  assert.equal(known.find('10.0.7.207', 1), 'forged 1999');
});

test('one exporter has a quarter of the memory and gives up its own oldest names', () => {
  const known = new Names({ maxBytes: 400_000 });
  for (const address of ['192.0.2.1', '192.0.2.2']) known.proven.add(address);
  known.tell('192.0.2.2', 1, 'small');
  for (let i = 0; i < 1_000; i++) known.tell('192.0.2.1', i, `port ${i}`, i % 3);
  assert.ok(known.names.bytes < 105_000);
  assert.equal(known.find('192.0.2.2', 1), 'small');
  assert.equal(known.find('192.0.2.1', 999), 'port 999');
  assert.equal(known.find('192.0.2.1', 0), undefined);
  assert.equal(known.names.count, 1_001 - known.counters.get('notices:name_evicted'));
});

test('where all memory is used up, the exporter goes first that was silent for the longest time', () => {
  const known = new Names({ maxBytes: 40_000 });
  for (let i = 0; i < 40; i++) {
    known.proven.add(`192.0.2.${i}`);
    known.tell(`192.0.2.${i}`, 1, `exporter ${i}`);
    if (i % 4 === 0) known.tell('192.0.2.0', 1, 'exporter 0');
  }
  assert.ok(known.names.bytes <= 40_000);
  assert.equal(known.find('192.0.2.0', 1), 'exporter 0');
  assert.equal(known.find('192.0.2.1', 1), undefined);
  assert.equal(known.find('192.0.2.39', 1), 'exporter 39');
});

test('others are told what is new, and from time to time that a name is still told', () => {
  const known = new Names();
  known.proven.add('192.0.2.1');
  const told = () => known.names.news(100).map(({ id, name }) => `${id} ${name}`);
  known.tell('192.0.2.1', 1, 'a');
  known.tell('192.0.2.1', 2, 'b');
  assert.deepEqual(known.names.news(1).length, 1);
  assert.deepEqual(told(), ['2 b']);
  known.tell('192.0.2.1', 1, 'a');
  assert.deepEqual(told(), []);
  known.tell('192.0.2.1', 1, 'c');
  assert.deepEqual(told(), ['1 c']);
  known.nowMs += DAY_MS / 2;
  known.tell('192.0.2.1', 2, 'b');
  assert.deepEqual(told(), ['2 b']);
  assert.equal(known.counters.get('names_learned'), 3);
});

test('of what others tell, the latest holds; what is over is not taken, a clock that is ahead makes nothing last', () => {
  const known = new Names();
  const { nowMs } = known;
  const name = (text: string, heardMs: number): ToldName => {
    const of = { address: '192.0.2.1', version: 9, domain: 0, kind: 'interface', id: '3', description: '' } as const;
    return { ...of, name: text, heardMs };
  };
  assert.equal(known.names.restore(name('a', nowMs - 1_000)), true);
  assert.equal(known.names.restore(name('older', nowMs - 2_000)), false);
  assert.equal(known.names.restore(name('a', nowMs - 500)), false, 'the same is no news');
  assert.equal(known.names.restore(name('newer', nowMs + 5 * DAY_MS)), true);
  assert.deepEqual(known.all(), ['192.0.2.1 3 newer']);
  assert.equal(known.names.restore(name('over', nowMs - 3 * DAY_MS)), false);
  assert.deepEqual(known.names.news(10), [], 'what others know is not told them again');
  known.nowMs += 2.1 * DAY_MS;
  assert.deepEqual(known.all(), []);
});

test('ids are written so that they can be read again', () => {
  const ids: [NameKind, string][] = [
    ['interface', '4294967295'],
    ['vrf', '0'],
    ['application', '13:453'],
    ['application', '255:9007199254740991'],
    ['exporter', ''],
  ];
  for (const [kind, text] of ids) assert.equal(idText(kind, readId(kind, text)), text);
  const wrong: [NameKind, string][] = [
    ['interface', '4294967296'],
    ['interface', '1:2'],
    ['vrf', '-1'],
    ['application', '256:1'],
    ['application', '1:9007199254740992'],
    ['exporter', '1'],
  ];
  for (const [kind, text] of wrong) assert.throws(() => readId(kind, text), /no id of/);
});
