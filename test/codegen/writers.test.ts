import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { columns } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import type { FormatOptions } from '#src/format/format.js';
import { ByteWriter } from '#src/format/byte-writer.js';
import { formats } from '#src/format/formats.js';
import { ICMP_NAME, defaultColumns } from '#src/format/output-column.js';
import type { OutputColumn } from '#src/format/output-column.js';
import { renderers } from '#src/format/renderers.js';
import type { RendererName } from '#src/format/renderers.js';
import { anyRecord, largestRecord } from '../support/random-record.ts';
import { recordFromJson } from '../support/record-from-json.ts';
import { vectors } from '../support/vectors.ts';
import { written } from '../support/written.ts';

const fixed = [new FlowRecord(), ...[0, 1, 2, 25, 26, 300].map(largestRecord)];

/** The compiled forms of a format, for any record and for one in one memory, and the interpreted one. */
function twins(name: string, options: FormatOptions = {}) {
  const create = formats.get(name)!;
  const home = { flow: new FlowRecord(), out: new ByteWriter(new Uint8Array(4 * 1024 * 1024)) };
  return {
    name,
    home,
    compiled: create(options),
    atHome: create({ ...options, home: { flow: home.flow, view: home.out.view } }),
    interpreted: create({ ...options, codegen: false }),
  };
}

/** What a format with a home writes there, somewhere in its memory. */
function writtenAtHome({ home: { flow, out }, atHome }: Twins, from: FlowRecord, at: number): Uint8Array {
  flow.copyFrom(from);
  const bound = atHome.bound(flow);
  assert.equal(bound, atHome.bound(from));
  out.bytes.fill(0xa5, at, at + bound + 8);
  out.pos = at;
  atHome.write(flow, out);
  assert.ok(out.pos <= at + bound && out.bytes.subarray(at + bound, at + bound + 8).every((octet) => octet === 0xa5));
  return out.bytes.slice(at, out.pos);
}

type Twins = ReturnType<typeof twins>;

function assertEqual(pair: Twins, flow: FlowRecord): void {
  const { name, compiled, interpreted, atHome } = pair;
  assert.equal(compiled.bound(flow), interpreted.bound(flow), name);
  // text is compared first: its difference is readable
  const [ours, theirs] = [written(compiled, flow), written(interpreted, flow)];
  if (name !== 'bin') assert.equal(Buffer.from(ours).toString('latin1'), Buffer.from(theirs).toString('latin1'));
  assert.deepEqual(ours, theirs, name);
  assert.deepEqual(writtenAtHome(pair, flow, ours.length % 1000), theirs, `${name} at home`);
  assert.deepEqual(written(atHome, flow), theirs, `${name} of another record, elsewhere`);
}

/** Records in which few columns are set, as in real life, and records in which all are. */
const anyFlow = fc.tuple(anyRecord(8), fc.integer({ min: 0, max: 4 }), fc.nat()).map(([flow, sparse, seed]) => {
  let random = seed;
  for (const { slot, type } of columns) {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    const words = type === 'u64' ? 2 : type === 'address' ? 5 : 1;
    if ((random >>> 16) % 5 < sparse) flow.words.fill(0, slot, slot + words);
  }
  return flow;
});

/** Times of all years, milliseconds and nanoseconds. */
const anyTime = fc.tuple(fc.bigInt(0n, 18_446_744_073n), fc.integer({ min: 0, max: 999_999_999 }), fc.boolean());

const rendered = (renderer: RendererName): OutputColumn[] =>
  columns.map((column) => ({ source: column, renderer, name: column.name }));

for (const name of formats.keys()) {
  test(`${name}: compiled and interpreted give the same octets for any record`, () => {
    const pair = twins(name);
    for (const flow of fixed) assertEqual(pair, flow);
    fc.assert(
      fc.property(anyFlow, (flow) => assertEqual(pair, flow)),
      { numRuns: 1500 },
    );
  });

  test(`${name}: the same for times of all years`, () => {
    const pair = twins(name);
    fc.assert(
      fc.property(anyTime, ([seconds, nanoseconds, whole]) => {
        const flow = new FlowRecord();
        const part = whole ? nanoseconds - (nanoseconds % 1_000_000) : nanoseconds;
        const time = BigInt.asUintN(64, seconds * 1_000_000_000n + BigInt(part));
        for (const { slot, type } of columns) {
          if (type === 'u64') flow.words.set([Number(time & 0xffff_ffffn), Number(time >> 32n)], slot);
        }
        assertEqual(pair, flow);
      }),
      { numRuns: 2000 },
    );
  });
}

test('vectors: compiled and interpreted give the same octets', () => {
  const pairs = [...formats.keys()].map((name) => twins(name));
  const outputs = vectors.flatMap((vector) => [vector.observed, vector.observed_when_wrapped_in_sflow]);
  const lines = outputs.flatMap((output) => output?.sample_json ?? []).filter((line) => line.startsWith('{'));
  let compared = 0;
  for (const line of lines) {
    let flow: FlowRecord;
    try {
      flow = recordFromJson(line);
    } catch {
      continue; // a mapping has changed its columns
    }
    for (const pair of pairs) assertEqual(pair, flow);
    compared++;
  }
  assert.ok(compared >= 76, `${compared} lines`);
});

test('the same with every renderer', () => {
  for (const name of ['json', 'text']) {
    for (const renderer of Object.keys(renderers) as RendererName[]) {
      const pair = twins(name, { columns: rendered(renderer) });
      for (const flow of fixed) assertEqual(pair, flow);
      fc.assert(
        fc.property(anyFlow, (flow) => assertEqual(pair, flow)),
        { numRuns: 60 },
      );
    }
  }
});

const anyColumn: fc.Arbitrary<OutputColumn> = fc.record({
  source: fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...columns) }, fc.constant(ICMP_NAME)),
  renderer: fc.constantFrom(...(Object.keys(renderers) as RendererName[])),
  name: fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '__proto__', 'constructor', '`${process.exit()}`', '"];process.exit()//', '*/', '\u2028'),
  ),
});

test('the same for any columns under any names', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('json', 'text'),
      fc.array(anyColumn, { maxLength: 12 }),
      fc.array(anyFlow, { minLength: 1, maxLength: 3 }),
      (name, list, flows) => {
        const pair = twins(name, { columns: list });
        for (const flow of [...flows, new FlowRecord()]) assertEqual(pair, flow);
      },
    ),
    { numRuns: 300 },
  );
});

test('a row of hundreds of columns becomes several functions', () => {
  const columnsOf = defaultColumns();
  const list = Array.from({ length: 8 }, (_, i) => columnsOf.map((each) => ({ ...each, name: `${each.name}_${i}` })));
  const pair = twins('json', { columns: list.flat() });
  for (const flow of fixed) assertEqual(pair, flow);
  fc.assert(
    fc.property(anyFlow, (flow) => assertEqual(pair, flow)),
    { numRuns: 20 },
  );
});
