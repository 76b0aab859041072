import { constants } from 'node:fs';
import { mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** A file is for its owner alone; a folder made for it, for others to look into at most. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o755;

/** Octets that are handed to the file at once. */
const CHUNK = 256 * 1024;

/** Why a file is not taken as it is. */
export class UnfitFile extends Error {
  override name = 'UnfitFile';
}

/**
 * Text of a file that only its owner can have written; undefined when there is none.
 *
 * @throws UnfitFile when it is larger than that, is no regular file, or belongs to somebody else
 */
export async function readOwnFile(path: string, maxBytes: number): Promise<string | undefined> {
  let file;
  try {
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw new UnfitFile('it is a symbolic link');
    throw error;
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new UnfitFile('it is no regular file');
    if (stat.size > maxBytes) throw new UnfitFile(`it has ${stat.size} octets, more than ${maxBytes}`);
    const user = process.geteuid?.();
    if (user !== undefined && stat.uid !== user && stat.uid !== 0) throw new UnfitFile('it belongs to another user');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * Replaces a file by these pieces of text: whoever reads it, after a loss of power too, finds the old one or the new
 * one whole (a file beside it, fsync, rename, fsync of the folder). The thread is free between two pieces.
 */
export async function replaceFile(path: string, pieces: Iterable<string>): Promise<void> {
  const folder = dirname(path);
  const beside = `${path}_tmp`;
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  await unlink(beside).catch(unlessMissing);
  try {
    const file = await open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
    try {
      let waiting = '';
      for (const piece of pieces) {
        waiting += piece;
        if (waiting.length < CHUNK) continue;
        await file.writeFile(waiting);
        waiting = '';
      }
      await file.writeFile(waiting);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await unlink(beside).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** Puts a file that cannot be used out of the way; where to. */
export async function setAside(path: string): Promise<string> {
  const aside = `${path}.bad`;
  await rename(path, aside);
  return aside;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
