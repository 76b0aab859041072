/** Odd 32-bit factors with well-spread bits: one folds the words of an address, two mix the result. */
export const HASH_FACTORS = { fold: 0x9e3779b1, first: 0x85ebca6b, second: 0xc2b2ae35 } as const;
export const HASH_SHIFTS = [16, 13, 16] as const;

/**
 * Hash of an exporter's address, whatever its port: the same on every machine and in every run, and in all bits.
 * `steering.ts` has the same function as a program for the kernel, so that both ways to receive give an exporter to
 * the same worker.
 *
 * @param octets network byte order @param length 4 or 16
 * @returns 0 to 2^32 - 1
 */
export function exporterHash(octets: Uint8Array, offset: number, length: number): number {
  let hash = 0;
  for (let i = offset; i < offset + length; i += 4) {
    const word = (octets[i]! << 24) | (octets[i + 1]! << 16) | (octets[i + 2]! << 8) | octets[i + 3]!;
    hash = Math.imul(hash ^ word, HASH_FACTORS.fold);
  }
  hash = Math.imul(hash ^ (hash >>> HASH_SHIFTS[0]), HASH_FACTORS.first);
  hash = Math.imul(hash ^ (hash >>> HASH_SHIFTS[1]), HASH_FACTORS.second);
  return (hash ^ (hash >>> HASH_SHIFTS[2])) >>> 0;
}

/** Which of `workers` gets the datagrams of an exporter: 0 to `workers - 1`. */
export function exporterWorker(octets: Uint8Array, offset: number, length: number, workers: number): number {
  return exporterHash(octets, offset, length) % workers;
}
