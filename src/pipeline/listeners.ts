import type { Listener } from '../listen/listener.ts';
import { PortListener } from '../listen/port-listener.ts';
import { UdpDgramListener } from '../listen/udp-dgram.ts';
import { MmsgListener } from '../listen/udp-mmsg.ts';
import type { WorkerSource } from './messages.ts';

/** Builds, but does not start, what a worker receives from. Few replay captures: what reads them is loaded for them. */
export async function buildListener(source: WorkerSource): Promise<Listener> {
  switch (source.kind) {
    case 'replay':
      return new (await import('../listen/replay.ts')).Replay(source.target);
    case 'socket':
      return new MmsgListener(source.socket);
    case 'port':
      return new PortListener(source.port);
    case 'dgram':
    case 'spread':
      return new UdpDgramListener(source.target);
  }
}
