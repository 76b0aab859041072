import type { Libc } from '../listen/libc.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** Octets of `sun_path` in `struct sockaddr_un`. */
const PATH_OCTETS = 108;

/**
 * Sends texts as datagrams to a socket in the file system, or in the abstract namespace where its name begins with `@`.
 *
 * @throws an Error for a path that is none
 */
export function notifySocket(libc: Libc, path: string): (state: string) => void {
  const name = Buffer.from(path);
  if (name.length >= PATH_OCTETS || !/^[/@]/.test(path)) throw new Error(`no socket: ${path}`);
  const address = new Uint8Array(2 + PATH_OCTETS);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  const abstract = path.startsWith('@');
  if (abstract) address[2] = 0;
  const length = 2 + name.length + (abstract ? 0 : 1);
  const fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new Error(`socket: ${libc.errno()}`);
  return (state) => {
    const bytes = Buffer.from(state);
    // A manager that does not listen any more, or is slow, is not our trouble.
    libc.sendto(fd, bytes, bytes.length, MSG_NOSIGNAL | MSG_DONTWAIT, address, length);
  };
}
