import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ConfigError, errorCatalogue, GoFlowError } from '#src/config/errors.js';
import type { ConfigPlace, ErrorCode } from '#src/config/errors.js';

test('an error carries its code, its cause and the exit code of the catalogue', () => {
  const cause = new Error('EADDRINUSE');
  const error = new GoFlowError('GF_LISTEN_BIND', 'port 2055 is in use', cause);
  assert.ok(error instanceof Error);
  assert.equal(error.code, 'GF_LISTEN_BIND');
  assert.equal(error.cause, cause);
  assert.equal(error.exitCode, 1);
  assert.equal(new GoFlowError('GF_FLAG_VALUE', 'x').exitCode, 2);
  assert.equal('cause' in new GoFlowError('GF_FLAG_VALUE', 'x'), false);
});

test('a configuration error names its place and has the coordinates as fields', () => {
  const cases: [ConfigPlace, string][] = [
    [{ option: 'listen' }, '-listen: wrong'],
    [{ file: 'a.yaml' }, 'a.yaml: wrong'],
    [{ file: 'a.yaml', line: 6 }, 'a.yaml:6: wrong'],
    [{ file: 'a.yaml', line: 6, column: 11 }, 'a.yaml:6:11: wrong'],
    [{ file: 'a.yaml', column: 11 }, 'a.yaml: wrong'],
    [{ file: 'a.yaml', line: 6, column: 11, path: 'networks.1.cidr' }, 'a.yaml:6:11: networks.1.cidr: wrong'],
    [{ file: 'a.yaml', path: 'networks.1.cidr' }, 'a.yaml: networks.1.cidr: wrong'],
  ];
  for (const [place, message] of cases) {
    const error = new ConfigError('GF_LISTEN_URL', place, 'wrong');
    assert.equal(error.message, message);
    assert.ok(error instanceof GoFlowError);
    for (const [name, value] of Object.entries(place)) assert.equal(error[name as keyof ConfigError], value);
  }
});

test('every code is well formed, has a one-line meaning, and only flags end with 2', () => {
  for (const [code, { exitCode, meaning }] of Object.entries(errorCatalogue)) {
    assert.match(code, /^GF(_[A-Z]+)+$/);
    assert.match(meaning, /^[^\n]{10,110}$/);
    assert.equal(exitCode, code.startsWith('GF_FLAG_') ? 2 : 1, code);
    assert.equal(new GoFlowError(code as ErrorCode, 'x').exitCode, exitCode);
  }
});
