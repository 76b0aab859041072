/**
 * The model thread: parses and compiles contexts, so that neither the main thread, which serves the output, nor a
 * worker, which receives, ever stands still for it.
 *
 *     main ── request ──▶ model     read files -> draft -> tables in shared memory
 *          ◀── result ──
 *
 * The kernel lets the others go first: this thread is nice.
 */
import { parentPort } from 'node:worker_threads';
import { buildContext } from './build-context.ts';
import type { BuildRequest } from './messages.ts';
import { beNice } from './nice.ts';

beNice();
parentPort!.on('message', (request: BuildRequest) => parentPort!.postMessage(buildContext(request)));
