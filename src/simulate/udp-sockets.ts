import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { once } from 'node:events';

/** An address and port of UDP. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A bound socket; port 0 lets the kernel choose. Rejects when the address cannot be had. */
export async function bindUdp(endpoint: Endpoint): Promise<Socket> {
  const socket = createSocket(isIPv6(endpoint.address) ? 'udp6' : 'udp4');
  const listening = once(socket, 'listening'); // rejects on 'error'
  socket.bind(endpoint.port, endpoint.address);
  await listening;
  return socket;
}

/** Closes a socket and waits until it is closed. */
export async function closeUdp(socket: Socket): Promise<void> {
  const closed = once(socket, 'close');
  socket.close();
  await closed;
}
