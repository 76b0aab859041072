import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { columns } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { formats } from '#src/format/formats.js';
import { ICMP_NAME } from '#src/format/output-column.js';
import type { OutputColumn } from '#src/format/output-column.js';
import { renderers } from '#src/format/renderers.js';
import type { RendererName } from '#src/format/renderers.js';
import { anyRecord, largestRecord } from '../support/random-record.ts';
import { written } from '../support/written.ts';

/** Every column with one renderer. */
const rendered = (renderer: RendererName): OutputColumn[] =>
  columns.map((column) => ({ source: column, renderer, name: column.name }));

const variants = [true, false].flatMap((codegen) =>
  [...formats].flatMap(([name, create]) => [
    { name: `${name}, ${codegen ? 'compiled' : 'interpreted'}`, format: create({ codegen }) },
    ...(name === 'bin'
      ? []
      : (Object.keys(renderers) as RendererName[]).map((renderer) => ({
          name: `${name}, renderer ${renderer}, ${codegen ? 'compiled' : 'interpreted'}`,
          format: create({ codegen, columns: rendered(renderer) }),
        }))),
  ]),
);

for (const { name, format } of variants) {
  test(`${name}: nothing exceeds its bound`, () => {
    for (const entries of [0, 1, 2, 25, 26, 1000]) written(format, largestRecord(entries));
    written(format, new FlowRecord());
    fc.assert(
      fc.property(anyRecord(40), (flow) => void written(format, flow)),
      { numRuns: 100 },
    );
  });
}

test('a single column has a bound of its own', () => {
  const single = [
    ...rendered('none'),
    ...rendered('string'),
    { source: ICMP_NAME, renderer: 'none', name: 'n' } as const,
  ];
  for (const column of single) {
    for (const name of ['json', 'text']) {
      for (const codegen of [true, false]) {
        const format = formats.get(name)!({ codegen, columns: [column] });
        for (const entries of [0, 1, 30]) written(format, largestRecord(entries));
        written(format, new FlowRecord());
      }
    }
  }
});

test('the bound grows with lists only', () => {
  for (const [name, create] of formats) {
    const format = create();
    assert.equal(format.bound(largestRecord(0)), format.bound(new FlowRecord()), name);
    assert.ok(format.bound(largestRecord(1000)) > format.bound(largestRecord(0)) + 9000, name);
  }
});
