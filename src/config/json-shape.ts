/** What a parsed JSON text has to be, piece by piece; each throws an Error for anything else. */

/** A whole number from 0 to `most`. */
export function whole(json: Record<string, unknown>, name: string, most: number): number {
  const value = json[name];
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number;
  throw new Error(`${name} is no number from 0 to ${most}`);
}

export function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error('something that should be an object is none');
}

export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error('something that should be a list is none');
}
