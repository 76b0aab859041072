import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { MAX_LINE } from '#src/log/fit-line.js';
import { Log } from '#src/log/log.js';
import type { LogOptions } from '#src/log/log.js';
import type { LogFields, LogLine } from '#src/log/logger.js';
import { errorFields } from '#src/log/logger.js';

const wallClock = () => Date.UTC(2026, 0, 2, 15, 4, 5);

/** Keeps what is written, or holds it back while `stuck`. */
class Terminal extends Writable {
  text = '';
  stuck = false;
  #held: (() => void)[] = [];

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    const accept = () => {
      this.text += chunk.toString();
      callback();
    };
    if (this.stuck) this.#held.push(accept);
    else accept();
  }

  release(): void {
    this.stuck = false;
    for (const accept of this.#held.splice(0)) accept();
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

function open(options: Partial<LogOptions> = {}) {
  const terminal = new Terminal();
  const clock = { ms: 0 };
  const log = new Log({
    level: 'debug',
    format: 'normal',
    stream: terminal,
    wallClock,
    monotonicClock: () => clock.ms,
    ...options,
  });
  return { log, logger: log.logger, terminal, clock };
}

const stamp = 'time=2026-01-02T15:04:05.000Z';

test('a text line has time, level, message and fields, quoted where they could be misread', () => {
  const cases: [LogFields, string][] = [
    [{ a: 'plain' }, 'a=plain'],
    [{ a: '' }, 'a=""'],
    [{ a: 'two words' }, 'a="two words"'],
    [{ a: 'x=y' }, 'a="x=y"'],
    [{ a: 'say "no"' }, 'a="say \\"no\\""'],
    [{ a: 'back\\slash' }, 'a=back\\slash'],
    [{ a: 'back\\slash and blank' }, 'a="back\\\\slash and blank"'],
    [{ a: 'tab\there' }, 'a="tab\\there"'],
    [{ a: '\x07\b\f\n\r\t\v' }, 'a="\\a\\b\\f\\n\\r\\t\\v"'],
    [{ a: '\0\x1b[31m\x7f' }, 'a="\\x00\\x1b[31m\\x7f"'],
    [{ a: '\x80' }, 'a="\\u0080"'],
    [{ a: '\x85' }, 'a="\\u0085"'],
    [{ a: '\u00a0\u2028\u202e' }, 'a="\\u00a0\\u2028\\u202e"'],
    [{ a: '\u{e0001}' }, 'a="\\U000e0001"'],
    [{ a: '\ud800' }, 'a="\\ud800"'],
    [{ a: 'é€😀' }, 'a=é€😀'],
    [{ a: 'sflow://:6343?count=4' }, 'a="sflow://:6343?count=4"'],
    [{ a: true, b: 5, c: 1.5, d: -0.5 }, 'a=true b=5 c=1.5 d=-0.5'],
    [{ a: 'null', b: undefined }, 'a=null'],
    [{ 'key with blank': 1, 'a=b': 2 }, '"key with blank"=1 "a=b"=2'],
    [{ b: 1, a: 2 }, 'b=1 a=2'],
    [{ ['__proto__']: 'x', constructor: 'y', valueOf: 3 }, '__proto___=x constructor_=y valueOf_=3'],
  ];
  for (const [fields, text] of cases) {
    const { logger, terminal } = open();
    logger.info('starting GoFlow2+', fields);
    assert.equal(terminal.text, `${stamp} level=INFO msg="starting GoFlow2+" ${text}\n`);
  }
  const { logger, terminal } = open();
  logger.warn('');
  logger.error('boom');
  logger.debug('a\nb');
  assert.equal(
    terminal.text,
    `${stamp} level=WARN msg=""\n${stamp} level=ERROR msg=boom\n${stamp} level=DEBUG msg="a\\nb"\n`,
  );
});

test('json has the same content, one object a line', () => {
  const { logger, terminal } = open({ format: 'json' });
  logger.info('starting', { text: 'a "b"\n\x1b\x7f\u2028\u{e0001}', count: 3, ok: false, none: undefined });
  assert.doesNotMatch(terminal.text.trimEnd(), /[^\x20-\x7e]/);
  assert.deepEqual(JSON.parse(terminal.text), {
    time: '2026-01-02T15:04:05.000Z',
    level: 'INFO',
    msg: 'starting',
    text: 'a "b"\n\x1b\x7f\u2028\u{e0001}',
    count: 3,
    ok: false,
  });
});

test('only json, to the letter, is json', () => {
  for (const format of ['JSON', '', 'text', 'json ']) {
    const { logger, terminal } = open({ format });
    logger.info('x');
    assert.equal(terminal.text, `${stamp} level=INFO msg=x\n`);
  }
});

test('lines below the level are not written', () => {
  const cases: [level: string, written: string][] = [
    ['debug', 'DEBUG INFO WARN ERROR'],
    ['debug+1', 'INFO WARN ERROR'],
    ['info', 'INFO WARN ERROR'],
    ['INFO+2', 'WARN ERROR'],
    ['warn-1', 'WARN ERROR'],
    ['error', 'ERROR'],
    ['error+1', ''],
    ['debug-10', 'DEBUG INFO WARN ERROR'],
  ];
  for (const [level, written] of cases) {
    const { log, logger, terminal } = open({ level });
    logger.debug('x');
    logger.info('x');
    logger.warn('x');
    logger.error('x');
    const levels = terminal.lines.map((line) => /level=(\w+)/.exec(line)![1]);
    assert.equal(levels.join(' '), written, level);
    assert.equal(log.isEnabled('info'), levels.includes('INFO'));
  }
  assert.throws(() => open({ level: 'loud' }), { code: 'GF_LOG_LEVEL' });
});

test('a line of a worker is written like any other', () => {
  const { log, terminal } = open();
  const posted = structuredClone({ level: 'warn', msg: 'from afar', fields: { worker: 3 } } satisfies LogLine);
  log.write(posted);
  assert.equal(terminal.text, `${stamp} level=WARN msg="from afar" worker=3\n`);
});

test('an error becomes its message and its code', () => {
  assert.deepEqual(errorFields(new Error('boom')), { error: 'boom' });
  assert.deepEqual(errorFields(Object.assign(new Error('in use'), { code: 'EADDRINUSE' })), {
    error: 'in use',
    code: 'EADDRINUSE',
  });
  assert.deepEqual(errorFields('text'), { error: 'text' });
  assert.deepEqual(errorFields(undefined), { error: 'undefined' });
});

test('a long line is cut to 2 KiB and says so', () => {
  for (const format of ['normal', 'json']) {
    const { logger, terminal } = open({ format });
    logger.error('m'.repeat(5000), { first: 'kept', long: 'x'.repeat(1_000_000), after: 'gone', count: 7 });
    const [line] = terminal.lines;
    assert.ok(Buffer.byteLength(line!) < MAX_LINE);
    assert.ok(Buffer.byteLength(line!) > 1800, 'most of the space is used');
    assert.match(line!, /truncated/);
    assert.match(line!, /kept/);
  }
});

test('a value that grows by its escapes is cut, and never within a character', () => {
  for (const text of ['\n'.repeat(1500), '😀'.repeat(1500), `a${'😀'.repeat(1500)}`]) {
    const { logger, terminal } = open({ format: 'json' });
    logger.error('x', { text });
    const { text: written } = JSON.parse(terminal.text) as { text: string };
    assert.ok(written.endsWith('…') && text.startsWith(written.slice(0, -1)));
    assert.doesNotMatch(terminal.text, /\\ud/, 'no half of a pair, which would be escaped');
    assert.ok(Buffer.byteLength(terminal.text) > 1850);
  }
});

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3000 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\x1b', '\x7f', '😀', '\ud800', '\udc00', '\u2028', '\u{e0001}', 'a'),
  }),
  fc.constantFrom('\n'.repeat(4000), '\u{e0001}'.repeat(2000), '😀'.repeat(2000), '\ud83d'.repeat(3000)),
);
const hostileFields = fc.dictionary(
  hostileText.filter((name) => !['time', 'level', 'msg', 'truncated'].includes(name)),
  fc.oneof(hostileText, fc.double(), fc.boolean(), fc.constant(undefined)),
  { maxKeys: 30 },
);

