import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CustomLayout } from '#src/flow/custom-fields.js';
import type { CustomDeclaration } from '#src/flow/custom-fields.js';
import { ElementMappings } from '#src/produce/mapped/element-mappings.js';
import { elementMap, fixedSizes } from '#src/produce/templated/element-map.js';
import { Collector } from '../support/collector.ts';
import { EXPORT_TIME, data, protocols } from '../support/exporter.ts';
import type { Header, Wire } from '../support/exporter.ts';
import type { OwnFields } from '../support/twin-producers.ts';
import { recordOf } from '../support/flow-of.ts';
import type { FieldOfRecord } from '../support/flow-of.ts';

// Collector runs compiled templates beside interpreted ones, and holds both to the same flows and counters.

const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** Elements that are used otherwise than for a column of their own, and some that nobody uses. */
const others = [34, 48, 50, 61, 102, 103, 104, 160, 161, 162, 302, 305, 306, 309, 310, 311, 313, 315, 408, 409, 410];
const ids = [...new Set([...elementMap.map(({ id }) => id), ...others, 1_234])];
const onlySizes = new Map<number, number | undefined>([
  ...elementMap.map(({ id, read }): [number, number | undefined] => [id, fixedSizes[read]]),
  [60, 1],
  [4, 1],
  [160, 8],
  [313, 40],
  [315, 60],
]);
const usualSize = (id: number) => {
  const size = onlySizes.get(id);
  return size === undefined ? fc.constantFrom(1, 2, 4, 8) : fc.constant(size);
};

const anySize = (id: number) => fc.oneof({ weight: 8, arbitrary: usualSize(id) }, { weight: 2, arbitrary: fc.nat(18) });

const endingWith = (length: number) =>
  fc.constantFrom(4, 6, 1, 58).map((value) => new Uint8Array(length).fill(value, Math.max(0, length - 1)));

const octets = (length: number) =>
  fc.oneof(
    fc.uint8Array({ minLength: length, maxLength: length }),
    fc.uint8Array({ minLength: length, maxLength: length }),
    fc.constant(new Uint8Array(length)),
    fc.constant(new Uint8Array(length).fill(255)),
    // versions and protocols that decide what others mean
    { weight: length === 1 ? 6 : 1, arbitrary: endingWith(length) },
  );

interface Field {
  readonly id: number;
  readonly size: number;
  readonly variable: boolean;
}

const anyField: fc.Arbitrary<Field> = fc
  .constantFrom(...ids)
  .chain((id) => fc.record({ id: fc.constant(id), size: anySize(id), variable: fc.boolean() }));

/** Sizes of the same field from record to record, where it is variable: also those that take three octets to tell. */
const sizeIn = (field: Field) =>
  field.variable
    ? fc.oneof({ weight: 8, arbitrary: fc.constant(field.size) }, fc.nat(12), fc.constantFrom(0, 254, 255, 256))
    : fc.constant(field.size);

/** Elements that decide about each other's columns: families, versions, protocols, two ends of a time. */
const together = [4, 8, 9, 12, 13, 15, 18, 21, 22, 27, 28, 29, 30, 32, 60, 62, 63, 139, 150, 152, 153, 160, 161, 162];
const anyOfThese = fc
  .constantFrom(...together, 176, 177, 178, 179)
  .chain((id) => fc.record({ id: fc.constant(id), size: usualSize(id), variable: fc.boolean() }));

const anyTemplate = fc
  .oneof(fc.array(anyField, { minLength: 1, maxLength: 24 }), fc.array(anyOfThese, { minLength: 2, maxLength: 24 }))
  .filter((fields) => fields.some(({ size, variable }) => size > 0 || variable));

const anyRecords = (fields: readonly Field[]) =>
  fc.array(fc.tuple(...fields.map((field) => sizeIn(field).chain(octets))), { minLength: 1, maxLength: 4 });

const anyHeader: fc.Arbitrary<Header> = fc.record({
  exportSeconds: fc.oneof(fc.constant(EXPORT_TIME), fc.constantFrom(0, 1, 2 ** 32 - 1), fc.nat(2 ** 32 - 1)),
  sysUptimeMs: fc.oneof(fc.nat(2 ** 32 - 1), fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1)),
});

