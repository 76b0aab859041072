import { open } from 'node:fs/promises';
import { GoFlowError } from '../config/errors.ts';

/** Where the octets of a capture come from. */
export interface ByteSource {
  /** Reads at most `length` octets at `position` into `buffer` from `at` on; 0 at the end. */
  read(buffer: Uint8Array, at: number, length: number, position: number): Promise<number>;
  close(): Promise<void>;
}

/** Opens a regular file; rejects with `GF_REPLAY_FILE` when that fails. */
export async function openFile(path: string): Promise<ByteSource> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new GoFlowError('GF_REPLAY_FILE', `cannot open ${path}: ${reason(cause)}`, cause);
  });
  // Read by position, several times over when looping: what cannot be positioned is refused at once.
  if (!(await handle.stat()).isFile()) {
    await handle.close();
    throw new GoFlowError('GF_REPLAY_FILE', `cannot read ${path}: not a regular file`);
  }
  return {
    read: async (buffer, at, length, position) => (await handle.read(buffer, at, length, position)).bytesRead,
    close: () => handle.close(),
  };
}

/** A capture that is in memory. */
export function memorySource(capture: Uint8Array): ByteSource {
  return {
    read: async (buffer, at, length, position) => {
      const part = capture.subarray(position, position + length);
      buffer.set(part, at);
      return part.length;
    },
    close: async () => {},
  };
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
