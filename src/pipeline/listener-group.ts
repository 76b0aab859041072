import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { ListenTarget } from '../listen/listen-target.ts';

/** Pool of a listener when its URI does not say: 32 MiB (D-18). */
const DEFAULT_POOL = 32 * 1024 * 1024;

/** Octets that one datagram of `queue_size` stands for. */
const OCTETS_PER_DATAGRAM = 2048;

/** How many worker threads a listener has: one for a capture. */
export function threadsOf(listen: ListenTarget): number {
  return listen.scheme === 'file' ? 1 : listen.threads;
}

/** The listener as its URI begins, for the log. */
export function nameOf(listen: ListenTarget): string {
  if (listen.scheme === 'file') return `file:${listen.path}`;
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return `${listen.scheme}://${host}:${listen.port}`;
}

/** Octets of batch buffers for each worker of a listener. */
export function poolBytesOf(listen: ListenTarget): number {
  if (listen.scheme === 'file') return DEFAULT_POOL;
  const asked = listen.queueSize * OCTETS_PER_DATAGRAM;
  const pool = listen.queueSizeGiven ? asked : Math.min(asked, DEFAULT_POOL);
  return Math.floor(pool / threadsOf(listen));
}

/**
 * Ports from the receiving worker (0) to each other worker of a listener: `peers[0]` are the receiving ends'
 * counterparts in the order of the workers, `peers[i]` is the one port of worker `i`.
 */
export function connectPeers(threads: number): MessagePort[][] {
  const peers: MessagePort[][] = Array.from({ length: threads }, () => []);
  for (let i = 1; i < threads; i++) {
    const { port1, port2 } = new MessageChannel();
    peers[0]!.push(port1);
    peers[i]!.push(port2);
  }
  return peers;
}
