import { bindError } from './bind-error.ts';
import { loadLibc, type Libc } from './libc.ts';
import {
  AF_INET,
  AF_INET6,
  decodeSocketAddress,
  encodeSocketAddress,
  SOCKET_ADDRESS_OCTETS,
} from './socket-address.ts';
import { steeringProgram } from './steering.ts';
import { bufferWarning, isWithoutIpv6, resolveAddress, type UdpAddress, type UdpOptions } from './udp-address.ts';

/** Constants of Linux that are the same on x64 and arm64. */
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_REUSEPORT = 15;
const SO_RCVTIMEO = 20;
const SO_RCVBUFFORCE = 33;
const SO_TIMESTAMPNS = 35;
const SO_ATTACH_REUSEPORT_CBPF = 51;
const SO_MEMINFO = 55;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

/** How long a receive waits on an idle socket, milliseconds: the time until its thread can do something else. */
const IDLE_MS = 20;

/**
 * A bound socket as a number that every thread of this process can use. The thread that opened it closes it, when
 * nobody reads it any more; a reader that was replaced leaves what the kernel holds to the next one.
 */
export interface UdpSocket {
  readonly fd: number;
  /** `::` for the wildcard. */
  readonly address: string;
  readonly port: number;
  readonly bufferAsked: number;
  readonly bufferGranted: number;
  readonly warnings: readonly string[];
}

/**
 * Opens the sockets of a listener, all on one address and port.
 *
 * Several form a SO_REUSEPORT group. With `exporter` the kernel gives all datagrams of a source address to one
 * socket, `exporterWorker(address, sockets)` counted in the order of the result; with `kernel` it goes by addresses
 * and ports.
 *
 * @throws ConfigError when one of them cannot be opened or bound; then none is
 */
export async function openUdpSockets(
  options: UdpOptions,
  count: number,
  spread: 'exporter' | 'kernel' = 'exporter',
  load: () => Promise<Libc> = loadLibc,
): Promise<UdpSocket[]> {
  const libc = await load();
  try {
    const at = await resolveAddress(options);
    try {
      return openGroup(libc, options, at, count, spread);
    } catch (error) {
      if (at.otherwise === undefined || !isWithoutIpv6(error)) throw error;
      return openGroup(libc, options, at.otherwise, count, spread);
    }
  } catch (error) {
    throw bindError(options, error);
  }
}

/** Closes a socket. No thread may be reading it. */
export async function closeUdpSocket(socket: UdpSocket): Promise<void> {
  (await loadLibc()).close(socket.fd);
}

/**
 * What the kernel holds for a socket, in octets with its own overhead, and the datagrams that it dropped there: a
 * 32-bit number that wraps.
 */
export function socketBooks(libc: Libc, fd: number): { queued: number; drops: number } {
  const words = new Uint32Array(9); // struct sk_meminfo: SK_MEMINFO_RMEM_ALLOC is 0, SK_MEMINFO_DROPS is 8
  check(libc, 'getsockopt', libc.getsockopt(fd, SOL_SOCKET, SO_MEMINFO, octetsOf(words), Uint32Array.of(36)));
  return { queued: words[0]!, drops: words[8]! };
}

function openGroup(
  libc: Libc,
  options: UdpOptions,
  at: UdpAddress,
  count: number,
  spread: 'exporter' | 'kernel',
): UdpSocket[] {
  const opened: UdpSocket[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const port = opened[0]?.port ?? options.port;
      opened.push(openOne(libc, options, { ...at, port }, i, count));
    }
    if (count > 1 && spread === 'exporter') attachSteering(libc, opened[0]!.fd, count);
    return opened;
  } catch (error) {
    for (const { fd } of opened) libc.close(fd);
    throw error;
  }
}

