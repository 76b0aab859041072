/** Whether a number is one of others, which are in order; false for NaN. */
export function isAmong(numbers: Float64Array, value: number): boolean {
  let from = 0;
  let to = numbers.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (numbers[middle]! <= value) from = middle + 1;
    else to = middle;
  }
  return from > 0 && numbers[from - 1] === value;
}

/** The quotient of whole numbers that doubles hold, cut off towards zero; NaN for a division by zero. */
export function quotient(a: number, b: number): number {
  return (a - (a % b)) / b;
}

/** Whether two numbers differ; false where one has no value. */
export function differ(a: number, b: number): boolean {
  // oxlint-disable-next-line double-comparisons -- not the same as != for NaN
  return a < b || a > b;
}
