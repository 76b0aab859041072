import type { Listener } from '../listen/listener.ts';
import { PortListener } from '../listen/port-listener.ts';
import { Replay } from '../listen/replay.ts';
import { UdpDgramListener } from '../listen/udp-dgram.ts';
import { MmsgListener } from '../listen/udp-mmsg.ts';
import type { WorkerSource } from './messages.ts';

/** Builds, but does not start, what a worker receives from. */
export function buildListener(source: WorkerSource): Listener {
  switch (source.kind) {
    case 'replay':
      return new Replay(source.target);
    case 'socket':
      return new MmsgListener(source.socket);
    case 'port':
      return new PortListener(source.port);
    case 'dgram':
    case 'spread':
      return new UdpDgramListener(source.target);
  }
}
