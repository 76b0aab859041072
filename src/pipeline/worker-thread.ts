import type { MessagePort, Worker } from 'node:worker_threads';
import { startThread } from '../config/program-files.ts';
import type { WorkerStart } from './messages.ts';

const SCRIPT = 'pipeline/worker';

let early: Worker | undefined;

/**
 * Starts the thread of the first worker: it loads its script while this thread loads the rest of the program, which
 * halves the time until flows come out. Waits for {@link workerThread}.
 */
export function startFirstThread(): void {
  early = startThread(SCRIPT, {});
}

/** A thread that works from now on; the ports are given to it. */
export function workerThread(start: WorkerStart, ports: MessagePort[], name: string): Worker {
  const thread = early;
  early = undefined;
  if (thread === undefined) return startThread(SCRIPT, { workerData: start, transferList: ports, name });
  thread.postMessage(start, ports);
  return thread;
}
