import { promisify } from 'node:util';
import { close, fstat, ftruncate, write } from 'node:fs';
import type { Outlet, Written } from './outlet.ts';

const writeAsync = promisify(write);
const closeAsync = promisify(close);
const fstatAsync = promisify(fstat);
const ftruncateAsync = promisify(ftruncate);

/** A regular file or a device: written by the file system's calls, off the main thread. */
export class FdOutlet implements Outlet {
  readonly #fd: number;
  readonly #owned: boolean;
  /** Size that the file has if nobody else writes to it; undefined where it is not ours to cut. */
  #size: number | undefined;
  #confirmed = 0;

  /**
   * @param size of a file that was opened for appending; undefined for anything else
   * @param owned whether closing the outlet closes the file; standard output stays open
   */
  constructor(fd: number, size: number | undefined, owned: boolean) {
    this.#fd = fd;
    this.#owned = owned;
    this.#size = size;
  }

  async write(bytes: Uint8Array): Promise<Written> {
    let octets = (this.#confirmed = 0);
    try {
      while (octets < bytes.length) {
        const { bytesWritten } = await writeAsync(this.#fd, bytes, octets, bytes.length - octets, null);
        octets = this.#confirmed += bytesWritten;
        if (this.#size !== undefined) this.#size += bytesWritten;
      }
      return { octets };
    } catch (error) {
      return { octets, error: (error as NodeJS.ErrnoException).code ?? 'EIO' };
    }
  }

  confirmed(): number {
    return this.#confirmed;
  }

  async takeBack(octets: number): Promise<boolean> {
    if (this.#size === undefined) return false;
    try {
      const { size } = await fstatAsync(this.#fd);
      if (size !== this.#size) return false; // somebody else writes to it: their octets are not ours to cut
      await ftruncateAsync(this.#fd, size - octets);
      this.#size -= octets;
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    if (this.#owned) await closeAsync(this.#fd);
  }
}
