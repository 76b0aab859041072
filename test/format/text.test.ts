import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { column, columns, slotOf } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { createJsonFormat } from '#src/format/json.js';
import { createTextFormat } from '#src/format/text.js';
import { parseExact } from '../support/exact-json.ts';
import type { ExactFlow, ExactScalar } from '../support/exact-json.ts';
import { anyRecord } from '../support/random-record.ts';
import { writtenText } from '../support/written.ts';

const plain = (value: ExactScalar | ExactScalar[]): string =>
  Array.isArray(value) ? `[${value.map(String).join(',')}]` : String(value);

test('text has the columns of JSON, name=value joined by blanks', () => {
  const text = createTextFormat();
  const json = createJsonFormat();
  fc.assert(
    fc.property(anyRecord(), (flow) => {
      const values = Object.entries(parseExact(writtenText(json, flow)) as ExactFlow);
      assert.equal(writtenText(text, flow), values.map(([name, value]) => `${name}=${plain(value)}`).join(' '));
    }),
    { numRuns: 500 },
  );
});

test('text splits into its columns again', () => {
  const text = createTextFormat();
  fc.assert(
    fc.property(anyRecord(), (flow) => {
      // The names of two protocols and an invalid prefix hold blanks: they are looked for by the names of columns.
      const found = [...writtenText(text, flow).matchAll(/(?:^| )([a-z0-9_]+)=/g)].map((match) => match[1]);
      assert.deepEqual(
        found,
        columns.map(({ name }) => name),
      );
    }),
    { numRuns: 300 },
  );
});

test('empty values and lists', () => {
  const text = createTextFormat({
    columns: (['next_hop', 'layer_stack', 'as_path', 'src_port'] as const).map((name) => ({
      source: column(name),
      renderer: column(name).renderer,
      name,
    })),
  });
  const flow = new FlowRecord();
  assert.equal(writtenText(text, flow), 'next_hop= layer_stack=[] as_path=[] src_port=0');
  for (const layer of [0, 1, 4]) flow.append(column('layer_stack'), layer);
  assert.equal(writtenText(text, flow), 'next_hop= layer_stack=[Ethernet,IPv4,UDP] as_path=[] src_port=0');
});

test('strings stay on their line', () => {
  const columns = [{ source: column('src_addr'), renderer: 'string', name: 'a' } as const];
  const flow = new FlowRecord();
  const octets = Buffer.from('x\ntype="', 'latin1').subarray(0, 4);
  flow.setAddress(slotOf('src_addr'), octets, 0, 4);
  assert.equal(writtenText(createTextFormat({ columns }), flow), 'a=x\\nty');
  assert.equal(writtenText(createTextFormat({ columns: [] }), flow), '');
});
