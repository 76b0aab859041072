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
  readonly fields: readonly TemplateField[];
  /** Octets of a record; of the smallest one where a field is of variable length (which counts as 1). */
  readonly minimumLength: number;
  /** Whether any field is of variable length. */
  readonly variable: boolean;
}
