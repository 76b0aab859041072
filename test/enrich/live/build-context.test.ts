import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContextEnricher } from '#src/enrich/context/context-enricher.js';
import { ContextModel } from '#src/enrich/context/context-model.js';
import type { KeyedObject } from '#src/enrich/context/json-document.js';
import { buildContext } from '#src/enrich/live/build-context.js';
import { Counters } from '#src/metrics/counters.js';
import { contextOfFlow, flowWith } from '../../support/context.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const object = (key: string, value: unknown, before?: unknown): KeyedObject => ({
  key,
  text: JSON.stringify(value),
  ...(before === undefined ? {} : { before: JSON.stringify(before) }),
});

const port = (port: number, network?: string) => ({ name: `port-${port}`, port, ...(network ? { network } : {}) });

/** Builds a context of one file and objects; `context` is that of a TCP flow. */
function build(t: TestContext, file: string, objects: readonly KeyedObject[]) {
  const path = join(temporaryFolder(t), 'context.yaml');
  writeFileSync(path, file);
  const settings = { files: [path], keys: [], format: 'json' };
  const result = buildContext({ settings, previous: undefined, force: true }, { objects });
  assert.equal(result.kind, 'built', JSON.stringify(result));
  const enricher = new ContextEnricher(new ContextModel(result.tables), new Counters());
  const context = (flow: Parameters<typeof flowWith>[0]) => contextOfFlow(enricher, flowWith({ proto: 6, ...flow }));
  const refused = Object.fromEntries([...result.refused].map(([key, { problem, stays }]) => [key, { problem, stays }]));
  return { path, result, context, refused };
}

test('an object that goes with nothing else there is refused by itself, and its key keeps what it had', (t) => {
  const { result, context, refused } = build(t, 'networks: [{ name: file, cidr: 10.9.0.0/16 }]\n', [
    object('application.early', port(1000, 'later')),
    object('application.kept', port(2000, 'gone'), port(2000, 'file')),
    object('application.worse', port(3000, 'gone'), port(3000, 'gone too')),
    object('network.good', { name: 'good', cidr: '10.1.0.0/16' }),
    object('network.twice', { name: 'twice', cidrs: ['10.2.0.0/16', '10.2.0.0/16'] }),
  ]);
  assert.deepEqual(refused, {
    'application.early': { problem: 'application.early: there is no network named "later"', stays: false },
    'application.kept': { problem: 'application.kept: there is no network named "gone"', stays: true },
    'application.worse': { problem: 'application.worse: there is no network named "gone"', stays: false },
    'network.twice': { problem: 'network.twice: 10.2.0.0/16 stands here twice', stays: false },
  });
  assert.equal(context({ src_addr: '10.1.0.1' })['source_group'], 'good');
  assert.equal(context({ src_addr: '10.2.0.1' })['source_group'], undefined);
  assert.equal(context({ src_addr: '10.9.0.1', src_port: 2000 })['application'], 'port-2000');
  assert.equal(context({ src_addr: '10.9.0.1', src_port: 3000 })['application'], undefined);
  assert.deepEqual(result.notes, []);
});

test('a rule of a file waits for a network that may come by a key, and says so', (t) => {
  const rule = 'applications: [{ name: web, port: 80, network: servers }]\n';
  const without = build(t, rule, []);
  assert.deepEqual(without.result.notes, [
    `${without.path}:1:16: there is no network named "servers" now, so that the rule matches nothing`,
  ]);
  assert.equal(without.context({ src_addr: '10.1.0.1', src_port: 80 })['application'], undefined);
  const { result, context } = build(t, rule, [object('network.a', { name: 'servers', cidr: '10.1.0.0/16' })]);
  assert.deepEqual(result.notes, []);
  assert.equal(context({ src_addr: '10.1.0.1', src_port: 80 })['application'], 'web');
});

test('rules beyond what there can be are refused, the weakest ones, and those of files are not among them', (t) => {
  const objects = Array.from({ length: 10_001 }, (_, i) => object(`application.${i}`, port(i + 1)));
  const { result, context, refused } = build(t, 'applications: [{ name: file, port: 20000 }]\n', objects);
  assert.deepEqual(Object.keys(refused), ['application.0', 'application.1']);
  assert.equal(result.tables.applications.rules, 10_000);
  assert.equal(context({ src_port: 20_000 })['application'], 'file');
  assert.equal(context({ src_port: 9_999 })['application'], 'port-9999');
});

test('a mistake in a file refuses all of it, whatever the keys have', (t) => {
  const path = join(temporaryFolder(t), 'context.yaml');
  writeFileSync(path, 'applications: [{ name: web, port: 70000 }]\n');
  const settings = { files: [path], keys: [], format: 'json' };
  const objects = [object('application.bad', port(1000, 'none'))];
  const result = buildContext({ settings, previous: undefined, force: true }, { objects });
  assert.equal(result.kind, 'refused');
  assert.deepEqual(result.problems, [`${path}:1:35: applications.0.port: 65535 or less is expected`]);
});
