/** One field of a template. */
export interface TemplateField {
  /** Element number without the enterprise bit; in v9 scopes the scope type. */
  readonly id: number;
  /** Private enterprise number; 0 for IANA's. */
  readonly pen: number;
  /** Octets; {@link VARIABLE} when each record tells. */
  readonly length: number;
}

/** Field length that announces a variable length (RFC 7011 section 7). */
export const VARIABLE = 65_535;

/** A template or options template as it was received; never changed afterwards. */
export interface Template {
  readonly version: 9 | 10;
  readonly domain: number;
  readonly id: number;
  /** How many of the first `fields` are scopes; 0 in a data template. */
  readonly scopeCount: number;
  readonly options: boolean;
  /** Equal lists are one object in a store, so that what is derived from a layout is derived once. */
  readonly fields: readonly TemplateField[];
  /** Octets of a record; of the smallest one where a field is of variable length (which counts as 1). */
  readonly minimumLength: number;
  /** Whether any field is of variable length. */
  readonly variable: boolean;
}

/** What of a template is not derived from its fields. */
export type TemplateHead = Pick<Template, 'version' | 'domain' | 'id' | 'options' | 'scopeCount'>;

/** A template with these fields. */
export function makeTemplate(head: TemplateHead, fields: readonly TemplateField[]): Template {
  let minimumLength = 0;
  let variable = false;
  for (const { length } of fields) {
    if (length === VARIABLE) variable = true;
    minimumLength += length === VARIABLE ? 1 : length;
  }
  const { version, domain, id, options, scopeCount } = head;
  return { version, domain, id, scopeCount, options, fields, minimumLength, variable };
}

/** Whether records of both are laid out and meant alike. */
export function sameDefinition(a: Template, b: Template): boolean {
  return a.options === b.options && a.scopeCount === b.scopeCount && sameFields(a.fields, b.fields);
}

function sameFields(a: readonly TemplateField[], b: readonly TemplateField[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x.id !== y.id || x.length !== y.length || x.pen !== y.pen) return false;
  }
  return true;
}
