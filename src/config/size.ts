const scales: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * A size in octets: digits and an optional unit in any case, with a blank between them or none. `K M G T` and
 * `KiB MiB GiB TiB` are powers of 1024, `kB MB GB TB` of 1000. Undefined for other text and from 2^53 on.
 */
export function parseSize(text: string): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?) ?([kmgt]?i?b|[kmgt])?$/i.exec(text);
  const scale = match === null ? undefined : scales[(match[2] ?? '').toLowerCase()];
  if (match === null || scale === undefined) return undefined;
  const size = Number(match[1]) * scale;
  return Number.isSafeInteger(Math.floor(size)) ? Math.floor(size) : undefined;
}
