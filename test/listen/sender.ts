import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Sends from one socket, waiting for each datagram to be taken by the kernel. */
export class Sender {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bound to an address of this machine, so that the receiver sees that one. */
  static async open(from = '127.0.0.1', port = 0): Promise<Sender> {
    const socket = createSocket(from.includes(':') ? 'udp6' : 'udp4');
    socket.bind(port, from);
    await once(socket, 'listening');
    return new Sender(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(bytes: Uint8Array, port: number, to = '127.0.0.1'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, port, to, (error) => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}
