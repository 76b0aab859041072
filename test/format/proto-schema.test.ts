import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { columns, FlowType, Layer, optionalColumns } from '#src/flow/fields.js';
import { renderProtoSchema } from '#src/format/proto-schema.js';
import { FlowMessageSchema, FlowMessage_FlowTypeSchema, FlowMessage_LayerStackSchema } from '../gen/flow_pb.js';
import { root } from '../support/requirements.ts';

test('pb/flow.proto is what the table of columns gives (npm run generate)', () => {
  assert.equal(readFileSync(join(root, 'pb/flow.proto'), 'utf8'), renderProtoSchema());
});

test('the code that reads our protobuf in tests was made from this schema', () => {
  assert.equal(FlowMessageSchema.typeName, 'flowpb.FlowMessage');
  assert.deepEqual(
    FlowMessageSchema.fields.map(({ name, number }) => [name, number]),
    [...columns, { name: 'context', number: 500 }, ...optionalColumns].map(({ name, number }) => [name, number]),
  );
  const values = ({ values: all }: typeof FlowMessage_FlowTypeSchema | typeof FlowMessage_LayerStackSchema) =>
    Object.fromEntries(all.map(({ name, number }) => [name, number]));
  assert.deepEqual(values(FlowMessage_FlowTypeSchema), { ...FlowType });
  assert.deepEqual(values(FlowMessage_LayerStackSchema), { ...Layer });
});

test('the numbers of the original stand, ours stay below 1000', () => {
  const numbers: Record<string, number> = {
    type: 1,
    sampling_rate: 3,
    sequence_num: 4,
    src_addr: 6,
    dst_addr: 7,
    bytes: 9,
    packets: 10,
    sampler_address: 11,
    ip_flags: 38,
    mpls_ip: 82,
    layer_stack: 103,
    time_received_ns: 110,
    time_flow_end_ns: 112,
  };
  for (const [name, number] of Object.entries(numbers)) {
    assert.equal(columns.find((each) => each.name === name)?.number, number, name);
  }
  assert.equal(new Set(columns.map(({ number }) => number)).size, columns.length);
  assert.match(renderProtoSchema(), /map<string, string> context = 500;/);
  assert.deepEqual(
    optionalColumns.map(({ name, number }) => [name, number]),
    [
      ['scaled_bytes', 501],
      ['scaled_packets', 502],
    ],
  );
  assert.ok(columns.every(({ number }) => number < 39 || (number > 42 && number < 500)));
});
