import type { Datagram } from '../listen/datagram.ts';
import type { UnsupportedVersion } from '../metrics/reasons.ts';

/**
 * Which version a datagram that is not decoded here says that it has: sFlow has 32 bits of it, NetFlow 16.
 * For the counters `unsupported:<version>`.
 */
export function unsupportedVersion(datagram: Datagram): UnsupportedVersion {
  const { bytes, offset, length } = datagram;
  if (length < 2) return 'other';
  const upper = (bytes[offset]! << 8) | bytes[offset + 1]!;
  if (upper === 0 && length >= 4) return sflow[(bytes[offset + 2]! << 8) | bytes[offset + 3]!] ?? 'other';
  return netflow[upper] ?? 'other';
}

const netflow: Readonly<Record<number, UnsupportedVersion>> = {
  6: 'netflow_6',
  8: 'netflow_8',
};

const sflow: Readonly<Record<number, UnsupportedVersion>> = { 2: 'sflow_2', 4: 'sflow_4' };
