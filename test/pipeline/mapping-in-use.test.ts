import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildFilter } from '#src/filter/filter.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { loggerTo } from '#src/log/logger.js';
import { layoutOf } from '#src/mapping/apply.js';
import { Counters } from '#src/metrics/counters.js';
import { FlowSubjects } from '#src/pipeline/flow-subjects.js';
import { MappingInUse } from '#src/pipeline/mapping-in-use.js';
import type { MappingSettings } from '#src/pipeline/mapping-in-use.js';
import { reloadAll } from '#src/pipeline/reload.js';
import { SubjectLimit } from '#src/pipeline/subject-limit.js';
import { contextOf, flowWith } from '../support/context.ts';
import { Mapped, readText } from '../support/mapped.ts';
import { writtenText } from '../support/written.ts';

/** A file with one field of a user. */
const declaring = (name: string, more = '') =>
  `formatter: {protobuf: [{name: zzz, index: 1999, type: bytes}, {name: ${name}, index: 2000, type: varint}]${more}}\n`;

function inUse(text: () => string, settings: Partial<MappingSettings> = {}, context = false) {
  const lines: string[] = [];
  const log = loggerTo(({ level, msg }) => void lines.push(`${level} ${msg}`));
  const all = { produce: 'sample', format: 'json', mapping: () => readText(text()), ...settings };
  return { mapped: new MappingInUse(all, context, log), lines, log };
}

test('a filter asks for numbers of a user; a file without them is refused whole', async () => {
  let text = declaring('kind');
  const { mapped, lines, log } = inUse(() => text, { filter: 'kind == 7 || bytes > 5' });
  for (const codegen of [true, false]) {
    const flow = new FlowRecord(layoutOf(mapped.mapping));
    const keeps = buildFilter(mapped.filter!, codegen);
    assert.equal(keeps(flow), false);
    flow.words[flow.custom.find('kind')!.slot] = 7;
    assert.equal(keeps(flow), true);
  }
  const counters = new Counters();
  let used = 0;
  const parts = mapped.reloadable(() => used++);
  text = declaring('other');
  await reloadAll(parts, counters, log);
  assert.deepEqual([used, counters.get('reload_failures'), mapped.mapping!.fields[1]!.name], [0, 1, 'kind']);
  assert.equal(lines.length, 1);
  text = declaring('kind', ', fields: [kind]');
  await reloadAll(parts, counters, log);
  assert.deepEqual([used, counters.get('reload_failures'), mapped.mapping!.columns.length], [1, 1, 1]);
});

test('a context that fields leave out, and a mapping for raw messages, are told once', () => {
  const without = inUse(() => 'formatter: {fields: [bytes]}', {}, true);
  assert.deepEqual(without.lines, [
    'warn formatter.fields of the mapping leaves out the context: name it there to have it',
  ]);
  for (const text of ['formatter: {fields: [bytes, context]}', 'formatter: {key: [bytes]}']) {
    assert.deepEqual(inUse(() => text, {}, true).lines, []);
  }
  assert.deepEqual(inUse(() => 'formatter: {fields: [bytes]}', { format: 'bin' }, true).lines, []);
  assert.match(inUse(() => 'formatter: {key: [bytes]}', { produce: 'raw' }).lines[0]!, /^warn raw messages/);
});

test('formatter.key tells the partition: the hash of GoFlow2, of columns and of keys of the context', () => {
  const settings = { pattern: 'p.{partition:4096}', key: [], max: 100, memory: SubjectLimit.memory(100) };
  const key = (names: string) => new Mapped(`formatter: {key: [${names}]}`).mapping;
  const subjects = new FlowSubjects(settings, new Counters(), key('sampler_address'));
  const flow = flowWith({ sampler_address: '10.0.0.9', src_addr: '10.0.0.9' });
  const partition = () => subjects.text(subjects.of(flow));
  assert.equal(partition(), `p.${0x1a6283cf % 4096}`);
  const document = { networks: [{ name: 'office', cidr: '10.0.0.0/8' }] };
  const { enricher } = contextOf(JSON.stringify(document), {});
  const enriched = flowWith({ src_addr: '10.0.0.9' });
  enricher.enrich(enriched);
  subjects.useKey(key('context.source_group'));
  let hash = 0x811c9dc5;
  for (const octet of Buffer.from('office')) hash = Math.imul(hash, 0x01000193) ^ octet;
  assert.equal(subjects.text(subjects.of(enriched)), `p.${(hash >>> 0) % 4096}`);
});

test('keys of the context are columns, escaped, and empty where a flow has none', () => {
  const mapped = new Mapped(
    'formatter: {fields: [src_addr, context.source_group, context.destination_group], rename: {context.source_group: from}}',
  );
  const { enricher } = contextOf(JSON.stringify({ networks: [{ name: 'the "office"', cidr: '10.0.0.0/8' }] }), {});
  const flow = flowWith({ src_addr: '10.0.0.9' });
  enricher.enrich(flow);
  for (const codegen of [true, false]) {
    const line = writtenText(mapped.format('json', codegen), flow);
    assert.equal(line, '{"src_addr":"10.0.0.9","from":"the \\"office\\"","context.destination_group":""}');
    const text = writtenText(mapped.format('text', codegen), flow);
    assert.equal(text, 'src_addr=10.0.0.9 from=the "office" context.destination_group=');
  }
});
