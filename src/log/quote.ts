/** Anything but letters, marks, numbers, punctuation, symbols and the blank: it may act on a terminal. */
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

const shortEscapes = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
]);

/** A value of a text line as Go's `slog` writes it: in quotes where it is empty or could be misread. */
export function quoteWhereNeeded(text: string): string {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(text) && !/["=]/.test(text) ? text : quote(text);
}

/** Text in double quotes with the escapes of Go. */
function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll(unprintable, goEscape)}"`;
}

function goEscape(character: string): string {
  const code = character.codePointAt(0)!;
  const short = shortEscapes.get(character);
  if (short !== undefined) return short;
  if (code < 0x80) return `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

/** JSON text with every character escaped that is not printable; valid and of the same meaning. */
export function escapeJson(json: string): string {
  return json.replaceAll(unprintable, (character) =>
    character
      .split('')
      .map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)
      .join(''),
  );
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
