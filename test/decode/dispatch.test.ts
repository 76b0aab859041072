import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Decoder } from '#src/decode/decoder.js';
import { Dispatch } from '#src/decode/dispatch.js';
import type { Accepts } from '#src/decode/dispatch.js';
import { Counters } from '#src/metrics/counters.js';
import { datagramOf } from '../support/chain.ts';

/** What a dispatcher does with these octets: the decoder that it chose, or why there is none. */
function choice(accepts: Accepts, hex: string): { chosen: string; counters: Record<string, number> } {
  const counters = new Counters();
  let chosen = '';
  const decoder = (name: string): Decoder => ({ decode: () => void (chosen = name) });
  const dispatch = new Dispatch(
    accepts,
    { fixed: decoder('fixed'), netflowV9: decoder('v9'), ipfix: decoder('ipfix'), sflow: decoder('sflow') },
    counters,
  );
  const failure = dispatch.decode(datagramOf(Buffer.from(hex, 'hex')), () => {});
  return { chosen: failure ?? chosen, counters: counters.snapshot() };
}

const cases: [accepts: Accepts, hex: string, chosen: string][] = [
  ['netflow', '00050001', 'fixed'],
  ['netflow', '00090001', 'v9'],
  ['netflow', '000a0010', 'ipfix'],
  ['netflow', '0009', 'v9'],
  ['netflow', '00', 'too_short'],
  ['netflow', '00000005', 'unsupported_version'],
  ['netflow', '00010001', 'fixed'],
  ['netflow', '00060001', 'unsupported_version'],
  ['netflow', 'ffff0000', 'unsupported_version'],
  ['sflow', '00000005', 'sflow'],
  ['sflow', '00000004', 'unsupported_version'],
  ['sflow', '00050001', 'unsupported_version'],
  ['sflow', '000000', 'too_short'],
  ['flow', '00000005', 'sflow'],
  ['flow', '00000002', 'unsupported_version'],
  ['flow', '00050001', 'fixed'],
  ['flow', '00090001', 'v9'],
  ['flow', '000a0010', 'ipfix'],
  ['flow', '00070001', 'fixed'],
  ['flow', '00080001', 'unsupported_version'],
  ['flow', '00000006', 'unknown_protocol'],
  ['flow', '16030100', 'unknown_protocol'],
  ['flow', 'ffffffff', 'unknown_protocol'],
  ['flow', '0005', 'too_short'],
];

test('C-006 the first two octets choose the decoder; reserved versions are refused', () => {
  for (const [accepts, hex, chosen] of cases) assert.equal(choice(accepts, hex).chosen, chosen, `${accepts} ${hex}`);
});

test('versions that are known and not decoded are counted each on its own', () => {
  for (const [hex, version] of [
    ['00060000', 'netflow_6'],
    ['00080000', 'netflow_8'],
    ['00000002', 'sflow_2'],
    ['00000004', 'sflow_4'],
  ]) {
    assert.deepEqual(choice('flow', hex!), {
      chosen: 'unsupported_version',
      counters: { [`unsupported:${version}`]: 1 },
    });
  }
});
