import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AckParser } from '#src/transport/nats/ack.js';
import type { Ack } from '#src/transport/nats/ack.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (text: string, stream = 'flows'): Ack => ({ ...new AckParser(stream).parse(bytes(text)) });
const stored = { kind: 'stored', duplicate: false, otherStream: undefined, code: 0, description: '' };

test('answers as the server writes them', () => {
  assert.deepEqual(parse('{"stream":"flows", "seq":1}'), { ...stored, sequence: 1 });
  assert.deepEqual(parse('{"stream":"flows","seq":123456789012}'), { ...stored, sequence: 123456789012 });
  assert.deepEqual(parse('{"stream":"flows", "seq":7,"duplicate": true}'), { ...stored, sequence: 7, duplicate: true });
  assert.deepEqual(parse('{"stream":"flows", "seq":7, "duplicate":true}'), { ...stored, sequence: 7, duplicate: true });
});

test('answers of other forms', () => {
  assert.deepEqual(parse('{"stream":"flows","domain":"hub","seq":9}'), { ...stored, sequence: 9 });
  assert.deepEqual(parse('{"stream":"other","seq":9}'), { ...stored, sequence: 9, otherStream: 'other' });
  assert.deepEqual(parse('{"seq":9,"stream":"flows","duplicate":false}'), { ...stored, sequence: 9 });
  assert.deepEqual(parse('{"stream":"fl\\u006fws","seq":9}'), { ...stored, sequence: 9 });
});

test('errors have their number and their words', () => {
  const text =
    '{"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"},"stream":"flows","seq":0}';
  assert.deepEqual(parse(text), {
    kind: 'error',
    sequence: 0,
    duplicate: false,
    otherStream: undefined,
    code: 10077,
    description: 'maximum bytes exceeded',
  });
  assert.equal(parse('{"error":{"code":500}}').code, 500);
  assert.equal(parse('{"error":{"code":"x"}}').kind, 'error');
});

test('an answer does not leave anything behind for the next one', () => {
  const parser = new AckParser('flows');
  assert.equal(parser.parse(bytes('{"error":{"err_code":1,"description":"a"}}')).kind, 'error');
  assert.deepEqual({ ...parser.parse(bytes('{"stream":"flows", "seq":2}')) }, { ...stored, sequence: 2 });
  assert.equal(parser.parse(bytes('{"stream":"other", "seq":2,"duplicate":true}')).duplicate, true);
  assert.deepEqual({ ...parser.parse(bytes('{"stream":"flows", "seq":3}')) }, { ...stored, sequence: 3 });
});

test('what is no answer is unreadable, and never an exception', () => {
  for (const text of ['', '{', 'null', '[]', '7', '{"stream":"flows"}', '{"stream":"flows", "seq":}', '{"seq":1}']) {
    assert.equal(parse(text).kind, 'unreadable', text);
  }
  fc.assert(
    fc.property(fc.uint8Array(), (octets) => {
      assert.ok(new AckParser('flows').parse(octets).kind.length > 0);
    }),
  );
});

test('the quick way gives what JSON.parse gives', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
  fc.assert(
    fc.property(
      name,
      fc.nat(Number.MAX_SAFE_INTEGER),
      fc.constantFrom('', ',"duplicate": true', ', "duplicate":true'),
      fc.nat(),
      (stream, seq, tail, cut) => {
        const whole = `{"stream":"${stream}", "seq":${seq}${tail}}`;
        const ack = parse(whole, stream);
        assert.deepEqual(ack, { ...stored, sequence: seq, duplicate: tail !== '' });
        const part = whole.slice(0, cut % whole.length);
        assert.equal(parse(part, stream).kind, 'unreadable', part);
      },
    ),
  );
});
