/** Most changes of one character between what was written and what may have been meant. */
const MOST_CHANGES = 3;

/**
 * `: did you mean X?`, for the known name that is nearest to one that is not known; an empty string when none is near.
 *
 * @example
 * `unknown name dst_prt${didYouMean('dst_prt', names)}`
 */
export function didYouMean(name: string, known: Iterable<string>): string {
  let best: string | undefined;
  let fewest = Math.min(MOST_CHANGES, Math.floor(name.length / 2)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue;
    const changes = changesBetween(name.toLowerCase(), candidate.toLowerCase());
    if (changes >= fewest) continue;
    fewest = changes;
    best = candidate;
  }
  return best === undefined ? '' : `: did you mean ${best}?`;
}

/** Characters to insert, delete, replace, or to swap with their neighbour, to make one text of the other. */
function changesBetween(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let fewest = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        fewest = Math.min(fewest, before[j - 2]! + 1);
      next.push(fewest);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