function openOne(
  libc: Libc,
  options: UdpOptions,
  at: UdpAddress & { port: number },
  index: number,
  count: number,
): UdpSocket {
  const fd = check(libc, 'socket', libc.socket(at.family === 6 ? AF_INET6 : AF_INET, SOCK_DGRAM_CLOEXEC, 0));
  const set = (name: number, value: number, level = SOL_SOCKET) =>
    libc.setsockopt(fd, level, name, octetsOf(Int32Array.of(value)), 4);
  try {
    // `::` takes IPv4 too, also where net.ipv6.bindv6only says otherwise
    if (at.family === 6) check(libc, 'setsockopt', set(IPV6_V6ONLY, 0, IPPROTO_IPV6));
    // Root may pass net.core.rmem_max. Set before the socket is bound: it is full size for the first datagram
    if (set(SO_RCVBUFFORCE, options.receiveBuffer) !== 0) {
      check(libc, 'setsockopt', set(SO_RCVBUF, options.receiveBuffer));
    }
    const idle = BigInt64Array.of(0n, BigInt(IDLE_MS * 1000)); // struct timeval
    check(libc, 'setsockopt', libc.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, octetsOf(idle), 16));
    // Costs less than 5 % of a receive, and tells when a datagram came, not when it was read
    check(libc, 'setsockopt', set(SO_TIMESTAMPNS, 1));
    // The first one is bound alone and opened to the others after that: a port that a second instance of this
    // program holds is an error, and not half of the exporters in each
    if (index > 0) check(libc, 'setsockopt', set(SO_REUSEPORT, 1));
    const name = encodeSocketAddress(at.address, at.port, zoneOf(libc, at.address));
    check(libc, 'bind', libc.bind(fd, name, name.length));
    if (index === 0 && count > 1) check(libc, 'setsockopt', set(SO_REUSEPORT, 1));
    const granted = receiveBuffer(libc, fd);
    const warning = bufferWarning(options.receiveBuffer, granted);
    return {
      fd,
      ...boundAddress(libc, fd),
      bufferAsked: options.receiveBuffer,
      bufferGranted: granted,
      warnings: warning === undefined ? [] : [warning],
    };
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

/**
 * `struct sock_fprog`, the number of instructions and where they are, and behind it the instructions themselves: one
 * piece of memory, which the call keeps alive and the kernel copies.
 */
function attachSteering(libc: Libc, fd: number, sockets: number): void {
  const program = steeringProgram(sockets);
  const value = new Uint8Array(new ArrayBuffer(16 + program.length));
  const header = new DataView(value.buffer);
  header.setUint16(0, program.length / 8, true);
  header.setBigUint64(8, BigInt(libc.address(value) + 16), true);
  value.set(program, 16);
  check(libc, 'setsockopt', libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, value, 16));
}

/** Index of the interface that a link-local address names behind a `%`; 0 when there is none. */
function zoneOf(libc: Libc, address: string): number {
  const zone = address.split('%')[1];
  if (zone === undefined) return 0;
  const index = /^\d+$/.test(zone) ? Number(zone) : libc.if_nametoindex(zone);
  if (index === 0) throw systemError('if_nametoindex', 'ENODEV');
  return index;
}

function boundAddress(libc: Libc, fd: number): { address: string; port: number } {
  const bytes = new Uint8Array(SOCKET_ADDRESS_OCTETS);
  check(libc, 'getsockname', libc.getsockname(fd, bytes, Uint32Array.of(SOCKET_ADDRESS_OCTETS)));
  return decodeSocketAddress(bytes);
}

/** The kernel doubles the number for its own overhead and reports it doubled. */
function receiveBuffer(libc: Libc, fd: number): number {
  const value = new Int32Array(1);
  check(libc, 'getsockopt', libc.getsockopt(fd, SOL_SOCKET, SO_RCVBUF, octetsOf(value), Uint32Array.of(4)));
  return value[0]! / 2;
}

function check(libc: Libc, call: string, result: number): number {
  if (result < 0) throw systemError(call, libc.errno());
  return result;
}

function systemError(call: string, code: string): Error {
  return Object.assign(new Error(`${call}: ${code}`), { code, syscall: call });
}

function octetsOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
