/** The full form of the test of bulk data: `npm run test:long`. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { takeBulk } from '../support/bulk-context.ts';

test('1,000,000 networks: built in 10 s of an idle core, in 300 MB a generation, receiving never pauses for 50 ms', async (t) => {
  // The kernel's default buffer holds 99 datagrams: at 1,900 a second a pause of 52 ms overflows it.
  const report = await takeBulk(t, 1_000_000, 1900, '?rcvbuf=212992');
  t.diagnostic(JSON.stringify({ ...report, books: undefined }));
  assert.equal(report.networks, 1_000_000);
  assert.equal(report.books['kernel_drops'] ?? 0, 0);
  assert.equal(report.books['flows_delivered'], report.sent);
  // CPU time and not the clock, which others on the machine slow down; half as much again for those on the other thread
  // of the core, and what it takes to receive.
  assert.ok(report.cpuMs < 10_000 + 5000 + report.inUseMs / 5, `${report.cpuMs} ms of CPU`);
  // While it is built there are the tables and what they are made of.
  assert.ok(report.peakOctets < 2 * 300e6, `${report.peakOctets} octets more`);
});
