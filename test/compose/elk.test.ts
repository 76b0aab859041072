import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { columns } from '#src/flow/fields.js';
import type { Column } from '#src/flow/fields.js';
import { ChildProgram } from '../support/child-program.ts';
import { CollectorProcess } from '../support/collector-process.ts';
import { composeFile, generatorCommand } from '../support/compose-file.ts';
import { root } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));
const compose = composeFile('elk');
const { services } = compose;

interface Template {
  readonly template: { readonly mappings: { readonly properties: Record<string, { readonly type: string }> } };
}

const file = join(root, 'compose/elk/logstash/flows-template.json');
const { properties } = (JSON.parse(readFileSync(file, 'utf8')) as Template).template.mappings;

/** The type in Elasticsearch of what JSON shows of a column. */
function typeOf({ name, type, renderer }: Column): string {
  if (name.startsWith('time_')) return 'date_nanos';
  if (renderer === 'ip') return 'ip';
  if (renderer === 'network') return 'ip_range';
  if (renderer !== 'none') return 'keyword';
  return type === 'u64' ? 'unsigned_long' : 'long';
}

test('compose/elk: the template of the index has every column of JSON, with the type of its values', () => {
  for (const column of columns) assert.equal(properties[column.name]?.type, typeOf(column), column.name);
  assert.deepEqual(Object.keys(properties), ['@timestamp', ...columns.map(({ name }) => name), 'context']);
});

/** Whether a value fits a type, once the pipeline has left out what is empty and made dates of nanoseconds. */
const fits: Record<string, (value: unknown) => boolean> = {
  ip: (value) => isIP(value as string) !== 0,
  ip_range: (value) => /^[0-9a-f.:]+\/\d+$/.test(value as string),
  date_nanos: (value) => Number.isInteger(value),
  keyword: (value) => typeof value === 'string',
  long: (value) => Number.isInteger(value),
  unsigned_long: (value) => Number.isInteger(value) && (value as number) >= 0,
  object: (value) => Object.values(value as object).every((text) => typeof text === 'string'),
};

test('compose/elk: what the collector writes with these flags fits the template', async (t) => {
  const folder = temporaryFolder(t);
  const flags = services['goflow2plus']!.command!.map((flag) =>
    flag.replace('/app/', `${root}/`).replace('/var/log/goflow2plus', folder),
  );
  const collector = new CollectorProcess(t, [...flags, '-listen=sflow://127.0.0.1:0,netflow://127.0.0.1:0']);
  await collector.ports(2);
  const started = performance.now();
  const generator = generatorCommand(compose, collector);
  await new ChildProgram(t, [process.execPath, program, ...generator, '-demo.duration=2s']).finished();
  const took = performance.now() - started;
  assert.ok(took < 60_000, `${took} ms of the two minutes that the pipeline has until it shows data`);
  assert.equal((await collector.stop()).code, 0);
  const lines = readFileSync(join(folder, 'flows.json'), 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, collector.books['flows_delivered']);
  assert.ok(lines.length > 20);
  for (const line of lines) {
    for (const [name, value] of Object.entries(JSON.parse(line) as object)) {
      const type = properties[name]?.type ?? 'none';
      for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
        assert.ok(one === '' || fits[type]?.(one), `${name}, ${type}: ${String(one)}`);
      }
    }
  }
});
