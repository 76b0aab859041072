import fc from 'fast-check';
import { VARIABLE_LENGTH } from '#src/simulate/templates.js';
import type { FieldSpecifier, RecordValue, TemplatedVersion } from '#src/simulate/templates.js';
import { u32 } from './arbitraries.ts';

/** A template or options template with records for it. */
export interface FilledTemplate {
  readonly id: number;
  /** Empty in a data template. */
  readonly scopes: readonly FieldSpecifier[];
  readonly fields: readonly FieldSpecifier[];
  readonly records: readonly (readonly RecordValue[])[];
}

const elementId = fc.integer({ min: 1, max: 0x7fff });

/** A field of any element; lengths may be zero, and in IPFIX variable or of an enterprise. */
function field(version: TemplatedVersion): fc.Arbitrary<FieldSpecifier> {
  const length = fc.integer({ min: 0, max: 40 });
  if (version === 9) return fc.record({ id: elementId, length });
  return fc
    .record({
      id: elementId,
      length: fc.oneof({ arbitrary: length, weight: 4 }, fc.constant(VARIABLE_LENGTH)),
      pen: fc.option(u32, { nil: undefined }),
    })
    .map(({ id, length: octets, pen }) => (pen === undefined ? { id, length: octets } : { id, length: octets, pen }));
}

/** A value for the field: of its length, or of any length in either form. */
function value(of: FieldSpecifier): fc.Arbitrary<RecordValue> {
  if (of.length !== VARIABLE_LENGTH) return fc.uint8Array({ minLength: of.length, maxLength: of.length });
  return fc.oneof(
    fc.record({ octets: fc.uint8Array({ maxLength: 30 }), longForm: fc.boolean() }),
    fc.uint8Array({ minLength: 250, maxLength: 260 }),
  );
}

/** Octets of the smallest record. */
export function minimumLength(fields: readonly FieldSpecifier[]): number {
  return fields.reduce((sum, { length }) => sum + (length === VARIABLE_LENGTH ? 1 : length), 0);
}

/** Templates with different ids, whose records have octets, each with up to five records. */
export function filledTemplates(version: TemplatedVersion): fc.Arbitrary<FilledTemplate[]> {
  const layout = fc
    .record({
      id: fc.integer({ min: 256, max: 65_535 }),
      scopes: fc.oneof(fc.constant([]), fc.array(field(version), { minLength: 1, maxLength: 3 })),
      fields: fc.array(field(version), { minLength: 1, maxLength: 12 }),
    })
    .filter(({ scopes, fields }) => minimumLength([...scopes, ...fields]) > 0);
  const filled = layout.chain(({ id, scopes, fields }) =>
    fc
      .array(fc.tuple(...[...scopes, ...fields].map(value)), { maxLength: 5 })
      .map((records) => ({ id, scopes, fields, records })),
  );
  return fc.uniqueArray(filled, { minLength: 1, maxLength: 5, selector: ({ id }) => id });
}
