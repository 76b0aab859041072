import type { ListenTarget } from '../listen/listen-target.ts';
import type { ListenerInfo } from '../listen/listener.ts';
import type { Logger } from '../log/logger.ts';
import { nameOf } from './listener-settings.ts';

/** Tells of a listener that has started. */
export function logStarted(log: Logger, listen: ListenTarget, info: ListenerInfo | undefined): void {
  if (listen.scheme === 'file') {
    log.info('starting collection', { scheme: 'file', path: listen.path });
    return;
  }
  const { scheme, host, count, workers, threads, blocking, queueSize, notes } = listen;
  log.info('starting collection', {
    scheme,
    hostname: host,
    port: info?.port ?? listen.port,
    count,
    workers,
    blocking,
    queue_size: queueSize,
    threads,
    receive: info?.receive ?? 'dgram',
    rcvbuf: info?.bufferGranted ?? 0,
  });
  for (const warning of [...notes, ...(info?.warnings ?? [])]) log.warn(warning, { listen: nameOf(listen) });
}
