import { MOST_POOL_OCTETS } from './batch-memory.ts';
import type { ListenTarget } from '../listen/listen-target.ts';

/** Pool of a listener when its URI does not say: 32 MiB (D-18). */
const DEFAULT_POOL = 32 * 1024 * 1024;

/** Octets that one datagram of `queue_size` stands for. */
const OCTETS_PER_DATAGRAM = 2048;

/** How many worker threads decode what a listener receives: one for a capture. */
export function threadsOf(listen: ListenTarget): number {
  return listen.scheme === 'file' ? 1 : listen.threads;
}

/** The listener as its URI begins, for the log. */
export function nameOf(listen: ListenTarget): string {
  return listen.scheme === 'file' ? `file:${listen.path}` : listen.uri;
}

/** Octets that may wait between the stages of a listener. */
export function queueBytesOf(listen: ListenTarget): number {
  if (listen.scheme === 'file') return DEFAULT_POOL;
  const asked = listen.queueSize * OCTETS_PER_DATAGRAM;
  return listen.queueSizeGiven ? asked : Math.min(asked, DEFAULT_POOL);
}

/** A `queue_size` that is larger than the workers can have, and what they get in its place. */
export function queueNotes(listen: ListenTarget): string[] {
  const most = MOST_POOL_OCTETS * threadsOf(listen);
  if (listen.scheme === 'file' || queueBytesOf(listen) <= most) return [];
  const granted = `queue_size=${most / OCTETS_PER_DATAGRAM} is used, 1 GiB for each worker`;
  return [`queue_size=${listen.queueSize} is more memory than workers can have: ${granted}`];
}
