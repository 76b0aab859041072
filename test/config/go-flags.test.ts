import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FlagError, parseFlags } from '#src/config/go-flags.js';
import type { OptionTable } from '#src/config/option.js';

const table = {
  s: { type: 'string', default: 'x', help: 'a string' },
  i: { type: 'int', default: '10', help: 'an int' },
  b: { type: 'bool', default: 'false', help: 'a bool' },
  long: { type: 'bool', default: 'true', help: 'another' },
  'dur.a': { type: 'duration', default: '90s', help: 'a duration' },
  size: { type: 'size', default: '1MiB', help: 'a size' },
  servers: { type: 'list', default: 'a,b', help: 'a list', aliases: ['url', 'srv'] },
} as const satisfies OptionTable;

const defaults = { s: 'x', i: 10, b: false, long: true, 'dur.a': 90_000, size: 2 ** 20, servers: ['a', 'b'] };
const anywhere = (...argv: string[]) => parseFlags(table, argv, { program: 'demo', anywhere: true });
const parse = (...argv: string[]) => parseFlags(table, argv, { program: 'demo' });

const accepted: [argv: string[], values: Partial<Record<keyof typeof table, unknown>>, positional?: string[]][] = [
  [[], {}],
  [['-s=a'], { s: 'a' }],
  [['--s=a'], { s: 'a' }],
  [['-s', 'a'], { s: 'a' }],
  [['--s', 'a'], { s: 'a' }],
  [['-s', '-b'], { s: '-b' }],
  [['-s', '--'], { s: '--' }],
  [['-s', ''], { s: '' }],
  [['-s='], { s: '' }],
  [['--s=a=b'], { s: 'a=b' }],
  [['-s==', '-b'], { s: '=', b: true }],
  [['-s=a\nb'], { s: 'a\nb' }],
  [['-s=a', '-s', 'c'], { s: 'c' }],
  [['-b'], { b: true }],
  [['--b'], { b: true }],
  [['-b=T'], { b: true }],
  [['-b=0'], { b: false }],
  [['-b', '-b=false'], { b: false }],
  [['-long=false'], { long: false }],
  [['-b', 'true', '-i', '3'], { b: true }, ['true', '-i', '3']],
  [['-i=0x_10'], { i: 16 }],
  [['-i', '-5'], { i: -5 }],
  [['-dur.a', '1m30s'], { 'dur.a': 90_000 }],
  [['-dur.a=-1s'], { 'dur.a': -1000 }],
  [['-size=64k'], { size: 65536 }],
  [['-servers=c, d,,e'], { servers: ['c', 'd', 'e'] }],
  [['-url=c'], { servers: ['c'] }],
  [['-url=c', '-url=d'], { servers: ['d'] }],
  [['-servers='], { servers: [] }],
  [['stop', '-b'], {}, ['stop', '-b']],
  [['-'], {}, ['-']],
  [['-b', '-', '-i=1'], { b: true }, ['-', '-i=1']],
  [['', '-b'], {}, ['', '-b']],
  [['--'], {}, []],
  [['-b', '--', '-i=1', 'x'], { b: true }, ['-i=1', 'x']],
];

test('flags are read by the rules of Go', () => {
  for (const [argv, values, positional = []] of accepted) {
    const result = parse(...argv);
    assert.deepEqual(result.values, { ...defaults, ...values }, argv.join(' '));
    assert.deepEqual(result.positional, positional, argv.join(' '));
    assert.equal(result.help, false);
  }
});

