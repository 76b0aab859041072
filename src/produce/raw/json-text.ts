/** What a raw message is made of: JSON's values, and integers that a double would round. */
export type RawValue = string | number | bigint | boolean | null | readonly RawValue[] | RawObject;

/** Members in the order in which they are written. */
export interface RawObject {
  readonly [key: string]: RawValue | undefined;
}

/** JSON of a value, compact; members that are undefined are left out. Strings are escaped as the JSON format does. */
export function jsonText(value: RawValue): string {
  switch (typeof value) {
    case 'string':
      return escapeHtml(JSON.stringify(value));
    case 'bigint':
    case 'boolean':
      return value.toString();
    case 'number':
      return Number.isFinite(value) ? value.toString() : 'null';
    default:
      if (value === null) return 'null';
      return Array.isArray(value) ? listText(value as readonly RawValue[]) : objectText(value as RawObject);
  }
}

function listText(values: readonly RawValue[]): string {
  return `[${values.map(jsonText).join(',')}]`;
}

function objectText(object: RawObject): string {
  const members: string[] = [];
  for (const [key, value] of Object.entries(object)) {
    if (value !== undefined) members.push(`${JSON.stringify(key)}:${jsonText(value)}`);
  }
  return `{${members.join(',')}}`;
}

/** The characters that Go's encoder escapes beside those of JSON, and halves of surrogate pairs as U+FFFD. */
function escapeHtml(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
