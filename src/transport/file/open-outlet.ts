import { constants } from 'node:fs';
import { existsSync, fstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
import { ConfigError } from '../../config/errors.ts';
import { FdOutlet } from './fd-outlet.ts';
import type { Outlet } from './outlet.ts';
import { StreamOutlet } from './stream-outlet.ts';

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;

/** Opens the file of that name for appending; an empty name is standard output. A missing folder is created (D-28). */
export function openOutlet(path: string): Outlet {
  if (path === '') return standardOutput();
  try {
    makeFolder(dirname(path));
    // Without O_NONBLOCK, opening a named pipe would wait for its reader.
    const fifo = statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
    const fd = openSync(path, O_APPEND | O_CREAT | O_WRONLY | (fifo ? O_NONBLOCK : 0), 0o644);
    if (fifo) return new StreamOutlet(new Socket({ fd, readable: false, writable: true }), true);
    const stat = fstatSync(fd);
    return new FdOutlet(fd, stat.isFile() ? stat.size : undefined, true);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENXIO' ? 'a named pipe that nobody reads from' : message;
    throw new ConfigError('GF_OUTPUT_OPEN', { option: 'transport.file' }, why, error);
  }
}

/** One level at a time: the recursive form does not come back where a folder cannot be made, as below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function standardOutput(): Outlet {
  const stat = fstatSync(1);
  const stream = stat.isFIFO() || stat.isSocket() || process.stdout.isTTY;
  return stream ? new StreamOutlet(process.stdout, false) : new FdOutlet(1, undefined, false);
}
