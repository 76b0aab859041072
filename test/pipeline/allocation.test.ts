import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Octets a flow: the smallest object has 16. What is left comes by the datagram, and a batch buffer now and then. */
const MOST_OCTETS = 8;

const probe = fileURLToPath(new URL('../support/allocation-probe.js', import.meta.url));
const flags = ['--min-semi-space-size=256', '--max-semi-space-size=256'];

for (const mode of ['compiled', 'interpreted']) {
  for (const format of ['json', 'text', 'bin']) {
    test(`no object a flow: warm, the chain takes next to no heap for a flow (${format}, ${mode})`, () => {
      const output = execFileSync(process.execPath, [...flags, probe, format, mode], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      const octets = JSON.parse(output) as Record<string, number>;
      assert.equal(Object.keys(octets).length, 4);
      for (const [protocol, each] of Object.entries(octets)) {
        assert.ok(each < MOST_OCTETS, `${protocol}: ${each} octets a flow`);
      }
    });
  }
}
