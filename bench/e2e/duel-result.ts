import { spreadOf } from '../spread.ts';
import type { Spread } from '../spread.ts';
import { contestants } from './contestants.ts';
import type { Duel, Side } from './duels.ts';
import type { Run } from './run.ts';

export interface SideResult extends Side {
  readonly writes: string;
  /** Microseconds for a datagram that was received. */
  readonly cpu: Spread;
  /** Share of the datagrams that the kernel dropped. */
  readonly dropped: Spread;
  /** Records that came in and were not found in the output, of all runs; negative for too many. */
  readonly missing: number;
  readonly runs: readonly Run[];
}

export interface DuelResult {
  readonly id: string;
  readonly title: string;
  readonly rate: number;
  readonly sides: readonly [SideResult, SideResult];
  /** CPU of the first in those of the second, of runs next to each other. */
  readonly ratio: Spread;
  /** Undefined where there is no goal. */
  readonly most?: number;
  readonly met?: boolean;
  /** Why the figures may be those of the sender, if so. */
  readonly doubt?: string;
}

/** Share of the rate that the sender has to have reached. */
const REACHED = 0.99;

const cpuOf = ({ cpuSeconds, sent, dropped }: Run): number => (cpuSeconds * 1e6) / (sent - dropped);

/** @param rounds runs of both, next to each other */
export function resultOf(duel: Duel, rounds: readonly (readonly [Run, Run])[]): DuelResult {
  const { id, title, rate, most } = duel;
  const sides = duel.sides.map((side, i) =>
    sideOf(
      side,
      rounds.map((round) => round[i]!),
    ),
  );
  const ratio = spreadOf(rounds.map(([first, second]) => cpuOf(first) / cpuOf(second)));
  const doubt = doubtOf(rate, rounds.flat());
  return {
    id,
    title,
    rate,
    ratio,
    sides: sides as [SideResult, SideResult],
    ...(most === undefined ? {} : { most, met: ratio.median <= most }),
    ...(doubt === undefined ? {} : { doubt }),
  };
}

function sideOf(side: Side, runs: readonly Run[]): SideResult {
  return {
    ...side,
    writes: contestants[side.contestant].writes,
    cpu: spreadOf(runs.map(cpuOf)),
    dropped: spreadOf(runs.map(({ sent, dropped }) => dropped / sent)),
    missing: runs.reduce((sum, { flows }) => sum + flows.received - flows.written, 0),
    runs,
  };
}

function doubtOf(rate: number, runs: readonly Run[]): string | undefined {
  const refused = runs.reduce((sum, run) => sum + run.refused, 0);
  if (refused > 0) return `${refused} datagrams were refused by the kernel`;
  const slowest = Math.min(...runs.map((run) => run.rate));
  return slowest < rate * REACHED ? `the sender reached ${Math.round(slowest)} datagrams/s` : undefined;
}

/** A result as lines of text. */
export function linesOf({ sides, ratio, most, met, doubt }: DuelResult): string[] {
  const lines = sides.map(({ contestant, load, writes, cpu, dropped, missing }) => {
    const cells = [
      `${contestant}${load === 'malformed' ? ', malformed' : ''}`.padEnd(24),
      writes.padEnd(24),
      `${cpu.median.toFixed(2)} us (${cpu.least.toFixed(2)} to ${cpu.most.toFixed(2)})`.padStart(26),
      `dropped ${percent(dropped.median)} (${percent(dropped.least)} to ${percent(dropped.most)})`,
      missing === 0 ? '' : `${missing} records not found`,
    ];
    return `  ${cells.join('  ')}`.trimEnd();
  });
  const spread = `${ratio.median.toFixed(2)} (${ratio.least.toFixed(2)} to ${ratio.most.toFixed(2)})`;
  const goal = most === undefined ? 'no goal' : `goal at most ${most}: ${met === true ? 'met' : 'MISSED'}`;
  lines.push(`  ratio ${spread}, ${goal}${doubt === undefined ? '' : `; ${doubt}`}`);
  return lines;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