const refused: [argv: string[], code: string, message: RegExp][] = [
  [['-=x'], 'GF_FLAG_SYNTAX', /^bad flag syntax: -=x$/],
  [['---x'], 'GF_FLAG_SYNTAX', /^bad flag syntax: ---x$/],
  [['---'], 'GF_FLAG_SYNTAX', /^bad flag syntax: ---$/],
  [['--=3'], 'GF_FLAG_SYNTAX', /^bad flag syntax: --=3$/],
  [['-nope'], 'GF_FLAG_UNKNOWN', /^flag provided but not defined: -nope$/],
  [['--nope=3'], 'GF_FLAG_UNKNOWN', /^flag provided but not defined: -nope$/],
  [['-S=a'], 'GF_FLAG_UNKNOWN', /^flag provided but not defined: -S$/],
  [['-no-b'], 'GF_FLAG_UNKNOWN', /-no-b$/],
  [['-__proto__'], 'GF_FLAG_UNKNOWN', /-__proto__$/],
  [['-constructor=1'], 'GF_FLAG_UNKNOWN', /-constructor$/],
  [['-ss'], 'GF_FLAG_UNKNOWN', /-ss$/],
  [['-b', '-s'], 'GF_FLAG_NO_VALUE', /^flag needs an argument: -s$/],
  [['--i'], 'GF_FLAG_NO_VALUE', /^flag needs an argument: -i$/],
  [['-i', 'ten'], 'GF_FLAG_VALUE', /^invalid value "ten" for flag -i: parse error: .* 64 bits was expected$/],
  [['-i='], 'GF_FLAG_VALUE', /^invalid value "" for flag -i: parse error/],
  [['-i', '-b'], 'GF_FLAG_VALUE', /^invalid value "-b" for flag -i/],
  [['-dur.a=10'], 'GF_FLAG_VALUE', /^invalid value "10" for flag -dur\.a: parse error: a duration with its unit/],
  [['-size=1x'], 'GF_FLAG_VALUE', /^invalid value "1x" for flag -size/],
  [['-b=yes'], 'GF_FLAG_VALUE', /^invalid boolean value "yes" for -b: parse error/],
  [['-b='], 'GF_FLAG_VALUE', /^invalid boolean value "" for -b: parse error/],
  [['-i=\u001b[31m'], 'GF_FLAG_VALUE', /"\\u001b\[31m"/],
  [['-servers=a', '-url=b'], 'GF_FLAG_TWICE', /^-servers and -url are the same option/],
  [['-url=a', '-srv=b'], 'GF_FLAG_TWICE', /^-url and -srv are the same option/],
  [['-nope', '-h'], 'GF_FLAG_UNKNOWN', /-nope$/],
];

test('what is refused has the words of Go, the usage, and exit code 2', () => {
  for (const [argv, code, message] of refused) {
    assert.throws(
      () => parse(...argv),
      (error) => {
        assert.ok(error instanceof FlagError, argv.join(' '));
        assert.equal(error.code, code, argv.join(' '));
        assert.match(error.message, message);
        assert.equal(error.exitCode, 2);
        assert.match(error.usage, /^Usage of demo:\n {2}-b\ta bool\n/);
        return true;
      },
    );
  }
});

test('help is asked for under three names, and nothing behind it is read', () => {
  for (const flag of ['-h', '--h', '-help', '--help', '-h=false']) {
    const { help, values } = parse('-s=a', flag, '-nope');
    assert.equal(help, true);
    assert.equal(values.s, 'a');
  }
  assert.equal(parse('-s', '-h').help, false, 'a value');
  assert.equal(parse('x', '-h').help, false, 'behind the last flag');
  assert.equal(parse('--', '-h').help, false);
});

test('an option that was given is told from one at its default', () => {
  assert.deepEqual([...parse('-s=x', '-url=c').given], ['s', 'servers']);
  assert.deepEqual([...parse().given], []);
});

test('with flags anywhere only a double dash ends them', () => {
  const result = anywhere('check', '-b', 'file.yaml', '-', '-i', '3', '--', '-s=a');
  assert.deepEqual(result.values, { ...defaults, b: true, i: 3 });
  assert.deepEqual(result.positional, ['check', 'file.yaml', '-', '-s=a']);
  assert.deepEqual(anywhere('a', '-b', 'true').positional, ['a', 'true'], 'a boolean takes no argument');
  assert.equal(anywhere('a', '--help').help, true);
  assert.throws(() => anywhere('a', '-nope'), { code: 'GF_FLAG_UNKNOWN' });
});

test('two calls share nothing', () => {
  parse('-s=changed', '-servers=z');
  assert.deepEqual(parse().values, defaults);
});

test('any text survives as the value of a string, in every form', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.equal(parse(`-s=${text}`).values.s, text);
      assert.equal(parse('--s', text).values.s, text);
    }),
  );
});

test('no command line does anything but parse or be refused', () => {
  const piece = fc.oneof(
    fc.constantFrom('-', '--', '---', '=', '-b', '-s', '-i=1', '--dur.a=1s', '-h', '-url=x', '-servers', ''),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (argv, anywhere) => {
      try {
        const { positional, values } = parseFlags(table, argv, { program: 'demo', anywhere });
        assert.ok(positional.length <= argv.length);
        assert.equal(typeof values.i, 'number');
      } catch (error) {
        assert.ok(error instanceof FlagError);
      }
    }),
    { numRuns: 2000 },
  );
});
