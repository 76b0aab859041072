import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fromBinary } from '@bufbuild/protobuf';
import { sizeDelimitedPeek } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { formats } from '#src/format/formats.js';
import { defaultColumns } from '#src/format/output-column.js';
import { FlowMessageSchema } from '../gen/flow_pb.ts';
import { contextOf, flowWith } from '../support/context.ts';
import { written, writtenText } from '../support/written.ts';

const flow = () => flowWith({ src_addr: '10.1.0.1', dst_addr: '192.0.2.1', proto: 6, src_port: 1 });

/** A flow with a context of one network, written by a format. */
function enriched(format: string, name: string, attributes: Record<string, string>, keys: readonly string[] = []) {
  const document = { networks: [{ name, cidr: '10.0.0.0/8', context: attributes }] };
  const { enricher } = contextOf(JSON.stringify(document), { format, keys });
  const record = flow();
  enricher.enrich(record);
  return record;
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constantFrom('"', '\\', '\n', '\u2028', '<&>', '\u0000', '\u007f', 'x'.repeat(256), 'ü', '__proto__', '\ufeffx'),
);
const attributes = fc.dictionary(
  fc.constantFrom('a', 'b_c', 'd.e', '__proto__', 'größe', 'f/g-h:i'),
  fc.oneof(text, fc.string({ unit: 'binary', maxLength: 200 }), fc.constant('')),
);

/** What UTF-8 can carry: halves of surrogate pairs become U+FFFD. */
const wellFormed = (string: string) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(string));

function expected(name: string, given: Record<string, string>): Record<string, string> {
  const all = Object.keys(given).sort((a, b) => (a < b ? -1 : 1));
  const entries = all.map((key) => [`source_${key}`, wellFormed(given[key]!)] as const);
  return Object.fromEntries([['source_group', wellFormed(name)] as const, ...entries]);
}

for (const codegen of [true, false]) {
  const how = codegen ? 'compiled' : 'interpreted';

  test(`JSON, ${how}: the context is the last column, whatever its strings are (S-13)`, () => {
    const format = formats.get('json')!({ context: true, codegen });
    const plain = formats.get('json')!({ codegen });
    fc.assert(
      fc.property(text, attributes, (name, given) => {
        const line = writtenText(format, enriched('json', name, given));
        assert.ok(!/[\n\r\u2028\u2029]/.test(line));
        const message = JSON.parse(line) as Record<string, unknown>;
        assert.deepEqual(message['context'], expected(name, given));
        assert.equal(Object.keys(message).at(-1), 'context');
        assert.ok(line.startsWith(writtenText(plain, flow()).slice(0, -1) + ',"context":{'));
      }),
    );
  });

  test(`protobuf, ${how}: field 500 is a map of strings`, () => {
    const format = formats.get('bin')!({ context: true, codegen });
    const plain = formats.get('bin')!({ codegen });
    fc.assert(
      fc.property(text, attributes, (name, given) => {
        const octets = written(format, enriched('bin', name, given));
        const { size, offset } = sizeDelimitedPeek(octets) as { size: number; offset: number };
        assert.equal(offset + size, octets.length);
        const message = fromBinary(FlowMessageSchema, octets.subarray(offset));
        // A map of JavaScript's own has no place for __proto__.
        const { ['source___proto__']: _, ...rest } = expected(name, given);
        assert.deepEqual({ ...message.context, source___proto__: undefined }, { ...rest, source___proto__: undefined });
        const columns = written(plain, flow());
        assert.deepEqual(octets.subarray(offset, offset + columns.length - 1), columns.subarray(1));
      }),
    );
  });

  test(`text, ${how}: context.key=value at the end, one line`, () => {
    const format = formats.get('text')!({ context: true, codegen });
    const plain = formats.get('text')!({ codegen });
    const line = writtenText(format, enriched('text', 'web\nservers', { tier: 'front end', a: 'x' }));
    const context = ' context.source_group=web\\nservers context.source_a=x context.source_tier=front end';
    assert.equal(line, writtenText(plain, flow()) + context);
  });

  test(`without a match the context is {} in JSON and nothing elsewhere, ${how}`, () => {
    const { enricher } = contextOf('networks: []');
    const record = flow();
    enricher.enrich(record);
    for (const name of ['text', 'bin']) {
      const format = formats.get(name)!({ context: true, codegen });
      assert.deepEqual(written(format, record), written(formats.get(name)!({ codegen }), record));
    }
    const line = writtenText(formats.get('json')!({ context: true, codegen }), record);
    assert.ok(line.endsWith(',"context":{}}'));
    assert.deepEqual(JSON.parse(line).context, {});
  });

  test(`a context alone, and one behind one column, ${how}`, () => {
    const record = enriched('json', 'web', {});
    const one = defaultColumns().filter(({ name }) => name === 'proto');
    const json = (columns: typeof one) =>
      writtenText(formats.get('json')!({ columns, context: true, codegen }), record);
    assert.equal(json([]), '{"context":{"source_group":"web"}}');
    assert.equal(json(one), '{"proto":"TCP","context":{"source_group":"web"}}');
    const inText = enriched('text', 'web', {});
    const textual = (columns: typeof one) =>
      writtenText(formats.get('text')!({ columns, context: true, codegen }), inText);
    assert.equal(textual([]), 'context.source_group=web');
    assert.equal(textual(one), 'proto=TCP context.source_group=web');
  });
}

test('-context.keys: other keys are not written, and cost no octet', () => {
  const format = formats.get('json')!({ context: true });
  const given = { tier: 'frontend', application: 'web' };
  const line = writtenText(format, enriched('json', 'web', given, ['source_group', 'source_tier']));
  assert.deepEqual(JSON.parse(line).context, { source_group: 'web', source_tier: 'frontend' });
  assert.deepEqual(JSON.parse(writtenText(format, enriched('json', 'web', given, ['exporter']))).context, {});
});
