import type { Template } from './template.ts';

/** templateId as a scope, and flowKeyIndicator (RFC 7011 section 4.4). */
const TEMPLATE_ID = 145;
const FLOW_KEY_INDICATOR = 173;

/** Where an options template has its flow keys: indexes of its fields; undefined when it is about something else. */
export interface FlowKeyFields {
  readonly templateId: number;
  readonly indicator: number;
}

/** The fields of a Flow Keys options template. */
export function flowKeyFields(template: Template): FlowKeyFields | undefined {
  if (!template.options) return undefined;
  const find = (id: number) => template.fields.findIndex((field) => field.pen === 0 && field.id === id);
  const templateId = find(TEMPLATE_ID);
  const indicator = find(FLOW_KEY_INDICATOR);
  return templateId < 0 || templateId >= template.scopeCount || indicator < 0 ? undefined : { templateId, indicator };
}

/**
 * Whether flow keys fit the template that they are about: it is known, and has a field for every bit that is set. Bit
 * 0 of the indicator is the first field.
 *
 * @param indicator up to 64 bits, the most significant octet at `at` of `bytes`
 */
export function flowKeysFit(about: Template | undefined, bytes: Uint8Array, at: number, length: number): boolean {
  if (about === undefined) return false;
  for (let i = 0; i < length; i++) {
    const octet = bytes[at + i]!;
    if (octet === 0) continue;
    const highest = (length - i - 1) * 8 + (31 - Math.clz32(octet));
    return highest < about.fields.length;
  }
  return true;
}
