import { ConfigError } from '../config/errors.ts';
import type { UdpOptions } from './udp-address.ts';

/** What a code of the operating system means for a socket that should receive, and what to do about it. */
const meanings: Readonly<Record<string, (options: UdpOptions) => string>> = {
  EADDRINUSE: ({ port }) => `UDP port ${port} is taken by another socket`,
  EACCES: ({ port }) => `not allowed to open UDP port ${port}: low ports need root or the capability net_bind_service`,
  EPERM: ({ port }) => `not allowed to open UDP port ${port}`,
  EADDRNOTAVAIL: ({ host }) => `${host} is not an address of this machine`,
  EAFNOSUPPORT: () => 'this machine has no IPv6',
  EINVAL: ({ host }) => `${host} cannot be bound to: a link-local address needs its interface, as fe80::1%25eth0`,
  ENODEV: ({ host }) => `the interface of ${host} does not exist`,
  ENOTFOUND: ({ host }) => `the name ${host} has no address`,
  EAI_AGAIN: ({ host }) => `the name ${host} cannot be looked up now`,
  ERR_SOCKET_BAD_PORT: ({ port }) => `${port} is not a port: 0 to 65535`,
  EMFILE: () => 'too many open files in this process: raise its limit (ulimit -n)',
  ENFILE: () => 'too many open files on this machine',
};

/** The error to end with when the socket of a listen URI could not be opened: says which, why, and what would help. */
export function bindError(options: UdpOptions, cause: unknown): ConfigError {
  if (cause instanceof ConfigError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const meaning = meanings[code]?.(options) ?? (cause instanceof Error ? cause.message : String(cause));
  return new ConfigError('GF_LISTEN_BIND', { option: 'listen' }, `${options.uri}: ${meaning}`, cause);
}
