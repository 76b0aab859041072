import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseLogLevel } from '#src/log/level.js';

test('levels have the numbers of slog, in any case and with an offset', () => {
  const cases: [string, number][] = [
    ['debug', -4],
    ['info', 0],
    ['warn', 4],
    ['error', 8],
    ['INFO', 0],
    ['Warn', 4],
    ['info+2', 2],
    ['WARN-1', 3],
    ['debug-1', -5],
    ['error+10', 18],
    ['info-0', 0],
  ];
  for (const [text, number] of cases) assert.equal(parseLogLevel(text), number, text);
});

test('what is no level is refused', () => {
  const cases = [
    '',
    'warning',
    'err',
    'trace',
    '4',
    '+2',
    'info+',
    'info++2',
    'info+-2',
    'info+0x2',
    ' info',
    'info\n',
  ];
  for (const text of [...cases, `info+${'9'.repeat(20)}`]) {
    assert.throws(() => parseLogLevel(text), {
      code: 'GF_LOG_LEVEL',
      exitCode: 1,
      message: /^-loglevel: ".*" is no level/s,
    });
  }
});
