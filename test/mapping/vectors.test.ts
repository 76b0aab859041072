import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { copyBits } from '#src/produce/mapped/bits.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { slotOf } from '#src/flow/fields.js';
import { Mapped } from '../support/mapped.ts';
import { root } from '../support/requirements.ts';
import { storedDatagram } from '../support/stored-datagram.ts';
import { datagramsOf, octetsOf, vectors } from '../support/vectors.ts';
import type { Vector } from '../support/vectors.ts';
import { writtenText } from '../support/written.ts';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const isMessage = (line: string) => line !== 'OK';

/** The datagrams of a vector, those that come before it first. */
const storedOf = (vector: Vector) => datagramsOf(vector).map((octets) => storedDatagram(octets));

/** What has to come out: the observed line with what differs. */
const objectsOf = (lines: readonly string[], differs: readonly string[] = []) =>
  lines.map((line, i) => ({ ...(JSON.parse(line) as object), ...(JSON.parse(differs[i] ?? '{}') as object) }));

const find = (name: string) => vectors.find((vector) => vector.name === name)!;

for (const vector of vectors.filter(({ mapping_yaml: mapping }) => mapping !== undefined)) {
  test(`vector ${vector.name}: ${vector.correct ?? 'the same messages'}`, () => {
    const mapped = new Mapped(vector.mapping_yaml!);
    const datagrams = storedOf(vector);
    const observed = vector.observed ?? vector.observed_when_wrapped_in_sflow!;
    const expected = observed.sample_json!.filter(isMessage);
    for (const codegen of [true, false]) {
      const lines = mapped.lines('json', datagrams, codegen);
      assert.deepEqual(objectsOf(lines), objectsOf(expected, vector.differs));
      if (vector.differs !== undefined) continue;
      assert.deepEqual(lines, expected);
      const { sample_text: text, sample_bin_hex: bin } = observed;
      if (text !== undefined) assert.deepEqual(mapped.lines('text', datagrams, codegen), text.filter(isMessage));
      if (bin === undefined) continue;
      assert.deepEqual(mapped.messages('bin', datagrams, codegen).map(hex), bin.filter(isMessage));
    }
  });
}

test('vector probe-default-mapping-sflow: the partition key', () => {
  const vector = find('probe-default-mapping-sflow');
  assert.deepEqual(new Mapped(vector.mapping_yaml!).keys(storedOf(vector)), ['1a6283cf']);
});

test('vector bit-extract: every case, and numbers are right across octets', () => {
  const vector = find('bit-extract') as Vector & {
    readonly cases: readonly { offset: number; length: number; shift: boolean; result: string | null }[];
  };
  const octets = octetsOf(vector.hex);
  const out = new Uint8Array(16);
  for (const { offset, length, shift, result } of vector.cases) {
    const count = copyBits(out, octets, 0, 0, octets.length, offset, length, shift);
    assert.equal(hex(out.subarray(0, count)), result ?? '', `${offset} ${length} ${shift}`);
  }
  assert.equal(vector.cases.length, 19);
});

test('vector json-custom-fields: fields of a user in JSON', () => {
  const mapped = new Mapped(`formatter:
  fields: [Etype, test1, test2, test3]
  protobuf:
    - {name: test1, index: 2000, type: varint}
    - {name: test2, index: 2001, type: string}
    - {name: test3, index: 2002, type: bytes}
  render: {Etype: etype, test1: etype, test2: none, test3: string}
  rename: {Etype: etype}
`);
  const flow = new FlowRecord(mapped.layout);
  flow.words[slotOf('etype')] = 0x86dd;
  const [test1, test2, test3] = mapped.layout.fields;
  flow.words.set([0x86dd, 0, 1], test1!.slot);
  for (const field of [test2!, test3!]) flow.putOctets(field, Buffer.from('testing'), 0, 7);
  const line = '{"etype":"IPv6","test1":"IPv6","test2":"74657374696e67","test3":"testing"}';
  for (const codegen of [true, false]) assert.equal(writtenText(mapped.format('json', codegen), flow), line);
});

test('the sample file is the mapping of the vector, and has the same effect', () => {
  const vector = find('probe-default-mapping-sflow');
  const file = readFileSync(join(root, 'cmd/goflow2plus/mapping.yaml'), 'utf8');
  const mapped = new Mapped(file);
  assert.deepEqual(mapped.lines('json', storedOf(vector)), vector.observed!.sample_json!.filter(isMessage));
  assert.deepEqual(mapped.keys(storedOf(vector)), ['1a6283cf']);
});

test('the example of the README: in_if and out_if from elements 252 and 253', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const example = /```yaml\n(ipfix:\n {2}mapping:\n[\s\S]*?)```/.exec(readme)![1]!;
  const vector = find('probe-mapping-snake-destination');
  const line = JSON.parse(new Mapped(example).lines('json', storedOf(vector))[0]!) as Record<string, unknown>;
  assert.deepEqual([line['in_if'], line['out_if']], [3, 4]);
});
