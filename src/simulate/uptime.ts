/**
 * sysUptime: milliseconds between the start of the exporter and `time`, modulo 2^32 as it is on the wire.
 * Both are Unix nanoseconds. A time before the start wraps to the top of the range.
 */
export function sysUptimeMs(boot: bigint, time: bigint): number {
  const difference = time - boot;
  const milliseconds = difference >= 0n ? difference / 1_000_000n : (difference - 999_999n) / 1_000_000n;
  return Number(BigInt.asUintN(32, milliseconds));
}
