/**
 * The model thread: parses and compiles contexts, so that neither the main thread, which serves the output, nor a
 * worker, which receives, ever stands still for it.
 *
 *     main ── request ──▶ model     read files and objects -> draft -> tables in shared memory
 *          ◀── result ──
 *
 * It keeps objects with keys of their own, parsed, and memory that nobody looks anything up in any more. The kernel lets
 * the others go first, but for small contexts whose changes are to be seen soon.
 */
import { parentPort } from 'node:worker_threads';
import { buildContext } from './build-context.ts';
import { KeptMemory } from './kept-memory.ts';
import { KeptObjects } from './kept-objects.ts';
import type { BuildRequest, BuildResult } from './messages.ts';
import { beNice } from './nice.ts';

/** Prefixes from which on a build takes so long that others are to go first. */
const LARGE = 100_000;

const objects = new KeptObjects();
const memory = new KeptMemory();
let isNice = false;

/** From now on; there is no way back. */
function giveWay(): void {
  if (!isNice) beNice();
  isNice = true;
}

function answer({ build, inUse, changes, document, isOpen, ...request }: BuildRequest): BuildResult {
  const { allocated } = memory;
  memory.release(inUse);
  if (changes !== undefined) objects.change(changes);
  const others = isOpen ? { objects: objects.ordered, document } : undefined;
  const result = buildContext(request, others, () => memory.for(build));
  return result.kind === 'built' ? { ...result, allocated: memory.allocated - allocated } : result;
}

parentPort!.on('message', (request: BuildRequest) => {
  if (request.changes === undefined) giveWay();
  const result = answer(request);
  parentPort!.postMessage(result);
  if (result.kind === 'built' && result.tables.networks.prefixes > LARGE) giveWay();
});
