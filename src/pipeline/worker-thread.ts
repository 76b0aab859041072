import type { MessagePort, Worker } from 'node:worker_threads';
import { startThread } from '../config/program-files.ts';
import type { WorkerStart } from './messages.ts';

const SCRIPT = 'pipeline/worker';

/**
 * A worker makes few objects, but each datagram that `node:dgram` reads is memory outside of the heap: with a young
 * generation that is collected seldom there is so much of it that the whole heap is collected, ten times a second. The
 * smaller, the cheaper: at 2 MB it is collected 17 times a second under 50,000 datagrams, and the heap never.
 */
const options = { resourceLimits: { maxYoungGenerationSizeMb: 2 } };

let early: Worker | undefined;

/**
 * Starts the thread of the first worker: it loads its script while this thread loads the rest of the program, which
 * halves the time until flows come out. Waits for {@link workerThread}.
 */
export function startFirstThread(): void {
  early = startThread(SCRIPT, options);
}

/** A thread that works from now on; the ports are given to it. */
export function workerThread(start: WorkerStart, ports: MessagePort[], name: string): Worker {
  const thread = early;
  early = undefined;
  if (thread === undefined) return startThread(SCRIPT, { ...options, workerData: start, transferList: ports, name });
  thread.postMessage(start, ports);
  return thread;
}
