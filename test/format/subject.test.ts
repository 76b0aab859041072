import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { column, columns } from '#src/flow/fields.js';
import type { FlowRecord } from '#src/flow/flow-record.js';
import { PartitionKey } from '#src/format/key.js';
import { parseSubjectPattern } from '#src/format/subject-pattern.js';
import { SubjectWriter } from '#src/format/subject.js';
import { subjectCovers } from '#src/transport/nats/coverage.js';
import { anyRecord } from '../support/random-record.ts';
import { recordFromJson } from '../support/record-from-json.ts';

function subject(pattern: string, flow: FlowRecord, key?: PartitionKey, random = () => 7): string {
  const writer = new SubjectWriter(parseSubjectPattern(pattern, 'subject'), key, random);
  return Buffer.from(writer.octets.subarray(0, writer.write(flow))).toString('latin1');
}

const flow = recordFromJson(
  '{"type":"SFLOW_5","sampler_address":"192.0.2.1","src_addr":"2001:db8::1","proto":"TCP","dst_port":443,"etype":"IPv6"}',
);

test('values as JSON shows them, made safe', () => {
  const cases: [pattern: string, text: string][] = [
    ['flows.{type}.{proto}.{dst_port}', 'flows.SFLOW_5.TCP.443'],
    ['flows.{sampler_address}', 'flows.192_0_2_1'],
    ['flows.{src_addr}', 'flows.2001:db8::1'],
    ['flows.{dst_addr}', 'flows._'],
    ['flows.{src_port}-{dst_port}.x', 'flows.0-443.x'],
    ['plain', 'plain'],
  ];
  for (const [pattern, text] of cases) assert.equal(subject(pattern, flow), text);
});

test('partitions by the key, or by chance', () => {
  const key = new PartitionKey([column('sampler_address')]);
  assert.equal(key.hash(flow), 0xa7d46c6c);
  assert.equal(subject('f.{partition:16}', flow, key), 'f.12');
  assert.equal(subject('f.{partition:1000}', flow, key), `f.${0xa7d46c6c % 1000}`);
  assert.equal(
    subject('f.{partition:16}', flow, undefined, () => 4_294_967_295),
    'f.15',
  );
});

test('_other keeps the partition of the flow that it stands for', () => {
  const key = new PartitionKey([column('sampler_address')]);
  const writer = new SubjectWriter(parseSubjectPattern('f.{partition:16}.{type}.{proto}', 's'), key, () => 0);
  const text = (length: number) => Buffer.from(writer.octets.subarray(0, length)).toString();
  assert.equal(text(writer.write(flow)), 'f.12.SFLOW_5.TCP');
  assert.equal(text(writer.writeOther()), 'f.12._other._other');
  assert.equal(text(writer.writeWithoutFlow()), 'f.0._other._other');
});

test('whatever is in a flow, its subject is one that can be published to, and is covered by the pattern', () => {
  const names = columns.filter(({ list }) => list < 0).map(({ name }) => name);
  fc.assert(
    fc.property(anyRecord(), fc.subarray(names, { minLength: 1, maxLength: 6 }), (record, chosen) => {
      const pattern = `flows.${chosen.map((name) => `{${name}}`).join('.')}.{partition:3}`;
      const text = subject(pattern, record);
      assert.match(text, /^[!-~]+$/);
      assert.doesNotMatch(text, /[*>]/);
      assert.equal(text.split('.').length, chosen.length + 2);
      assert.ok(text.split('.').every((token) => token.length > 0 && token.length <= 64));
      assert.ok(subjectCovers(parseSubjectPattern(pattern, 's').wildcard, text));
    }),
    { numRuns: 500 },
  );
});
