/**
 * One contestant in a process of its own, so that no code of another one is in the way, as in service. It is told
 * seconds of CPU, and answers with what it did in them.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import type { Round } from './contestant.ts';
import { build } from './contestants.ts';
import type { Entry } from './contestants.ts';

/** What a contestant is started with. */
export interface Task extends Entry {
  readonly seed: number;
}

const task = JSON.parse(process.argv[2]!) as Task;
const contestant = build(task, task.seed);

let collections = 0;
const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
observer.observe({ entryTypes: ['gc'] });

async function round(least: number): Promise<Round> {
  await settled();
  collections = 0;
  let [flows, turns, seconds] = [0, 0, 0];
  while (seconds < least) {
    contestant.goOn?.();
    const before = process.cpuUsage();
    flows += contestant.turn();
    turns++;
    const { user, system } = process.cpuUsage(before);
    seconds += (user + system) / 1e6;
  }
  await settled();
  return { flows, datagrams: turns * contestant.datagrams, octets: turns * contestant.octets, seconds, collections };
}

/** Collections are reported a turn of the event loop later. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

async function answer(seconds: number): Promise<void> {
  process.send!(await round(seconds));
}

process.on('message', (seconds: number) => void answer(seconds));
process.send!('ready');
