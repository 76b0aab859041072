import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Asks a forked process, and waits for its answer; throws when it ends without one. */
export async function asked(child: ChildProcess, question: number): Promise<unknown> {
  child.send(question);
  return answer(child);
}

/** The next message of a forked process; throws when it ends without one. */
export async function answer(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const exit = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('a process of the benchmark ended');
  });
  const message = once(child, 'message', { signal: ended.signal }).then(([value]) => value as unknown);
  try {
    return await Promise.race([message, exit]);
  } finally {
    ended.abort();
    exit.catch(() => undefined);
    message.catch(() => undefined);
  }
}
