/** Columns of type `code`: up to four ASCII characters in a word, the first one in its lowest octet. */

/** Characters of a code. */
export function codeLength(code: number): number {
  const word = code >>> 0;
  if (word >= 0x1000000) return 4;
  if (word >= 0x10000) return 3;
  if (word >= 0x100) return 2;
  return word === 0 ? 0 : 1;
}

/** The code with these characters; undefined for a text that cannot be one. Codes are letters and digits. */
export function codeOf(text: string): number | undefined {
  if (!/^[A-Za-z0-9]{1,4}$/.test(text)) return undefined;
  let word = 0;
  for (let i = text.length - 1; i >= 0; i--) word = (word << 8) | text.charCodeAt(i);
  return word >>> 0;
}

/** The characters of a code: for reports and tests. */
export function codeText(code: number): string {
  const octets = [0, 8, 16, 24].map((shift) => (code >>> shift) & 255);
  return String.fromCharCode(...octets.slice(0, codeLength(code)));
}
