import type { AdmissionRules } from '../listen/admission.ts';
import { isLoopback } from '../flow/loopback.ts';
import type { ListenTarget } from '../listen/listen-target.ts';
import type { ListenerInfo } from '../listen/listener.ts';
import type { Logger } from '../log/logger.ts';
import type { CollectorOptions } from './collector-options.ts';
import { nameOf, queueNotes } from './listener-settings.ts';

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
  for (const warning of [...notes, ...queueNotes(listen), ...(info?.warnings ?? [])])
    log.warn(warning, { listen: nameOf(listen) });
}

/** Says once that everybody who reaches a listener may send to it (RFC 7011 section 11.4). */
export function warnIfOpen(log: Logger, targets: readonly ListenTarget[], { allow }: AdmissionRules): void {
  if (allow.length > 0) return;
  const open = targets.filter(
    (target) => target.scheme !== 'file' && target.host !== 'localhost' && !isLoopback(target.host),
  );
  if (open.length === 0) return;
  const listen = open.map(nameOf).join(',');
  log.warn('whoever reaches the port may send flows: -exporters.allow says who should', { listen });
}

/** Says what changes nothing, because it is about flows and raw messages are whole datagrams. */
export function warnIfRaw(
  log: Logger,
  { produce, geoip, context, contextBucket, scale, tunnels }: CollectorOptions,
): void {
  if (produce !== 'raw') return;
  const inVain = [
    ...(geoip === undefined || geoip.paths.asn === '' ? [] : ['enrich.geoip.asn']),
    ...(geoip === undefined || geoip.paths.country === '' ? [] : ['enrich.geoip.country']),
    ...((context?.files.length ?? 0) === 0 ? [] : ['context.config']),
    ...(contextBucket === undefined ? [] : ['context.nats.bucket']),
    ...(scale === true ? ['produce.scale'] : []),
    ...(tunnels === 'inner' ? ['produce.tunnels'] : []),
  ];
  if (inVain.length === 0) return;
  log.warn('raw messages are whole datagrams: what is asked for flows changes nothing', { options: inVain.join(',') });
}
