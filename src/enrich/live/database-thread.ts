/**
 * The database thread: reads databases into tables in shared memory, so that no other thread stands still for it.
 *
 *     main ── request ──▶ databases     read a file -> check and compile it
 *          ◀── result ──
 */
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { fileAppearance } from '../../config/file-appearance.ts';
import { attributes } from '../geoip/attribute.ts';
import { compileTable } from '../geoip/compile-table.ts';
import { MmdbFile } from '../geoip/mmdb-file.ts';
import type { DatabaseRequest, DatabaseResult } from './live-databases.ts';
import { beNice } from './nice.ts';

function load({ path, attribute }: DatabaseRequest): DatabaseResult {
  const started = performance.now();
  const appearance = fileAppearance(path);
  try {
    const file = new MmdbFile(readFileSync(path));
    const table = compileTable(file, attributes[attribute]);
    return { kind: 'read', appearance, table, metadata: file.metadata, tookMs: performance.now() - started };
  } catch (error) {
    return { kind: 'refused', appearance, problem: error instanceof Error ? error.message : String(error) };
  }
}

beNice();
parentPort!.on('message', (request: DatabaseRequest) => parentPort!.postMessage(load(request)));
