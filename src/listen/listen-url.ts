import { isIPv6 } from 'node:net';
import { ConfigError } from '../config/errors.ts';
import { captureOptions, socketOptions } from './listen-options.ts';
import type { ListenTarget, ReplayTarget, UdpScheme, UdpTarget } from './listen-target.ts';
import { DEFAULT_RECEIVE_BUFFER } from './udp-address.ts';
import { ListenQuery } from './listen-query.ts';

/** More threads than this are not started for one listener, whatever was asked for. */
const MAX_THREADS = 256;
const DEFAULT_QUEUE_SIZE = 1_000_000;
const MIN_RECEIVE_BUFFER = 4096;
const MAX_RECEIVE_BUFFER = 2 ** 30;

const udpSchemes: readonly string[] = ['sflow', 'netflow', 'flow'] satisfies UdpScheme[];

type Refuse = (message: string) => never;

/**
 * Reads the value of `-listen`: URIs between commas, without blanks.
 *
 * `sflow://HOST:PORT`, `netflow://...` and `flow://...` open sockets; `file:///PATH` and `file:PATH` replay a capture.
 * A comma inside a path is written `%2C`.
 *
 * @throws ConfigError that names the element.
 * @example
 * parseListen('sflow://:6343?count=4,file:///var/tmp/night.pcap?speed=1.0')
 */
export function parseListen(text: string): ListenTarget[] {
  return text.split(',').map((element, index) =>
    parseElement(element, (message) => {
      const subject = `element ${index + 1} ${JSON.stringify(element)}`;
      throw new ConfigError('GF_LISTEN_URL', { option: 'listen' }, `${subject}: ${message}`);
    }),
  );
}

function parseElement(element: string, refuse: Refuse): ListenTarget {
  if (element === '') refuse('empty: a comma too many');
  if (element !== element.trim()) refuse('blanks are not allowed around an element');
  const match = /^([a-z][a-z0-9+.-]*):([^?#]*)(?:\?([^#]*))?(#.*)?$/is.exec(element);
  if (match === null) return refuse('not a URI: write SCHEME://HOST:PORT');
  const [, name = '', location = '', search = '', fragment] = match;
  const scheme = name.toLowerCase();
  const query = new ListenQuery(search, refuse);
  if (scheme === 'file') {
    if (fragment !== undefined) refuse('a # in a path is written %23');
    return replayTarget(location, query, refuse);
  }
  if (!udpSchemes.includes(scheme)) {
    refuse(`scheme does not exist: ${scheme}: it is sflow, netflow, flow or file`);
  }
  return udpTarget(element, scheme as UdpScheme, location, query, refuse);
}

function udpTarget(uri: string, scheme: UdpScheme, location: string, query: ListenQuery, refuse: Refuse): UdpTarget {
  const match = /^\/\/([^/]*)(.*)$/s.exec(location);
  if (match === null) return refuse(`an address is missing: write ${scheme}://HOST:PORT, or ${scheme}://:PORT`);
  const authority = match[1]!.slice(match[1]!.lastIndexOf('@') + 1);
  const { host, port } = parseAuthority(authority, refuse);
  const count = query.uint('count') || 1;
  const workers = query.uint('workers') || undefined;
  const threads = Math.max(count, workers ?? 0);
  const blocking = query.bool('blocking') ?? false;
  const queueSize = query.uint('queue_size');
  const receive = query.choice('receive', ['auto', 'dgram', 'mmsg']) ?? 'auto';
  const receiveBuffer = query.size('rcvbuf', MIN_RECEIVE_BUFFER, MAX_RECEIVE_BUFFER) ?? DEFAULT_RECEIVE_BUFFER;
  const spread = query.choice('spread', ['exporter', 'kernel']) ?? 'exporter';

  const notes = query
    .unknown(socketOptions)
    .map((key) => `the option ${JSON.stringify(key)} does not exist and is ignored`);
  if (match[2] !== '' && match[2] !== '/') notes.push(`the path ${JSON.stringify(match[2])} is ignored`);
  if (threads > MAX_THREADS) notes.push(`${threads} threads were asked for, ${MAX_THREADS} are started`);
  return {
    scheme,
    uri,
    host,
    port,
    count,
    workers: workers ?? 2 * count,
    threads: Math.min(threads, MAX_THREADS),
    blocking,
    queueSize: queueSize ?? (blocking ? 0 : DEFAULT_QUEUE_SIZE),
    queueSizeGiven: queueSize !== undefined,
    receive,
    receiveBuffer,
    spread,
    notes,
  };
}

/** `HOST:PORT`, with an IPv6 address in brackets, or without them where nothing else is meant. */
function parseAuthority(authority: string, refuse: Refuse): Pick<UdpTarget, 'host' | 'port'> {
  const match = /^(.*?)(?::([^:\]]*))?$/s.exec(authority)!;
  const port = match[2] ?? '';
  if (port === '') refuse('a port is missing behind the host');
  if (!/^[0-9]+$/.test(port)) refuse(`${JSON.stringify(port)} is no port`);
  if (Number(port) > 65535) refuse(`port ${port} is above 65535`);
  const name = match[1]!;
  const bracketed = /^\[([^\]]*)\]$/s.exec(name)?.[1];
  const [host, zone] = splitZone(bracketed ?? name, refuse);
  const isName = bracketed === undefined && zone === undefined && /^[a-z0-9._-]*$/i.test(host);
  if (!isName && !isIPv6(host)) refuse(`${JSON.stringify(name)} is neither a name nor an IPv4 or [IPv6] address`);
  return { host: zone === undefined ? host : `${host}%${zone}`, port: Number(port) };
}

/** The zone of an IPv6 address stands behind `%25` (RFC 6874). */
function splitZone(host: string, refuse: Refuse): [host: string, zone: string | undefined] {
  const percent = host.indexOf('%');
  if (percent < 0) return [host, undefined];
  const zone = /^%25([a-z0-9._~-]+)$/i.exec(host.slice(percent))?.[1];
  return zone === undefined ? refuse('a zone is written [fe80::1%25eth0]') : [host.slice(0, percent), zone];
}

function replayTarget(location: string, query: ListenQuery, refuse: Refuse): ReplayTarget {
  const match = /^(?:\/\/([^/]*))?(.*)$/s.exec(location)!;
  const host = match[1] ?? '';
  if (host !== '' && host !== 'localhost') {
    refuse('a file has no host: write file:PATH for a relative path, file:///PATH for an absolute one');
  }
  const path = decodePath(match[2]!, refuse);
  const target = {
    scheme: 'file',
    path,
    speed: query.speed('speed') ?? Infinity,
    loop: query.uint('loop') ?? 1,
  } as const;
  const unknown = query.unknown(captureOptions);
  if (unknown.length > 0) refuse(`the option ${JSON.stringify(unknown[0])} does not exist: it is speed or loop`);
  return target;
}

function decodePath(text: string, refuse: Refuse): string {
  if (text === '') refuse('a path is missing');
  try {
    const path = decodeURIComponent(text);
    return path.includes('\0') ? refuse('a path has no zero octet') : path;
  } catch (error) {
    if (error instanceof URIError) return refuse('a % in a path is written %25');
    throw error;
  }
}
