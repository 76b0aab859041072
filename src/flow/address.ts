/**
 * IP addresses as text and as octets.
 *
 * Text follows RFC 5952: lower case, the longest run of two or more zero groups (the first of equals) as `::`, and
 * `::ffff:192.0.2.1` for IPv4-mapped addresses.
 */

/** Text of an address of 4 or 16 octets at `offset`; an empty string for any other length. */
export function addressText(octets: Uint8Array, offset: number, length: number): string {
  if (length === 4) {
    return `${octets[offset]}.${octets[offset + 1]}.${octets[offset + 2]}.${octets[offset + 3]}`;
  }
  if (length !== 16) return '';
  if (isMapped(octets, offset)) return '::ffff:' + addressText(octets, offset + 12, 4);
  const groups: number[] = [];
  for (let i = 0; i < 8; i++) groups.push((octets[offset + 2 * i]! << 8) | octets[offset + 2 * i + 1]!);
  const [start, run] = longestZeroRun(groups);
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return run < 2 ? hex(0, 8) : `${hex(0, start)}::${hex(start + run, 8)}`;
}

/** Whether 16 octets are an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2). */
export function isMapped(octets: Uint8Array, offset: number): boolean {
  for (let i = 0; i < 10; i++) if (octets[offset + i] !== 0) return false;
  return octets[offset + 10] === 0xff && octets[offset + 11] === 0xff;
}

function longestZeroRun(groups: number[]): [start: number, length: number] {
  let best = 0;
  let bestStart = 0;
  for (let i = 0; i < groups.length;) {
    let end = i;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - i > best) {
      best = end - i;
      bestStart = i;
    }
    i = end + 1;
  }
  return [bestStart, best];
}

/**
 * Octets of an address given as text: 4 for IPv4, 16 for IPv6; IPv4-mapped addresses become IPv4 when `unmap`.
 * A zone (`%eth0`) is ignored. Undefined when the text is no address.
 */
export function parseAddress(text: string, unmap = false): Uint8Array | undefined {
  const zone = text.indexOf('%');
  const bare = zone < 0 ? text : text.slice(0, zone);
  if (!bare.includes(':')) return parseV4(bare);
  const octets = parseV6(bare);
  return octets !== undefined && unmap && isMapped(octets, 0) ? octets.slice(12) : octets;
}

function parseV4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const octets = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    const part = parts[i]!;
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    octets[i] = Number(part);
  }
  return octets;
}

function parseV6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

/** Octets of groups joined by colons, the last of which may be dotted where `dottedEnd`. */
function parseGroups(text: string, dottedEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const octets: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (dottedEnd && i === groups.length - 1 && group.includes('.')) {
      const v4 = parseV4(group);
      if (v4 === undefined) return undefined;
      octets.push(...v4);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = parseInt(group, 16);
      octets.push(value >> 8, value & 255);
    }
  }
  return octets;
}
