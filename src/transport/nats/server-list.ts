import { isIP } from 'node:net';
import { ConfigError } from '../../config/errors.ts';

const DEFAULT_PORT = 4222;

/** A NATS server to connect to. */
export interface NatsServer {
  /** Name or address, an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** The URL asks for TLS. */
  readonly tls: boolean;
  /** Name that its certificate has to have, where it is not {@link host}. */
  readonly certificateName?: string | undefined;
}

/** Secrets that stood in the URLs. */
export interface UrlCredentials {
  readonly user: string;
  /** Undefined where only one word stands before the `@`: a token. */
  readonly password: string | undefined;
}

export interface ServerList {
  readonly servers: readonly NatsServer[];
  readonly credentials: UrlCredentials | undefined;
}

/**
 * Reads the list of `-transport.nats.servers`: `nats://HOST:PORT`, `tls://HOST:PORT` or `HOST:PORT`, the port 4222
 * where none is given. Names and passwords are taken out: what comes back can be shown.
 *
 * @throws ConfigError that never shows what stands before an `@`.
 */
export function parseServers(list: readonly string[], option: string): ServerList {
  const servers: NatsServer[] = [];
  let credentials: UrlCredentials | undefined;
  for (const text of list) {
    const { server, found } = parseServer(text, option);
    servers.push(server);
    if (found === undefined) continue;
    if (credentials !== undefined && (credentials.user !== found.user || credentials.password !== found.password)) {
      throw new ConfigError('GF_OPTION_VALUE', { option }, 'the servers have different credentials in their URLs');
    }
    credentials = found;
  }
  if (servers.length === 0) throw new ConfigError('GF_OPTION_VALUE', { option }, 'there is no server in it');
  return { servers, credentials };
}

/** A URL without what stands before its `@`. */
export function redactUrl(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1');
}

/** How a server is shown. */
export function showServer({ host, port }: NatsServer): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A server that another one of its cluster has told of: `HOST:PORT`, presenting the certificate of that one. */
export function discoveredServer(text: string, by: NatsServer): NatsServer | undefined {
  const place = parsePlace(text);
  if (place === undefined) return undefined;
  return {
    ...place,
    tls: by.tls,
    certificateName: isIP(place.host) === 0 ? undefined : (by.certificateName ?? by.host),
  };
}

function parseServer(text: string, option: string): { server: NatsServer; found: UrlCredentials | undefined } {
  const refuse = (why: string): never => {
    throw new ConfigError('GF_OPTION_VALUE', { option }, `${JSON.stringify(redactUrl(text))}: ${why}`);
  };
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:(.*)@)?([^@/?#]*)\/?$/is.exec(text.trim());
  if (match === null) return refuse('it is no URL of a NATS server');
  const [, scheme = 'nats', userInfo, rest] = match;
  if (!/^(nats|tls)$/i.test(scheme)) return refuse('the scheme is nats:// or tls://');
  const place = parsePlace(rest!);
  if (place === undefined) return refuse('HOST:PORT was expected');
  const server = { ...place, tls: scheme.toLowerCase() === 'tls' };
  return { server, found: userInfo === undefined ? undefined : parseUserInfo(userInfo, refuse) };
}

function parsePlace(text: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9a-f:.]+(?:%[\w.-]+)?)\]|([^\s:[\]]+))(?::([0-9]{1,5}))?$/i.exec(text);
  if (match === null) return undefined;
  const [, ipv6, name, portText] = match;
  const port = portText === undefined ? DEFAULT_PORT : Number(portText);
  if (port < 1 || port > 65_535) return undefined;
  if (ipv6 !== undefined && isIP(ipv6) !== 6) return undefined;
  return { host: ipv6 ?? name!, port };
}

function parseUserInfo(text: string, refuse: (why: string) => never): UrlCredentials {
  const [user, ...password] = text.split(':');
  try {
    return {
      user: decodeURIComponent(user!),
      password: password.length === 0 ? undefined : decodeURIComponent(password.join(':')),
    };
  } catch {
    return refuse('what stands before the @ has a broken %-escape');
  }
}
