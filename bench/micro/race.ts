import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { answer, asked } from '../asked.ts';
import type { Round } from './contestant.ts';
import type { Entry } from './contestants.ts';
import type { Task } from './contestant-process.ts';

export interface RaceOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Of CPU, in each round. */
  readonly seconds: number;
}

/** The rounds of one contestant, in the order in which they were run. */
export interface Outcome {
  readonly entry: Entry;
  readonly rounds: readonly Round[];
}

/** Rounds that are not counted: code gets warm. */
const WARM_UP = 3;

/** Lets contestants work in turns, so that a machine that slows down slows them all. */
export async function race(entries: readonly Entry[], { seed, rounds, seconds }: RaceOptions): Promise<Outcome[]> {
  const processes: ChildProcess[] = [];
  try {
    for (const entry of entries) processes.push(await start({ ...entry, seed }));
    const outcomes = entries.map((entry) => ({ entry, rounds: [] as Round[] }));
    for (let round = -WARM_UP; round < rounds; round++) {
      for (const [i, outcome] of outcomes.entries()) {
        const done = await run(processes[i]!, seconds);
        if (round >= 0) outcome.rounds.push(done);
      }
    }
    return outcomes;
  } finally {
    for (const each of processes) each.kill();
  }
}

async function start(task: Task): Promise<ChildProcess> {
  const child = fork(new URL('./contestant-process.js', import.meta.url), [JSON.stringify(task)], { stdio: 'inherit' });
  await answer(child);
  return child;
}

async function run(child: ChildProcess, seconds: number): Promise<Round> {
  return (await asked(child, seconds)) as Round;
}
