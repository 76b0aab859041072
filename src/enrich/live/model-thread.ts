/**
 * The model thread: parses and compiles contexts, so that neither the main thread, which serves the output, nor a
 * worker, which receives, ever stands still for it.
 *
 *     main ── request ──▶ model     read files -> draft -> tables in shared memory
 *          ◀── result ──
 *
 * The kernel lets the others go first: this thread is nice.
 */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { buildContext } from './build-context.ts';
import type { BuildRequest } from './messages.ts';

const NICENESS = 10;

/** Linux has a priority for each thread, by its number: `PID/task/TID`. Elsewhere it stays as it is. */
function beNice(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, NICENESS);
  } catch {
    // not possible here
  }
}

beNice();
parentPort!.on('message', (request: BuildRequest) => parentPort!.postMessage(buildContext(request)));
