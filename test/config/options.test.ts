import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkChoices } from '#src/config/choices.js';
import { ConfigError } from '#src/config/errors.js';
import { describeFailure } from '#src/config/failure.js';
import { FlagError } from '#src/config/go-flags.js';
import { defaultValues } from '#src/config/option.js';
import { optionGroups, optionTable, parseOptions } from '#src/config/options.js';
import type { Options } from '#src/config/options.js';
import { usageText } from '#src/config/usage.js';
import { version, versionLine } from '#src/config/version.js';

function run(...argv: string[]) {
  const commandLine = parseOptions(argv);
  assert.equal(commandLine.action, 'run');
  return commandLine as typeof commandLine & { action: 'run' };
}

test('the defaults are those of the Go program', () => {
  const expected: Partial<Options> = {
    listen: 'sflow://:6343,netflow://:2055',
    produce: 'sample',
    format: 'json',
    transport: 'file',
    'transport.file': '',
    'transport.file.sep': '\n',
    loglevel: 'info',
    logfmt: 'normal',
    'err.cnt': 10,
    'err.int': 10_000,
    addr: ':8080',
    v: false,
  };
  const { options, given, ignored } = run();
  for (const [name, value] of Object.entries(expected)) assert.equal(options[name as keyof Options], value, name);
  assert.equal(given.size, 0);
  assert.deepEqual(ignored, []);
});

test('the command line of the project page works', () => {
  const { options } = run('-listen', 'sflow://:6343?count=4,netflow://:2055', '-transport.file', '/tmp/a.log');
  assert.equal(options.listen, 'sflow://:6343?count=4,netflow://:2055');
  assert.equal(options['transport.file'], '/tmp/a.log');
  assert.equal(run('-transport.file.sep=').options['transport.file.sep'], '');
  assert.equal(run('-addr=').options.addr, '');
});

test('arguments behind the last flag are handed back, for a warning', () => {
  const { options, ignored } = run('-v=false', 'true', '-format=bin');
  assert.equal(options.format, 'json');
  assert.deepEqual(ignored, ['true', '-format=bin']);
});

test('a value that does not exist is a failure at start, not of the command line', () => {
  const cases: [string, string, RegExp][] = [
    ['-format=xml', 'GF_FORMAT_UNKNOWN', /^-format: format error "xml" not found: it takes json, text, bin$/],
    ['-format=', 'GF_FORMAT_UNKNOWN', /^-format: format error "" not found/],
    ['-format=JSON', 'GF_FORMAT_UNKNOWN', /"JSON"/],
    ['-transport=kafka', 'GF_TRANSPORT_UNKNOWN', /^-transport: transport error "kafka" not found/],
    ['-produce=nope', 'GF_PRODUCER_UNKNOWN', /^-produce: producer does not exist: "nope"/],
  ];
  for (const [flag, code, message] of cases) {
    assert.throws(
      () => parseOptions([flag]),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.equal(error.exitCode, 1);
        return true;
      },
    );
  }
});

test('a choice without words of its own is refused by name', () => {
  const table = { mode: { type: 'string', default: 'a', help: 'a mode', choices: ['a', 'b'] } } as const;
  assert.doesNotThrow(() => checkChoices(table, { mode: 'b' }));
  assert.throws(() => checkChoices(table, { mode: 'c' as 'b' }), {
    code: 'GF_OPTION_VALUE',
    message: '-mode: "c" does not exist: it takes a, b',
  });
});

test('the version is printed with the name of the Go program, and wins over values that do not exist', () => {
  const { version: expected } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  assert.equal(version, expected);
  const commandLine = parseOptions(['-format=nope', '-v']);
  assert.equal(commandLine.action, 'version');
  assert.equal((commandLine as { text: string }).text, `${versionLine()}\n`);
  assert.match(versionLine(), /^GoFlow2 \d+\.\d+\.\d+\S* \(Node\.js v\d+.*\)$/);
  assert.match(versionLine('Enricher'), /^Enricher /);
});

test('--help prints the page that was agreed', () => {
  const golden = readFileSync('test/fixtures/help.txt', 'utf8');
  for (const flag of ['-h', '-help', '--help']) {
    const commandLine = parseOptions([flag, '-nope']);
    assert.equal(commandLine.action, 'help');
    assert.equal((commandLine as { text: string }).text, golden);
  }
});

test('the usage has the layout of Go', () => {
  const text = usageText('demo', {
    b: { type: 'bool', default: 'false', help: 'a bool' },
    z: { type: 'int', default: '0', help: 'an int\nsecond line' },
    'dur.a': { type: 'duration', default: '1m30s', help: 'a duration' },
    empty: { type: 'string', default: '', help: 'an empty string VALUE', hint: 'VALUE' },
    long: { type: 'bool', default: 'true', help: 'a bool' },
    s: { type: 'string', default: 'x', help: 'a string' },
    sep: { type: 'string', default: '\n', help: 'sep', aliases: ['line'] },
  });
  const lines = [
    'Usage of demo:',
    '  -b\ta bool',
    '  -dur.a duration',
    '    \ta duration (default 1m30s)',
    '  -empty VALUE',
    '    \tan empty string VALUE',
    '  -line string',
    '    \tthe same as -sep',
    '  -long',
    '    \ta bool (default true)',
    '  -s string',
    '    \ta string (default "x")',
    '  -sep string',
    '    \tsep (default "\\n")',
    '  -z int',
    '    \tan int',
    '    \tsecond line',
    '',
  ];
  assert.deepEqual(text.split('\n'), lines);
});

test('every option is in one group, has one name, a default of its type and a text without a full stop', () => {
  const grouped = optionGroups.flatMap(({ options }) => Object.entries(options));
  assert.deepEqual(Object.fromEntries(grouped), optionTable);
  assert.equal(grouped.length, Object.keys(optionTable).length);
  const names = grouped.flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
  assert.equal(new Set(names).size, names.length);
  for (const [name, { help, choices, default: text }] of grouped) {
    assert.match(name, /^[a-z][a-z0-9._-]*$/);
    assert.match(help, /[^.\s]$/, name);
    assert.ok(
      help.split('\n').every((line) => line.length <= 105),
      name,
    );
    assert.ok(choices === undefined || choices.includes(text), name);
  }
  assert.throws(() => defaultValues({ x: { type: 'int', default: 'ten', help: '' } }), TypeError);
});

test('a failure is described for the terminal', () => {
  const flag = describeFailure(
    new FlagError('GF_FLAG_UNKNOWN', 'flag provided but not defined: -x', 'Usage of demo:\n'),
  );
  assert.deepEqual(flag, { text: 'flag provided but not defined: -x\nUsage of demo:\n', exitCode: 2 });
  const config = describeFailure(new ConfigError('GF_LOG_LEVEL', { option: 'loglevel' }, 'wrong'));
  assert.deepEqual(config, { text: '-loglevel: wrong (GF_LOG_LEVEL)\n', exitCode: 1 });
  const fault = describeFailure(new TypeError('boom'));
  assert.match(fault.text, /^TypeError: boom\n\s+at /);
  assert.equal(fault.exitCode, 1);
  assert.deepEqual(describeFailure('text'), { text: 'text\n', exitCode: 1 });
});