const specifier = ({ id, size, variable }: Field): string => `${id}/${variable ? 'v' : size}`;

/** Sends two messages with the same template: records are read by code that was made before, too. */
function send(
  wire: Wire,
  fields: readonly Field[],
  records: readonly (readonly Uint8Array[])[],
  header: Header,
  ownFields: OwnFields = {},
) {
  const known = wire.version === 9 ? fields.map((field) => ({ ...field, variable: false })) : fields;
  const usable = known.some(({ size, variable }) => size > 0 || variable);
  if (!usable) return { flows: 0, straight: 0 };
  const texts = records.map((record) =>
    recordOf(
      known.map((field, i): FieldOfRecord => {
        const value = field.variable ? record[i]! : record[i]!.subarray(0, field.size);
        const padded = new Uint8Array(field.variable ? value.length : field.size);
        padded.set(value);
        return [specifier(field), hexOf(padded)];
      }),
    ),
  );
  const collector = new Collector({ ownFields });
  const template = wire.template(256, ...known.map(specifier));
  const { failure, flows } = collector.send(wire.message([template, data(256, texts)], header));
  assert.equal(failure, undefined);
  assert.equal(collector.send(wire.message([data(256, texts)], header)).failure, undefined);
  assert.ok(flows.length === 0 || collector.producers.compiled === 1);
  return { flows: 2 * flows.length, straight: collector.producers.straight };
}

/** Sends any templates and records; how many flows they gave, and how many of them went straight to messages. */
function sendAny(ownFields: OwnFields, numRuns: number) {
  const anyData = anyTemplate.chain((fields) => fc.tuple(fc.constant(fields), anyRecords(fields), anyHeader));
  let [flows, straight] = [0, 0];
  fc.assert(
    fc.property(fc.constantFrom(...protocols), anyData, ([, wire], [fields, records, header]) => {
      const sent = send(wire, fields, records, header, ownFields);
      flows += sent.flows;
      straight += sent.straight;
    }),
    { numRuns },
  );
  return { flows, straight };
}

test('compiled and interpreted templates give the same flows for any fields, sizes and octets', () => {
  const { flows, straight } = sendAny({}, 500);
  // those with more to say than columns, or with lists, do not
  assert.ok(straight > flows / 4, `${straight} of ${flows} went straight to messages`);
});

/** Every third element goes to a field of a user's own, of which these are numbers and the others what `type` is. */
function ownFieldsOf(type: CustomDeclaration['type'], array: boolean): OwnFields {
  const mapped = ids.filter((_, i) => i % 3 === 0);
  const custom = new CustomLayout(
    mapped.map((id, i) => ({
      name: `field_${id}`,
      number: 20 + id * (i % 2 === 0 ? 1 : 1_000),
      type: i % 4 === 3 ? type : 'varint',
      array: i % 4 === 3 && array,
    })),
  );
  const mappings = mapped.flatMap((id, i) =>
    ([9, 10] as const).map((version) => ({
      version,
      pen: 0,
      id,
      destination: `field_${id}`,
      little: i % 5 === 0,
    })),
  );
  return { mapped: new ElementMappings(mappings, custom), custom };
}

test("the same with fields of a user's own; flows with numbers alone go straight to messages", () => {
  const { flows, straight } = sendAny(ownFieldsOf('varint', false), 300);
  assert.ok(straight > flows / 4, `${straight} of ${flows} went straight to messages`);
  for (const [type, array] of [
    ['octets', false],
    ['varint', true],
  ] as const) {
    assert.equal(sendAny(ownFieldsOf(type, array), 100).straight, 0);
  }
});

test('the same for each element alone, in every size, fixed and variable', () => {
  for (const id of ids) {
    for (const size of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16]) {
      const value = Uint8Array.from({ length: size }, (_, i) => (id * 31 + i * 77 + size) & 255);
      for (const [, wire] of protocols) {
        send(wire, [{ id, size, variable: false }], [[value], [new Uint8Array(size)]], {});
        if (wire.version === 10) send(wire, [{ id, size, variable: true }], [[value], [new Uint8Array(size)]], {});
      }
    }
  }
});
