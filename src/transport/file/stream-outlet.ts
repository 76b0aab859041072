import type { Writable } from 'node:stream';
import type { Outlet, Written } from './outlet.ts';

/** A write at a time: what is not confirmed when the program has to end is at most this much. */
const SLICE = 256 * 1024;

/** A pipe, socket or terminal: written through the event loop, so that a reader that stands still blocks nothing. */
export class StreamOutlet implements Outlet {
  readonly #stream: Writable;
  readonly #owned: boolean;
  #confirmed = 0;

  /** `owned`: whether closing the outlet closes the stream; standard output stays open. */
  constructor(stream: Writable, owned: boolean) {
    this.#stream = stream;
    this.#owned = owned;
    stream.on('error', ignore); // each write tells of its error
  }

  async write(bytes: Uint8Array): Promise<Written> {
    this.#confirmed = 0;
    while (this.#confirmed < bytes.length) {
      const slice = bytes.subarray(this.#confirmed, this.#confirmed + SLICE);
      const error = await this.#writeSlice(slice);
      if (error !== undefined) return { octets: this.#confirmed, error };
      this.#confirmed += slice.length;
    }
    return { octets: this.#confirmed };
  }

  confirmed(): number {
    return this.#confirmed;
  }

  takeBack(): Promise<boolean> {
    return Promise.resolve(false);
  }

  close(): Promise<void> {
    this.#stream.off('error', ignore);
    if (!this.#owned) return Promise.resolve();
    this.#stream.on('error', ignore);
    return new Promise((resolve) => {
      this.#stream.once('close', resolve);
      this.#stream.destroy();
    });
  }

  #writeSlice(slice: Uint8Array): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#stream.write(slice, (error) => {
        // A stream is destroyed when its reader has gone, and later writes only say so.
        if (this.#stream.destroyed) resolve('EPIPE');
        else resolve(error ? ((error as NodeJS.ErrnoException).code ?? 'EIO') : undefined);
      });
    });
  }
}

function ignore(): void {}
