/**
 * Where the parts of the program are that are no imports: its data, and the scripts of its threads. Everything that
 * needs one asks here; a program in a single file has another module in the place of this one (tools/release/).
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WorkerOptions } from 'node:worker_threads';

/** Of this module, or of the file that it is bundled into, which is as deep (tools/bundle.mjs). */
const root = new URL('../../', import.meta.url);
const scripts = new URL('../', import.meta.url);

/** The text of a file of the program, by its path from the root: `data/ipfix-elements.tsv`. */
export function readProgramFile(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** A path by which anybody may read that file. */
export function programFilePath(path: string): string {
  return fileURLToPath(new URL(path, root));
}

/** Starts a thread of the program, by the path of its script in `src`, without the ending: `pipeline/worker`. */
export function startThread(script: string, options: WorkerOptions): Worker {
  return new Worker(new URL(`${script}.js`, scripts), options);
}
