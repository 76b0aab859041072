import type { Writable } from 'node:stream';

/** Octets that may wait for a reader of the log that is slow or stuck. */
const MAX_WAITING = 256 * 1024;

/**
 * A stream that neither blocks nor grows: while its reader is stuck, lines are refused. Standard error is such a
 * stream where it is a pipe or a socket; where it is a file or a terminal, Node.js writes it synchronously. A reader
 * that is gone is no error.
 */
export class BoundedStream {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', () => {});
  }

  /** False when the line was refused. */
  write(line: string): boolean {
    if (this.#stream.writableLength > MAX_WAITING) return false;
    this.#stream.write(line);
    return true;
  }

  /** Waits until everything is written, or for `timeoutMs`. */
  drain(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#stream.write('', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
