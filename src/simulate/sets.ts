import { encodeOptionsTemplate, encodeTemplate } from './templates.ts';
import type { OptionsTemplateRecord, TemplateRecord, TemplatedVersion } from './templates.ts';
import { concatenate, WireWriter } from './wire-writer.ts';

export interface SetOptions {
  /** Pads the set to a multiple of so many octets; 1 is no padding. NetFlow v9 asks for 4 (RFC 3954 section 5.3). */
  readonly align?: number;
  /** Padding octets after the records, instead. */
  readonly padding?: Uint8Array;
  /** Wrong on purpose: length of the set header. */
  readonly length?: number;
}

/** A set: header of four octets and records (RFC 3954 section 5.2, RFC 7011 section 3.3.2). */
export function encodeSet(id: number, records: readonly Uint8Array[], options: SetOptions = {}): Uint8Array {
  const writer = new WireWriter().u16(id).u16(0).bytes(concatenate(records));
  if (options.padding === undefined) writer.align(options.align ?? 1);
  else writer.bytes(options.padding);
  return writer.patchU16(2, options.length ?? writer.length).finish();
}

/** A set of templates: id 0 in NetFlow v9, 2 in IPFIX. */
export function encodeTemplateSet(
  version: TemplatedVersion,
  templates: readonly TemplateRecord[],
  options?: SetOptions,
): Uint8Array {
  return encodeSet(version === 9 ? 0 : 2, templates.map(encodeTemplate), options);
}

/** A set of options templates: id 1 in NetFlow v9, 3 in IPFIX; padded to four octets in v9, which asks for it. */
export function encodeOptionsTemplateSet(
  version: TemplatedVersion,
  templates: readonly OptionsTemplateRecord[],
  options: SetOptions = { align: version === 9 ? 4 : 1 },
): Uint8Array {
  const records = templates.map((template) => encodeOptionsTemplate(version, template));
  return encodeSet(version === 9 ? 1 : 3, records, options);
}
