import { ConfigError } from '../config/errors.ts';

/** Where the HTTP server listens; no host is every address of the machine. */
export interface HttpAddress {
  readonly host: string | undefined;
  readonly port: number;
}

/**
 * Reads `-addr`: `HOST:PORT`, `:PORT`, `[IPv6]:PORT`.
 *
 * @throws ConfigError for anything else
 */
export function parseHttpAddress(text: string, option = 'addr'): HttpAddress {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new ConfigError('GF_HTTP_ADDRESS', { option }, `no address to listen on: ${text}: use HOST:PORT or :PORT`);
  }
  const host = match[1] ?? match[2] ?? '';
  return { host: host === '' ? undefined : host, port };
}
