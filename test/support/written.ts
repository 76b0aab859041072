import assert from 'node:assert/strict';
import type { FlowRecord } from '#src/flow/flow-record.js';
import { ByteWriter } from '#src/format/byte-writer.js';
import type { Format } from '#src/format/format.js';

const START = 5;
const GUARD = 0xa5;

/**
 * The octets that a format writes for a flow, checked against the contract: it starts where the writer stands,
 * stays within its bound, and touches nothing before or behind it.
 */
export function written(format: Format, flow: FlowRecord): Uint8Array {
  const bound = format.bound(flow);
  const bytes = new Uint8Array(START + bound + START).fill(GUARD);
  const out = new ByteWriter(bytes.subarray(START, START + bound));
  const before = flow.words.slice();
  format.write(flow, out);
  assert.ok(out.pos <= bound, `${out.pos} octets, bound ${bound}`);
  assert.ok(bytes.subarray(0, START).every((octet) => octet === GUARD));
  assert.ok(bytes.subarray(START + bound).every((octet) => octet === GUARD));
  assert.deepEqual(flow.words, before, 'a format reads only');
  return out.bytes.slice(0, out.pos);
}

/** The same as a string. */
export const writtenText = (format: Format, flow: FlowRecord): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(written(format, flow));
