import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

const NICENESS = 10;

/**
 * Lets the kernel prefer all other threads to this one. Linux has a priority for each thread, by its number:
 * `PID/task/TID`. Elsewhere it stays as it is.
 */
export function beNice(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, NICENESS);
  } catch {
    // not possible here
  }
}
