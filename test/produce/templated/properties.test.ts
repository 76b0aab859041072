import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { elementMap, fixedSizes } from '#src/produce/templated/element-map.js';
import { Collector } from '../../support/collector.ts';
import { EXPORT_TIME, data, ipfix, protocols, set, v9 } from '../../support/exporter.ts';
import type { Wire } from '../../support/exporter.ts';
import { flowOf, recordOf } from '../../support/flow-of.ts';
import type { FieldOfRecord } from '../../support/flow-of.ts';

const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** Octets that are zero more often than chance would have it. */
const octets = (length: number) =>
  fc.oneof(
    fc.constant(new Uint8Array(length)),
    fc.uint8Array({ minLength: length, maxLength: length }),
    fc.uint8Array({ minLength: length, maxLength: length }),
  );

/** Elements that fill columns or decide how others are read, each at most once, of right and of wrong sizes. */
const ids = [
  ...new Set([...elementMap.map(({ id }) => id), 34, 48, 50, 160, 161, 162, 302, 305, 306, 309, 310, 311, 313, 315]),
];
const rightSize = new Map(elementMap.map(({ id, read }) => [id, fixedSizes[read]]));
const sizeOf = (id: number) => fc.oneof({ weight: 9, arbitrary: fc.constant(rightSize.get(id) ?? 4) }, fc.nat(18));

const field = fc
  .constantFrom(...ids)
  .chain((id) => fc.tuple(fc.constant(id), sizeOf(id), fc.boolean()))
  .chain(([id, size, variable]) =>
    fc.record({ id: fc.constant(id), size: fc.constant(size), variable: fc.constant(variable), value: octets(size) }),
  );

const record = fc
  .uniqueArray(field, { selector: ({ id }) => id, minLength: 1, maxLength: 30 })
  .filter((fields) => fields.some(({ size }) => size > 0));

const specified = (fields: readonly { id: number; size: number; variable: boolean; value: Uint8Array }[], wire: Wire) =>
  fields.map(({ id, size, variable, value }): FieldOfRecord => [
    `${id}/${variable && wire.version === 10 ? 'v' : size}`,
    hexOf(value),
  ]);

test('C-111 the order of fields in a template changes nothing in the flow', () => {
  fc.assert(
    fc.property(
      record.chain((fields) =>
        fc.tuple(
          fc.constant(fields),
          fc.shuffledSubarray(fields, { minLength: fields.length, maxLength: fields.length }),
        ),
      ),
      ([fields, shuffled]) => {
        for (const [name, wire] of protocols) {
          assert.deepEqual(flowOf(wire, specified(shuffled, wire)), flowOf(wire, specified(fields, wire)), name);
        }
      },
    ),
    { numRuns: 250 },
  );
});

test('a field of variable length gives what one of fixed length does', () => {
  fc.assert(
    fc.property(record, (fields) => {
      const fixed = fields.map((one) => ({ ...one, variable: false }));
      const variable = fields.map((one) => ({ ...one, variable: true }));
      // a wrong size is known from the template, so another element can fill the column: only right sizes are equal
      if (fields.some(({ id, size }) => size === 0 || size > 8 || (rightSize.get(id) ?? size) !== size)) return;
      if (fields.some(({ id, size }) => (id === 160 && size !== 8) || (id === 311 && size !== 4 && size !== 8))) return;
      assert.deepEqual(flowOf(ipfix, specified(variable, ipfix)), flowOf(ipfix, specified(fixed, ipfix)));
    }),
    { numRuns: 250 },
  );
});

test('the records of a set do not depend on each other', () => {
  fc.assert(
    fc.property(record, fc.integer({ min: 1, max: 5 }), (fields, count) => {
      for (const [name, wire] of protocols) {
        const written = specified(fields, wire);
        const template = wire.template(256, ...written.map(([specifier]) => specifier));
        const { flows } = new Collector().send(
          wire.message([
            template,
            data(
              256,
              Array.from({ length: count }, () => recordOf(written)),
            ),
          ]),
        );
        const single = flowOf(wire, written);
        assert.equal(flows.length, count, name);
        for (const flow of flows) assert.deepEqual(flow, single, name);
      }
    }),
    { numRuns: 200 },
  );
});

/** Sets of every kind with plausible and random bodies. */
const anySet = fc.oneof(
  fc
    .tuple(fc.constantFrom(0, 1, 2, 3, 4, 255, 256, 257, 258), fc.uint8Array({ maxLength: 60 }), fc.option(fc.nat(80)))
    .map(([id, body, length]) => set(id, hexOf(body), length ?? undefined)),
  record.map((fields) => ipfix.template(256, ...specified(fields, ipfix).map(([specifier]) => specifier))),
  record.map((fields) => v9.template(257, ...specified(fields, v9).map(([specifier]) => specifier))),
  record.map((fields) => {
    const specifiers = specified(fields, v9).map(([specifier]) => specifier);
    return v9.optionsTemplate(258, ['2/4'], specifiers);
  }),
  record.map((fields) =>
    ipfix.optionsTemplate(
      258,
      ['302/4'],
      specified(fields, ipfix).map(([specifier]) => specifier),
    ),
  ),
  fc.uint8Array({ maxLength: 200 }).map((body) => data(256, hexOf(body))),
  fc.uint8Array({ maxLength: 200 }).map((body) => data(257, hexOf(body))),
  fc.uint8Array({ maxLength: 200 }).map((body) => data(258, hexOf(body))),
);

const anyMessage = fc
  .record({
    wire: fc.constantFrom(v9, ipfix),
    sets: fc.array(anySet, { maxLength: 8 }),
    cut: fc.option(fc.nat(600), { freq: 4 }),
    port: fc.constantFrom(1, 2, 3),
    domain: fc.constantFrom(0, 9),
    seconds: fc.integer({ min: -5, max: 5 }),
    sysUptimeMs: fc.constantFrom(0, 1_000, 5_000_000, 2 ** 32 - 1),
    wait: fc.constantFrom(0, 0, 10, 40_000),
  })
  .map(({ wire, sets, cut, port, wait, domain, seconds, sysUptimeMs }) => {
    const whole = wire.message(sets, { domain, exportSeconds: EXPORT_TIME + seconds, sysUptimeMs });
    return { bytes: cut === null ? whole : whole.subarray(0, Math.max(2, Math.min(cut, whole.length))), port, wait };
  });

test('C-007, C-032, C-121 whatever comes, nothing throws and the books balance (I3, I4)', () => {
  fc.assert(
    fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 12 }), (messages) => {
      const collector = new Collector({ maxRecords: 50 });
      for (const { bytes, port, wait } of messages) {
        const before = collector.counters.get('records_decoded');
        const { failure, flows } = collector.send(bytes, { sourcePort: port });
        assert.ok(flows.length <= 50 * 12);
        if (failure !== undefined) assert.equal(collector.counters.get('records_decoded'), before);
        collector.wait(wait);
      }
      collector.wait(60_000);
      assert.equal(collector.pending.count, 0);
      assert.equal(collector.pending.bytes, 0);
    }),
    { numRuns: 800 },
  );
});

test('what is decoded twice gives the same', () => {
  fc.assert(
    fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 8 }), (messages) => {
      const run = () => {
        const collector = new Collector();
        const seen = messages.map(({ bytes, port }) => collector.send(bytes, { sourcePort: port }));
        return [seen, collector.counters.snapshot()];
      };
      assert.deepEqual(run(), run());
    }),
    { numRuns: 300 },
  );
});
