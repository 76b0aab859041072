import type { Outcome } from './race.ts';
import { measures } from './races.ts';
import type { Race } from './races.ts';

/** One line of the table. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly contestant: string;
  readonly unit: string;
  /** Over the rounds. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Median of the rounds' own ratios of the first contestant to this one; 1 for the first. */
  readonly ratio: number;
  /** Collections of the heap in all rounds, and their seconds of CPU. */
  readonly collections: number;
  readonly seconds: number;
  /** Whether it meets its goal; undefined where it has none. */
  readonly met: boolean | undefined;
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const median = (values: readonly number[]): number => sorted(values)[values.length >> 1]!;

/** The rows of a race. Ratios are taken round by round, since contestants of a round run next to each other. */
export function rowsOf(race: Race, outcomes: readonly Outcome[]): Row[] {
  const { unit, of } = measures[race.measure];
  const rates = outcomes.map(({ rounds }) => rounds.map((round) => of(round)));
  return outcomes.map(({ entry, rounds }, i) => {
    const order = sorted(rates[i]!);
    const ratio = median(rates[i]!.map((rate, round) => rates[0]![round]! / rate));
    return {
      id: race.id,
      title: race.title,
      contestant: `${entry.kind}: ${entry.input}`,
      unit,
      median: median(rates[i]!),
      least: order[0]!,
      most: order.at(-1)!,
      ratio,
      collections: rounds.reduce((sum, { collections }) => sum + collections, 0),
      seconds: rounds.reduce((sum, { seconds }) => sum + seconds, 0),
      met: meets(race, i, median(rates[i]!), ratio),
    };
  });
}

function meets({ least, ratios }: Race, i: number, rate: number, ratio: number): boolean | undefined {
  if (i === 0) return least === undefined ? undefined : rate >= least;
  const goal = ratios?.find(({ to }) => to === i);
  return goal === undefined ? undefined : ratio >= (goal.least ?? 0) && ratio <= (goal.most ?? Infinity);
}

const inUnits = (rate: number): string =>
  rate >= 1e6 ? `${(rate / 1e6).toFixed(2)} M` : `${(rate / 1e3).toFixed(0)} k`;

/** A row as a line of text. */
export function lineOf(row: Row): string {
  const spread = `${inUnits(row.least)} to ${inUnits(row.most)}`;
  const cells = [
    row.contestant.padEnd(50),
    `${inUnits(row.median)} ${row.unit}`.padStart(20),
    spread.padStart(20),
    (row.ratio === 1 ? '' : row.ratio.toFixed(2)).padStart(7),
    `${(row.collections / row.seconds).toFixed(1)} GC/s`.padStart(10),
    row.met === undefined ? '' : row.met ? 'met' : 'MISSED',
  ];
  return `  ${cells.join('  ')}`.trimEnd();
}
