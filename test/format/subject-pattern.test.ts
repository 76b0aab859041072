import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseSubjectPattern } from '#src/format/subject-pattern.js';

const parse = (text: string) => parseSubjectPattern(text, 'transport.nats.subject');

test('what a pattern covers', () => {
  const cases: [text: string, wildcard: string, isPlain: boolean][] = [
    ['flows', 'flows', true],
    ['goflow2.messages', 'goflow2.messages', true],
    ['flows.{type}', 'flows.*', false],
    ['flows.{type}.{sampler_address}', 'flows.*.*', false],
    ['flows.v4-{proto}-{dst_port}.x', 'flows.*.x', false],
    ['flows.{partition:16}', 'flows.*', false],
  ];
  for (const [text, wildcard, isPlain] of cases) {
    const pattern = parse(text);
    assert.deepEqual([pattern.wildcard, pattern.isPlain, pattern.text], [wildcard, isPlain, text]);
  }
});

test('what cannot be is refused with the reason', () => {
  const cases: [text: string, why: RegExp][] = [
    ['', /token .* is empty/],
    ['flows.', /token .* is empty/],
    ['.flows', /token .* is empty/],
    ['a..b', /token .* is empty/],
    ['flows.*', /wildcard/],
    ['flows.>', /wildcard/],
    ['flows flows', /blanks/],
    ['flöws', /ASCII/],
    ['flows.{nothing}', /\{nothing\} is no column/],
    ['flows.{}', /\{\} is no column/],
    ['flows.{as_path}', /is a list/],
    ['flows.{type', /brace/],
    ['flows.type}', /brace/],
    ['flows.{a{b}}', /brace/],
    ['flows.{partition}', /needs a number/],
    ['flows.{partition:0}', /1 to 65536/],
    ['flows.{partition:70000}', /1 to 65536/],
    ['flows.{partition:x}', /is no column/],
    ['{type}.flows', /first token/],
    ['x{type}.flows', /first token/],
    ['$JS.flows', /belong to the server/],
    ['flows.{context.group}', /\{context\.group\} is no key of a context/],
    ['flows.{context.}', /is no key/],
  ];
  for (const [text, why] of cases) {
    assert.throws(
      () => parse(text),
      (error: Error) => {
        assert.match(error.message, /^-transport\.nats\.subject: /);
        assert.match(error.message, why, text);
        return true;
      },
      text,
    );
  }
});
