import type { TestContext } from 'node:test';
import koffi from 'koffi';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

/** The socket that a service manager has for `sd_notify(3)`: every datagram that came, as text. */
export class NotifySocket {
  /** For `NOTIFY_SOCKET`. */
  readonly path: string;
  readonly messages: string[] = [];

  /** @param path of the socket that is made; it begins with `@` in the abstract namespace */
  constructor(t: TestContext, path: string) {
    const libc = koffi.load(null);
    const socket = libc.func('int socket(int, int, int)');
    const bind = libc.func('int bind(int, const void *, unsigned int)');
    const recv = libc.func('int recv(int, void *, size_t, int)');
    const close = libc.func('int close(int)');
    this.path = path;
    const address = Buffer.alloc(2 + path.length + 1);
    address.writeUInt16LE(AF_UNIX, 0);
    address.write(path, 2);
    const abstract = path.startsWith('@');
    if (abstract) address[2] = 0;
    const fd = socket(AF_UNIX, SOCK_DGRAM, 0) as number;
    if (bind(fd, address, abstract ? address.length - 1 : address.length) !== 0) throw new Error(`cannot bind ${path}`);
    const buffer = Buffer.alloc(4096);
    const timer = setInterval(() => {
      for (let read; (read = recv(fd, buffer, buffer.length, MSG_DONTWAIT) as number) > 0;) {
        this.messages.push(buffer.toString('utf8', 0, read));
      }
    }, 5);
    t.after(() => {
      clearInterval(timer);
      close(fd);
    });
  }

  has(message: string): boolean {
    return this.messages.some((text) => text.split('\n').includes(message));
  }
}
