import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Source } from '#src/listen/datagram.js';
import { ExporterBook } from '#src/metrics/exporter-book.js';
import { MAX_EXPORTER_ROWS, exporterColumn } from '#src/metrics/exporter-columns.js';

const v4 = (i: number) => new Source(Uint8Array.of(10, i >> 16, i >> 8, i));
const FLOWS = exporterColumn('flows');
const LAST_SEEN = exporterColumn('last_seen');

test('what an address has counts for it, before and after it has a row', () => {
  const book = new ExporterBook();
  book.row = book.find(v4(1));
  book.add(FLOWS, 5);
  book.row = book.admit(v4(1), 1_000);
  book.add(FLOWS, 7);
  const six = new Source(Uint8Array.from({ length: 16 }, (_, i) => i));
  book.row = book.admit(six, 1_000);
  book.add(FLOWS, 9);
  assert.deepEqual(
    [0, book.find(v4(1)), book.find(six), book.find(v4(2))].map((row) => book.get(row, 'flows')),
    [5, 7, 9, 5],
  );
});

test('the worker that follows goes on with the same rows', () => {
  const first = new ExporterBook();
  first.row = first.admit(v4(1), 1_000);
  first.add(FLOWS, 7);
  const agent = first.agent(v4(1), Uint8Array.of(192, 0, 2, 1), 0, 4);
  const { exporters, agents } = first;
  const second = new ExporterBook({ exporters: exporters.memory, agents: agents.memory });
  assert.equal(second.find(v4(1)), first.row);
  assert.equal(second.get(second.find(v4(1)), 'flows'), 7);
  assert.equal(second.agent(v4(1), Uint8Array.of(192, 0, 2, 1), 0, 4), agent);
  assert.notEqual(second.agent(v4(1), Uint8Array.of(192, 0, 2, 2), 0, 4), agent);
});

test('S-09 10^5 forged exporters take no row of a real one, and it none of theirs', () => {
  const book = new ExporterBook();
  const early = Array.from({ length: 50 }, (_, i) => v4(i));
  for (const source of early) assert.ok(book.admit(source, 0) > 0);
  for (let i = 0; i < 100_000; i++) book.admit(v4(1_000 + i), 1_000);
  assert.ok(book.exporters.used <= MAX_EXPORTER_ROWS / 2 + 2, `${book.exporters.used} rows`);
  for (const source of early) assert.ok(book.find(source) > 0);
  const late = new Source(Uint8Array.of(192, 0, 2, 1));
  assert.equal(book.admit(late, 2_000), 0, 'comes once');
  assert.ok(book.admit(late, 2_001) > 0, 'comes twice');
});

test('S-09 a full table gives a row away after an hour of silence, and no count is lost', () => {
  const book = new ExporterBook();
  for (let i = 0; i < 5_000; i++) {
    for (const again of [0, 1]) book.row = book.admit(v4(i), again);
    if (book.row > 0) book.add(FLOWS, 1);
  }
  assert.ok(book.exporters.full);
  const busy = v4(3);
  const hour = 3_600_001;
  book.row = book.find(busy);
  book.set(LAST_SEEN, hour);
  const late = new Source(Uint8Array.of(192, 0, 2, 1));
  for (const nowMs of [1_000, 1_001]) assert.equal(book.admit(late, nowMs), 0);
  book.tick(1_000);
  const row = book.admit(late, hour);
  assert.ok(row > 0);
  assert.equal(book.find(late), row);
  assert.ok(book.find(busy) > 0, 'who is not silent stays');
  let flows = 0;
  for (let each = 0; each < book.exporters.used; each++) flows += book.get(each, 'flows');
  assert.equal(flows, MAX_EXPORTER_ROWS);
});
