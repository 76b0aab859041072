/**
 * Buckets for whole numbers whose width grows with the number: 16 for each power of two, so that a bucket's middle is
 * within 3 % of every number in it. Numbers below 16 have a bucket each.
 */
const PER_OCTAVE_BITS = 4;
const PER_OCTAVE = 1 << PER_OCTAVE_BITS;

/** How many buckets the numbers below 2^`bits` take. */
export function bucketCount(bits: number): number {
  return (bits - PER_OCTAVE_BITS + 1) * PER_OCTAVE;
}

/** The bucket of an integer from 0 to 2^31 - 1. */
export function bucketOf(value: number): number {
  if (value < PER_OCTAVE) return value;
  const octave = 31 - Math.clz32(value);
  const shift = octave - PER_OCTAVE_BITS;
  return ((shift + 1) << PER_OCTAVE_BITS) + ((value >>> shift) & (PER_OCTAVE - 1));
}

/** The number in the middle of a bucket. */
export function bucketMiddle(bucket: number): number {
  if (bucket < PER_OCTAVE) return bucket;
  const shift = (bucket >>> PER_OCTAVE_BITS) - 1;
  const first = (PER_OCTAVE + (bucket & (PER_OCTAVE - 1))) * 2 ** shift;
  return first + (2 ** shift - 1) / 2;
}

/**
 * The number that a share of all counted ones is not above.
 *
 * @param counts by bucket @param share 0 to 1 @param middle the number that stands for a bucket
 * @returns NaN when nothing was counted
 */
export function quantile(
  counts: ArrayLike<number>,
  share: number,
  middle: (bucket: number) => number = bucketMiddle,
): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  if (total === 0) return NaN;
  const rank = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  for (let i = 0; i < counts.length; i++) {
    seen += counts[i]!;
    if (seen >= rank) return middle(i);
  }
  return middle(counts.length - 1);
}
