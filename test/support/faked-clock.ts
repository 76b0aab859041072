import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './temporary-folder.ts';

/** A clock of the machine for one program, which a test sets: of Debian's package faketime. */
export interface FakedClock {
  /** Put in front of a command, has it read this clock. */
  readonly prefix: readonly string[];
  /** The clock is so many seconds ahead of the true one from now on; the monotonic clock goes on as ever. */
  jump(seconds: number): void;
}

export function clockOf(t: TestContext): FakedClock {
  // in the folder of the processor's kind
  const library = readdirSync('/usr/lib')
    .map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
  const file = join(temporaryFolder(t), 'clock');
  const jump = (seconds: number): void => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  jump(0);
  const settings = [
    `LD_PRELOAD=${library}`,
    `FAKETIME_TIMESTAMP_FILE=${file}`,
    'FAKETIME_NO_CACHE=1',
    'FAKETIME_DONT_FAKE_MONOTONIC=1',
  ];
  return { prefix: ['env', ...settings], jump };
}
