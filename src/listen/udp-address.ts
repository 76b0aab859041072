import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { UdpTarget } from './listen-target.ts';

/** What a socket needs to know of its element of `-listen`. */
export type UdpOptions = Pick<UdpTarget, 'scheme' | 'host' | 'zone' | 'port' | 'receiveBuffer'>;

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
export async function resolveAddress({ host, zone, port }: UdpOptions): Promise<UdpAddress> {
  if (!(port >= 0 && port <= 65_535)) throw Object.assign(new Error('bad port'), { code: 'ERR_SOCKET_BAD_PORT' });
  if (host === '') return { address: '::', family: 6, otherwise: { address: '0.0.0.0', family: 4 } };
  const family = isIP(host);
  if (family !== 0) return { address: zone === undefined ? host : `${host}%${zone}`, family: family === 6 ? 6 : 4 };
  const found = await lookup(host, { all: true });
  const best = found.find((entry) => entry.family === 4) ?? found[0]!;
  return { address: best.address, family: best.family === 6 ? 6 : 4 };
}

/** Whether a socket could not be opened for want of IPv6 on this machine. */
export function isWithoutIpv6(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
}

/** The socket as its user would write it, without the options. */
export function uriText({ scheme, host, zone, port }: UdpOptions): string {
  const bracketed = host.includes(':') ? `[${host}${zone === undefined ? '' : `%25${zone}`}]` : host;
  return `${scheme}://${bracketed}:${port}`;
}

/** What to do about a receive buffer that the kernel made smaller than asked; undefined when it is not. */
export function bufferWarning(asked: number, granted: number): string | undefined {
  if (granted >= asked) return undefined;
  return (
    `the receive buffer is ${granted} octets, not the ${asked} that were asked for: bursts will be lost sooner; ` +
    `allow more with: sysctl -w net.core.rmem_max=${asked}`
  );
}
