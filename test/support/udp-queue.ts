import { existsSync, readFileSync } from 'node:fs';

const TABLE = '/proc/net/udp';

/** What the kernel holds for a UDP socket of this machine. */
export interface UdpQueue {
  /** Octets that wait to be read. */
  readonly waiting: number;
  /** Datagrams that were dropped because the queue was full. */
  readonly drops: number;
}

/** Whether a socket of this machine has read all that came. It is not known off Linux, and taken for granted there. */
export function isDrained(port: number): boolean {
  return existsSync(TABLE) ? udpQueue(port)?.waiting === 0 : true;
}

/** The queue of the IPv4 socket that is bound to a port; undefined when there is none. Linux only. */
export function udpQueue(port: number): UdpQueue | undefined {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of readFileSync(TABLE, 'utf8').split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (columns[1]?.endsWith(end) !== true) continue;
    return { waiting: parseInt(columns[4]!.split(':')[1]!, 16), drops: Number(columns.at(-1)) };
  }
  return undefined;
}
