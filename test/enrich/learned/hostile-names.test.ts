import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { sizeDelimitedPeek } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { formats } from '#src/format/formats.js';
import { learnedText } from '#src/produce/templated/options-names.js';
import { FlowMessageSchema } from '../../gen/flow_pb.ts';
import { data, ipfix } from '../../support/exporter.ts';
import { inFull } from '../../support/extent.ts';
import { LearningChain } from '../../support/learning-chain.ts';
import { written } from '../../support/written.ts';

const textOf = (octets: Uint8Array): string => learnedText(octets, 0, octets.length);

test('S-13 what cannot be seen in a name, and what is no text, is replaced', () => {
  const names: [string | Uint8Array, string][] = [
    ['Gi0/0/3\0\0\0', 'Gi0/0/3'],
    ['  with blanks  ', 'with blanks'],
    ['a"b\\c', 'a"b\\c'],
    ['a\nb\r\tc', 'a\ufffdb\ufffd\ufffdc'],
    ['q\u2028x\u202ey', 'q\ufffdx\ufffdy'],
    ['\u001b[31mred', '\ufffd[31mred'],
    [Buffer.from('ff41c0af', 'hex'), '\ufffdA\ufffd\ufffd'],
    ['__proto__', '__proto__'],
    ['\0hidden', ''],
    ['größe 漢字', 'größe 漢字'],
    ['x'.repeat(3_000), 'x'.repeat(256)],
    ['x'.repeat(255) + '🌍', 'x'.repeat(255)],
  ];
  for (const [given, expected] of names) assert.equal(textOf(Buffer.from(given)), expected);
});

for (const format of ['json', 'text', 'bin']) {
  test(`S-13 hostile names, as ${format}: each message is whole, with the name as it was learned`, () => {
    const chain = new LearningChain({ format });
    const writer = formats.get(format)!({ context: true });
    let message: Uint8Array = new Uint8Array(0);
    chain.onFlow = (flow) => (message = written(writer, flow));
    const templates = [ipfix.template(256, '10/4'), ipfix.optionsTemplate(300, ['10/4'], ['82/v', '83/v'])];
    chain.take([ipfix.message(templates)]);
    const octets = fc.oneof(
      fc.uint8Array({ maxLength: 120 }),
      fc.string({ unit: 'binary', maxLength: 60 }).map((text) => Buffer.from(text)),
      fc.constantFrom(...['"', '\\', '\u2028', '__proto__', '{"a":1}', 'a b=c'].map((text) => Buffer.from(text))),
    );
    const field = (value: Uint8Array) => `ff${value.length.toString(16).padStart(4, '0')}${hexOf(value)}`;
    fc.assert(
      fc.property(octets, octets, (name, description) => {
        const record = data(300, `00000003 ${field(name)} ${field(description)}`);
        const [context] = chain.take([ipfix.message([record, data(256, '00000003')])]);
        const told = Object.entries({ in_if: textOf(name), in_if_description: textOf(description) });
        const expected = Object.fromEntries(told.filter(([, text]) => text !== ''));
        assert.deepEqual(context, expected);
        assert.deepEqual(contextIn(format, message) ?? expected, expected);
      }),
      { numRuns: inFull ? 20_000 : 100 },
    );
    assert.deepEqual(Object.keys(Object.prototype), []);
  });
}

const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** The context in a message; of text only whether it is one line of columns. */
function contextIn(format: string, message: Uint8Array): Record<string, string> | undefined {
  if (format === 'bin') {
    const { size, offset } = sizeDelimitedPeek(message) as { size: number; offset: number };
    assert.equal(message.length, size! + offset);
    return { ...fromBinary(FlowMessageSchema, message.subarray(offset)).context };
  }
  const line = new TextDecoder('utf-8', { fatal: true }).decode(message);
  assert.ok(!/[\n\r\u2028\u2029]/.test(line));
  return format === 'json' ? (JSON.parse(line) as { context: Record<string, string> }).context : undefined;
}
