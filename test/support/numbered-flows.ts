/** A v5 datagram of 30 records, each with a number in its octets: from 30 times `id` on. */
export function v5(id: number): Uint8Array {
  const bytes = Buffer.alloc(24 + 30 * 48);
  bytes.writeUInt16BE(5, 0);
  bytes.writeUInt16BE(30, 2);
  bytes.writeUInt32BE(1_700_000_000, 8);
  bytes.writeUInt32BE(id * 30, 16);
  for (let i = 0; i < 30; i++) bytes.writeUInt32BE(id * 30 + i, 24 + i * 48 + 20);
  return bytes;
}

/** The numbers of the flows in lines of JSON, in ascending order. */
export const numbersOf = (lines: string) =>
  lines
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { bytes: number }).bytes)
    .sort((a, b) => a - b);

/** The numbers from 0 on. */
export const range = (count: number) => Array.from({ length: count }, (_, i) => i);
