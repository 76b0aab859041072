import { WireWriter } from './wire-writer.ts';

/** Field length that announces a variable length (RFC 7011 section 7). */
export const VARIABLE_LENGTH = 65_535;

/** NetFlow v9 or IPFIX. */
export type TemplatedVersion = 9 | 10;

/** One field of a template. */
export interface FieldSpecifier {
  /** Information element; in the scopes of v9 the scope type. */
  readonly id: number;
  /** Private enterprise number; IPFIX only. */
  readonly pen?: number;
  readonly length: number;
}

export interface TemplateRecord {
  readonly id: number;
  readonly fields: readonly FieldSpecifier[];
  /** Wrong on purpose: */
  readonly fieldCount?: number;
}

export interface OptionsTemplateRecord extends TemplateRecord {
  readonly scopes: readonly FieldSpecifier[];
  /** Wrong on purpose, IPFIX: */
  readonly scopeCount?: number;
  /** Wrong on purpose, v9 (octets of the scope and of the option specifiers): */
  readonly scopeLength?: number;
  readonly optionLength?: number;
}

/** Scope types of NetFlow v9 (RFC 3954 section 6.1). */
export const V9Scope = { system: 1, interface: 2, lineCard: 3, cache: 4, template: 5 } as const;

/** A template record (RFC 3954 section 5.2, RFC 7011 section 3.4.1). */
export function encodeTemplate(template: TemplateRecord): Uint8Array {
  const writer = new WireWriter().u16(template.id).u16(template.fieldCount ?? template.fields.length);
  for (const field of template.fields) writeSpecifier(writer, field);
  return writer.finish();
}

/** An options template record (RFC 3954 section 6.1, RFC 7011 section 3.4.2.2). */
export function encodeOptionsTemplate(version: TemplatedVersion, template: OptionsTemplateRecord): Uint8Array {
  const { scopes, fields } = template;
  const writer = new WireWriter().u16(template.id);
  if (version === 9) {
    writer.u16(template.scopeLength ?? scopes.length * 4).u16(template.optionLength ?? fields.length * 4);
  } else {
    writer.u16(template.fieldCount ?? scopes.length + fields.length).u16(template.scopeCount ?? scopes.length);
  }
  for (const field of [...scopes, ...fields]) writeSpecifier(writer, field);
  return writer.finish();
}

/** A template withdrawal: a record of four octets for templates and options templates alike (RFC 7011 section 8.1). */
export function encodeWithdrawal(id: number): Uint8Array {
  return encodeTemplate({ id, fields: [] });
}

/** A field specifier; with an enterprise number the top bit of the element is set (RFC 7011 section 3.2). */
function writeSpecifier(writer: WireWriter, field: FieldSpecifier): void {
  if (field.pen === undefined) writer.u16(field.id).u16(field.length);
  else
    writer
      .u16(field.id | 0x8000)
      .u16(field.length)
      .u32(field.pen);
}

/** A value of variable length, where the record tells more than its octets. */
export interface VariableValue {
  readonly octets: Uint8Array;
  /** Announces the length in three octets although one would do. */
  readonly longForm?: boolean;
  /** Wrong on purpose: */
  readonly announced?: number;
}

/** A value of a record: its octets, of which a template may cut or pad nothing. */
export type RecordValue = Uint8Array | VariableValue;

/**
 * A data record: values in the order of the template, scopes first. Throws when a value is not as long as its field,
 * which would shift all that follows.
 */
export function encodeDataRecord(fields: readonly FieldSpecifier[], values: readonly RecordValue[]): Uint8Array {
  if (fields.length !== values.length) throw new Error(`${values.length} values for ${fields.length} fields`);
  const writer = new WireWriter();
  fields.forEach((field, i) => {
    const value = values[i]!;
    const octets = value instanceof Uint8Array ? value : value.octets;
    if (field.length === VARIABLE_LENGTH) {
      writeVariableLength(writer, value instanceof Uint8Array ? { octets } : value);
    } else if (octets.length !== field.length) {
      throw new Error(`element ${field.id}: ${octets.length} octets for a field of ${field.length}`);
    }
    writer.bytes(octets);
  });
  return writer.finish();
}

/** One octet below 255, else 255 and two octets (RFC 7011 section 7). */
function writeVariableLength(writer: WireWriter, value: VariableValue): void {
  const length = value.announced ?? value.octets.length;
  if (length < 255 && value.longForm !== true) writer.u8(length);
  else writer.u8(255).u16(length);
}