test('no text breaks a line, exceeds its length or acts on a terminal', () => {
  fc.assert(
    fc.property(hostileText, hostileFields, fc.constantFrom('normal', 'json'), (msg, fields, format) => {
      const { logger, terminal } = open({ format });
      logger.warn(msg, fields);
      assert.equal(terminal.lines.length, 1);
      assert.ok(Buffer.byteLength(terminal.text) <= MAX_LINE);
      assert.doesNotMatch(terminal.lines[0]!, /[\p{C}\p{Zl}\p{Zp}]/u);
      if (format === 'json') {
        const { time, level, msg: written, truncated, ...rest } = JSON.parse(terminal.text) as Record<string, unknown>;
        assert.equal(time, '2026-01-02T15:04:05.000Z');
        assert.equal(level, 'WARN');
        if (truncated === undefined) {
          assert.equal(written, msg);
          assert.equal(Object.keys(rest).length, Object.values(fields).filter((value) => value !== undefined).length);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('no name of a field is special', () => {
  for (const format of ['normal', 'json']) {
    for (const name of [...Object.getOwnPropertyNames(Object.prototype), 'toJSON', 'err', 'pid', 'then']) {
      const { logger, terminal } = open({ format });
      logger.warn('x', Object.fromEntries([[name, 'value']]));
      assert.match(terminal.text, /x.*value/);
    }
  }
});

test('at most 100 lines a second are written, and the others are counted', () => {
  const { logger, terminal, clock } = open();
  for (let i = 0; i < 1000; i++) logger.error('flood', { i });
  const first = terminal.lines.length;
  assert.ok(first > 50 && first <= 100, String(first));
  clock.ms = 999;
  logger.error('flood');
  assert.equal(terminal.lines.length, first);
  clock.ms = 1000;
  logger.error('after');
  assert.deepEqual(terminal.lines.slice(first), [
    `${stamp} level=WARN msg="suppressed log lines" count=${1001 - first}`,
    `${stamp} level=ERROR msg=after`,
  ]);
});

test('the count of suppressed lines comes with the timer or at the end, and only once', async () => {
  const { log, logger, terminal, clock } = open();
  for (let i = 0; i < 200; i++) logger.error('flood');
  const first = terminal.lines.length;
  log.settle();
  assert.equal(terminal.lines.length, first, 'the second is not over');
  clock.ms = 1500;
  log.settle();
  assert.match(terminal.lines.at(-1)!, new RegExp(`suppressed log lines" count=${200 - first}$`));
  for (let i = 0; i < 200; i++) logger.error('flood');
  await log.close();
  assert.match(terminal.lines.at(-1)!, /suppressed log lines" count=\d+$/);
  const last = terminal.lines.length;
  await log.close();
  assert.equal(terminal.lines.length, last);
});

test('lines that count others pass when the second is full', () => {
  const { log, logger, terminal } = open();
  for (let i = 0; i < 200; i++) logger.error('flood');
  const first = terminal.lines.length;
  log.write({ level: 'warn', msg: 'skipped', summary: true });
  assert.equal(terminal.lines.length, first + 1);
  assert.ok(first + 1 <= 100);
});

test('a stuck reader costs bounded memory, and what it missed is counted', async () => {
  const { log, logger, terminal, clock } = open();
  terminal.stuck = true;
  const total = 4000;
  for (let i = 0; i < total; i++) {
    clock.ms += 1000;
    logger.warn('x'.repeat(500), { i });
  }
  assert.ok(terminal.writableLength < 300 * 1024, String(terminal.writableLength));
  const started = performance.now();
  await log.close();
  assert.ok(performance.now() - started < 2000, 'the end does not wait for ever');
  terminal.release();
  await new Promise((resolve) => terminal.write('', resolve));
  clock.ms += 1000;
  logger.info('again');
  const written = terminal.lines.filter((line) => line.includes('xxx')).length;
  const missed = Number(/suppressed log lines" count=(\d+)/.exec(terminal.text)![1]);
  assert.equal(written + missed, total);
});

test('a reader that is gone is no failure', async () => {
  const stream = new Writable({
    write: (_chunk, _encoding, callback) => callback(Object.assign(new Error('broken pipe'), { code: 'EPIPE' })),
  });
  const { log, logger } = open({ stream });
  logger.info('one');
  await new Promise((resolve) => setImmediate(resolve));
  logger.info('two');
  await log.close();
});

test('S-10 a warning of the main thread that comes again and again is muted, and what was skipped is counted', async () => {
  const { log, logger, terminal, clock } = open({ mute: { count: 2, intervalMs: 1000 } });
  for (let i = 0; i < 40; i++) {
    logger.error('output cannot be written, dropping', { path: 'flows' });
    logger.info('reopened output');
  }
  logger.warn('another one');
  const about = (text: string) => terminal.lines.filter((line) => line.includes(text)).length;
  assert.deepEqual([about('cannot be written, dropping" path='), about('reopened'), about('another one')], [2, 40, 1]);
  assert.ok(terminal.lines.some((line) => /too many messages, muting.* class="output cannot be written/.test(line)));
  clock.ms = 1500;
  log.settle();
  assert.equal(about('skipped messages'), 1);
  logger.error('output cannot be written, dropping', { path: 'flows' });
  assert.equal(about('cannot be written, dropping" path='), 3);
  for (let i = 0; i < 7; i++) logger.error('output cannot be written, dropping', { path: 'flows' });
  await log.close();
  assert.match(terminal.lines.at(-1)!, /skipped messages.* count=6/);
});
