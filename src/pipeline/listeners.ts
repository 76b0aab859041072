import type { Listener } from '../listen/listener.ts';
import { Replay } from '../listen/replay.ts';
import { UdpDgramListener } from '../listen/udp-dgram.ts';
import type { WorkerStart } from './messages.ts';

/** Builds, but does not start, what a worker receives from. */
export function buildListener({ listen }: WorkerStart): Listener {
  if (listen.scheme === 'file') return new Replay(listen);
  return new UdpDgramListener(listen);
}
