import { readFileSync } from 'node:fs';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** Receive buffer that is asked for, in octets, unless `?rcvbuf=` says otherwise. */
export const DEFAULT_RECEIVE_BUFFER = 32 * 1024 * 1024;

/** What a UDP listener needs to know of its listen URI. */
export interface UdpOptions {
  /** The URI as the user wrote it: begins the messages about it. */
  readonly uri: string;
  /** Address (with a zone where it is link-local, as `fe80::1%eth0`), name, or empty for every address. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Octets to ask the kernel for. */
  readonly receiveBuffer: number;
}

/** An address to bind to. */
export interface UdpAddress {
  /** With its zone, as `fe80::1%eth0`, where it has one. */
  readonly address: string;
  readonly family: 4 | 6;
  /** To try when the machine has no IPv6. */
  readonly otherwise?: UdpAddress;
}

/**
 * Finds the address that the host of a listen URI means. An empty host is `::`, which receives IPv4 too, or `0.0.0.0`
 * on a machine without IPv6. Of the addresses of a name, IPv4 is preferred.
 *
 * @throws the error of the look-up, for a name that has no address; `ERR_SOCKET_BAD_PORT` for a port above 65535,
 *   which the system would cut to 16 bits
 */
export async function resolveAddress({ host, port }: UdpOptions): Promise<UdpAddress> {
  if (!(port >= 0 && port <= 65_535)) throw Object.assign(new Error('bad port'), { code: 'ERR_SOCKET_BAD_PORT' });
  if (host === '') return { address: '::', family: 6, otherwise: { address: '0.0.0.0', family: 4 } };
  const family = isIP(host);
  if (family !== 0) return { address: host, family: family === 6 ? 6 : 4 };
  const found = await lookup(host, { all: true });
  const best = found.find((entry) => entry.family === 4) ?? found[0]!;
  return { address: best.address, family: best.family === 6 ? 6 : 4 };
}

/** Whether a socket could not be opened for want of IPv6 on this machine. */
export function isWithoutIpv6(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
}

/** What is amiss where `::` is bound by a system call that leaves the choice to the machine; Linux only. */
export function v6OnlyWarning(address: string): string | undefined {
  if (address !== '::' || !isV6Only()) return undefined;
  return (
    'IPv4 is not received: this machine separates it from IPv6 (net.ipv6.bindv6only=1); ' +
    'listen on 0.0.0.0 too, or use receive=mmsg'
  );
}

function isV6Only(): boolean {
  try {
    return readFileSync('/proc/sys/net/ipv6/bindv6only', 'latin1').trim() === '1';
  } catch {
    return false;
  }
}

/** What to do about a receive buffer that the kernel made smaller than asked; undefined when it is not. */
export function bufferWarning(asked: number, granted: number): string | undefined {
  if (granted >= asked) return undefined;
  return (
    `the receive buffer is ${granted} octets, not the ${asked} that were asked for: bursts will be lost sooner; ` +
    `allow more with: sysctl -w net.core.rmem_max=${asked}`
  );
}
