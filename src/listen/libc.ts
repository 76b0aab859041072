import { getSystemErrorName } from 'node:util';

/**
 * The functions of the C library that batch receive and the service manager's socket need. Numbers only cross the border: descriptors, lengths and
 * addresses, which fit a double. Every function answers -1 for a failure, whose cause {@link errno} tells.
 */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  getsockname(fd: number, address: Uint8Array, length: Uint32Array): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, length: number): number;
  getsockopt(fd: number, level: number, name: number, value: Uint8Array, length: Uint32Array): number;
  /** @param headers address of the first `struct mmsghdr` @param timeout address of one, or 0 */
  recvmmsg(fd: number, headers: number, count: number, flags: number, timeout: number): number;
  sendto(fd: number, bytes: Uint8Array, length: number, flags: number, to: Uint8Array, toLength: number): number;
  usleep(microseconds: number): number;
  if_nametoindex(name: string): number;
  close(fd: number): number;
  /** Name of the last failure on this thread: `EAGAIN`. */
  errno(): string;
  /**
   * Where the bytes are. An address does not keep its memory alive: the caller does, for as long as the kernel may
   * use it, and it has to be an ArrayBuffer of its own, which never moves.
   */
  address(bytes: Uint8Array): number;
}

const prototypes = {
  socket: 'int socket(int, int, int)',
  bind: 'int bind(int, const void *, unsigned int)',
  getsockname: 'int getsockname(int, void *, void *)',
  setsockopt: 'int setsockopt(int, int, int, const void *, unsigned int)',
  getsockopt: 'int getsockopt(int, int, int, void *, void *)',
  recvmmsg: 'int recvmmsg(int, uintptr_t, unsigned int, int, uintptr_t)',
  sendto: 'int sendto(int, const void *, size_t, int, const void *, unsigned int)',
  usleep: 'int usleep(unsigned int)',
  if_nametoindex: 'unsigned int if_nametoindex(const char *)',
  close: 'int close(int)',
} as const satisfies Partial<Record<keyof Libc, string>>;

let loaded: Promise<Libc> | undefined;

/**
 * The C library of this process, glibc or musl, through `koffi`. Once a thread.
 *
 * The layouts that callers write (`struct msghdr` and the like) are those of 64-bit little-endian Linux.
 *
 * @throws an Error that says why it is not to be had here
 */
export function loadLibc(): Promise<Libc> {
  return (loaded ??= load());
}

async function load(): Promise<Libc> {
  const { platform, arch } = process;
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) {
    throw new Error(`it needs Linux on x64 or arm64, and this is ${platform} on ${arch}`);
  }
  const { default: koffi } = await import('koffi').catch((error: unknown) => {
    throw new Error(`the optional package koffi cannot be loaded: ${(error as Error).message.split('\n')[0]}`);
  });
  const own = koffi.load(null); // the symbols of this process, so the C library that Node itself uses
  const functions = Object.fromEntries(Object.entries(prototypes).map(([name, text]) => [name, own.func(text)]));
  return {
    ...(functions as unknown as Pick<Libc, keyof typeof prototypes>),
    errno: () => getSystemErrorName(-koffi.errno()),
    address: (bytes) => Number(koffi.address(bytes)),
  };
}
