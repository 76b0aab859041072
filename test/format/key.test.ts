import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ADDRESS_WORDS, Layer, column } from '#src/flow/fields.js';
import type { Column, ColumnName } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { flowTypeNames, layerNames } from '#src/flow/names.js';
import { PartitionKey } from '#src/format/key.js';
import { columns } from '#src/flow/fields.js';
import { recordFromJson } from '../support/record-from-json.ts';
import { anyRecord } from '../support/random-record.ts';

const keyOf = (names: readonly ColumnName[], flow: FlowRecord): string =>
  new PartitionKey(names.map(column)).hash(flow).toString(16).padStart(8, '0');

test('keys that the original gives', () => {
  assert.equal(keyOf(['sampler_address'], recordFromJson('{"sampler_address":"10.0.0.9"}')), '1a6283cf');
  assert.equal(keyOf(['sampler_address'], recordFromJson('{"sampler_address":"192.0.2.1"}')), 'a7d46c6c');
  assert.equal(keyOf([], new FlowRecord()), '811c9dc5');
  const flow = recordFromJson(
    '{"type":"SFLOW_5","src_addr":"10.0.0.1","bytes":1500,"layer_stack":["Ethernet","IPv4","UDP"],"layer_size":[14,20,8]}',
  );
  assert.equal(keyOf(['type', 'src_addr', 'bytes', 'layer_stack', 'layer_size', 'mpls_ip'], flow), 'b078c35a');
});

/** The text that is hashed, with strings and BigInt. */
function textOf(flow: FlowRecord, { name, type, slot, list }: Column): string {
  const address = (words: Uint32Array, at: number): string =>
    `[${[...new Uint8Array(words.slice(at, at + 4).buffer, 0, words[at + 4])].join(' ')}]`;
  if (type === 'address') return address(flow.words, slot);
  if (type === 'u64') return String(flow.bigint(slot));
  const names = name === 'type' ? flowTypeNames : name === 'layer_stack' ? layerNames : new Map<number, string>();
  const number = (value: number): string => names.get(value) ?? String(value);
  if (list < 0) return number(flow.words[slot]!);
  const entries = Array.from({ length: flow.words[slot]! }, (_, i) =>
    type === 'address[]' ? address(flow.lists[list]!, i * ADDRESS_WORDS) : number(flow.lists[list]![i]!),
  );
  return `[${entries.join(' ')}]`;
}

function fnv1(text: string): number {
  let hash = 0x811c9dc5n;
  for (const octet of Buffer.from(text)) hash = ((hash * 0x01000193n) & 0xffffffffn) ^ BigInt(octet);
  return Number(hash);
}

test('a key is FNV-1 over the text of its columns, in their order', () => {
  fc.assert(
    fc.property(anyRecord(), fc.subarray([...columns]), (flow, chosen) => {
      const order = [...chosen].reverse();
      const text = order.map((each) => textOf(flow, each)).join('');
      assert.equal(new PartitionKey(order).hash(flow), fnv1(text), text);
    }),
    { numRuns: 1000 },
  );
});

test('lists of addresses', () => {
  const flow = new FlowRecord();
  flow.appendAddress(column('mpls_ip'), Uint8Array.of(1, 2, 3, 4), 0, 4);
  flow.appendAddress(column('mpls_ip'), Uint8Array.of(5, 6, 7, 255), 0, 4);
  flow.append(column('layer_stack'), Layer.Teredo);
  const hash = new PartitionKey([column('mpls_ip'), column('layer_stack')]).hash(flow);
  assert.equal(hash, fnv1('[[1 2 3 4] [5 6 7 255]][Teredo]'));
});
