/** A value that holds no others. */
export type ExactScalar = bigint | string | boolean | null;

/** What {@link parseExact} gives. */
export type ExactValue = ExactScalar | ExactValue[] | { [key: string]: ExactValue };

/** A flow: columns and lists. */
export type ExactFlow = Record<string, ExactScalar | ExactScalar[]>;

/** Parses JSON with every integer as a BigInt, so that none is rounded, and other numbers as their text. */
export function parseExact(text: string): ExactValue {
  // A number outside of strings becomes a string that no other string looks like.
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (found) =>
    found.startsWith('"') ? `"string:${found.slice(1)}` : `"number:${found}"`,
  );
  return unmark(JSON.parse(marked));
}

function unmark(value: unknown): ExactValue {
  if (Array.isArray(value)) return value.map(unmark);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [plainKey(key), unmark(inner)]));
  }
  if (typeof value !== 'string') return value as boolean | null;
  const text = value.slice('string:'.length);
  return value.startsWith('number:') && /^-?\d+$/.test(text) ? BigInt(text) : text;
}

const plainKey = (key: string): string => key.slice('string:'.length);
