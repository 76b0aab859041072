import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '#src/config/errors.js';
import type { Logger, LogFields } from '#src/log/logger.js';
import { Counters } from '#src/metrics/counters.js';
import { reloadAll, reloadable } from '#src/pipeline/reload.js';

test('D-22, F-23 each part is read and then used; one that cannot be is logged with its place, counted, and stays', async () => {
  const lines: [string, LogFields | undefined][] = [];
  const log = { error: (message: string, fields?: LogFields) => lines.push([message, fields]) } as unknown as Logger;
  const counters = new Counters();
  const inUse = { first: 'old', second: 'old', third: 'old' };
  let wrong = true;
  const second = () => {
    if (wrong) throw new ConfigError('GF_CONTEXT_FILE', { file: 'second.yaml', line: 3, column: 7 }, 'is wrong');
    return 'new';
  };
  const parts = [
    reloadable(
      'first',
      () => Promise.resolve('new'),
      (value) => (inUse.first = value),
    ),
    reloadable('second', second, (value) => (inUse.second = value)),
    reloadable(
      'third',
      () => 'new',
      (value) => (inUse.third = value),
    ),
  ];
  await reloadAll(parts, counters, log);
  assert.deepEqual(inUse, { first: 'new', second: 'old', third: 'new' });
  assert.equal(counters.get('reload_failures'), 1);
  assert.equal(lines.length, 1);
  assert.equal(lines[0]![1]!['part'], 'second');
  assert.match(String(lines[0]![1]!['error']), /second\.yaml:3:7: is wrong/);
  wrong = false;
  await reloadAll(parts, counters, log);
  assert.equal(inUse.second, 'new');
  assert.equal(counters.get('reload_failures'), 1);
});
