// Takes the place of src/config/program-files.ts in a single executable: files and threads are its assets.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getAsset } from 'node:sea';
import { isMainThread, Worker } from 'node:worker_threads';

/** What has to be a file in the file system lies in a folder of this process, which threads know by this variable. */
const FOLDER = 'GOFLOW2PLUS_EXTRACTED';

const native = ['linux', 'musl'].map((libc) => `koffi/${libc}_${process.arch}/koffi.node`);

export function readProgramFile(path) {
  return getAsset(path, 'utf8');
}

export function programFilePath(path) {
  return extract(path);
}

export function startThread(script, options) {
  return new Worker(getAsset(`threads/${script}.js`, 'utf8'), { ...options, eval: true });
}

function extract(path) {
  let folder = process.env[FOLDER];
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'goflow2plus-'));
    process.env[FOLDER] = folder;
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, new Uint8Array(getAsset(path)), { mode: 0o600 });
  return file;
}

// koffi looks for its library in this folder. Where nothing can be written, node:dgram receives.
if (isMainThread && process.platform === 'linux') {
  delete process.env[FOLDER]; // of a process that started this one
  try {
    native.forEach(extract);
  } catch {
    // the collector warns that koffi cannot be loaded
  }
}
if (process.env[FOLDER] !== undefined) process.resourcesPath = process.env[FOLDER];
