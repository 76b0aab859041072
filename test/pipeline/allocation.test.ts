import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Octets a flow: the smallest object has 16. What is left comes by the datagram, and a batch buffer now and then. */
const MOST_OCTETS = 8;

const probe = fileURLToPath(new URL('../support/allocation-probe.js', import.meta.url));
const flags = ['--min-semi-space-size=256', '--max-semi-space-size=256'];

for (const [mode, protocols] of [
  ['compiled', ['netflow-v5', 'netflow-v9', 'ipfix', 'sflow']],
  ['interpreted', ['netflow-v9']],
] as const) {
  for (const format of ['json', 'text', 'bin']) {
    test(`no object a flow: warm, the chain takes next to no heap for a flow (${format}, ${mode})`, () => {
      for (const protocol of protocols) {
        const args = [...flags, probe, protocol, format, mode];
        const octets = Number(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 }));
        assert.ok(octets < MOST_OCTETS, `${protocol}: ${octets} octets a flow`);
      }
    });
  }
}
