import { chmod, mkdir, open, rename, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { GoFlowError } from '../../config/errors.ts';

/** How often the lock of a process that is no more is put out of the way. */
const ATTEMPTS = 5;

/**
 * Keeps a second program off a path (F-36): a socket beside it, `<path>.lock`, that answers as long as its process
 * lives. What a killed process leaves behind does not answer, and is taken over; nothing has to be cleaned up by hand.
 */
export class PathLock {
  readonly #server: Server;
  readonly #path: string;

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
  }

  /** @throws GoFlowError when another process has it */
  static async take(path: string): Promise<PathLock> {
    const lock = `${path}.lock`;
    const folder = dirname(lock);
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const handle = await open(folder);
    try {
      const name = shortName(handle, lock);
      for (let i = 0; i < ATTEMPTS; i++) {
        const server = await listen(name);
        if (server !== undefined) {
          await chmod(lock, 0o600);
          return new PathLock(server, lock);
        }
        if (await answers(name)) break;
        await giveWay(lock, `${name}.${process.pid}`);
      }
    } finally {
      await handle.close();
    }
    throw new GoFlowError('GF_STATE_LOCK', `another program that is running keeps its templates in ${path}`);
  }

  async release(): Promise<void> {
    await unlink(this.#path).catch(() => undefined);
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** The name of a socket has 107 octets at most: where Linux lets us, it is said from the open folder. */
function shortName(folder: FileHandle, path: string): string {
  return process.platform === 'linux' ? join('/proc/self/fd', String(folder.fd), basename(path)) : path;
}

function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(new GoFlowError('GF_STATE_LOCK', `cannot lock the templates: ${error.message}`, error));
    });
    server.listen(name, () => resolve(server.unref()));
  });
}

function answers(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** Removes a lock that does not answer, unless another program has put a new one there in the meantime. */
async function giveWay(lock: string, asideName: string): Promise<void> {
  const aside = `${lock}.${process.pid}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (await answers(asideName)) await rename(aside, lock);
  else await unlink(aside);
}
