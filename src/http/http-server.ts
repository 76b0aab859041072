import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ConfigError } from '../config/errors.ts';
import { errorFields } from '../log/logger.ts';
import type { Logger } from '../log/logger.ts';
import type { HttpAddress } from './http-address.ts';
import { isLoopback } from '../flow/loopback.ts';
import type { Answer, Route } from './route.ts';

/** Bounds on what clients can hold of the process. */
export interface HttpLimits {
  /** Milliseconds for the header of a request, for all of it, and for a connection that asks nothing. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveMs: number;
  /** Octets of a request's header. */
  readonly maxHeaderBytes: number;
  /** Connections in all, and of one address. */
  readonly maxConnections: number;
  readonly maxPerAddress: number;
}

export const httpLimits: HttpLimits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveMs: 5_000,
  maxHeaderBytes: 8 * 1024,
  maxConnections: 128,
  maxPerAddress: 16,
};

/** Paths of the server, with what answers. */
export type Routes = ReadonlyMap<string, Route>;

export interface HttpServerOptions {
  readonly address: HttpAddress;
  readonly routes: Routes;
  /** Whether details are shown to everybody, not to this machine alone (D-12). */
  readonly detailsToAny: boolean;
  readonly log: Logger;
  readonly limits?: HttpLimits;
}

const plain = (status: number, body: string, headers?: Record<string, string>): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body,
  ...(headers === undefined ? {} : { headers }),
});

const notAllowed = plain(405, 'Method Not Allowed\n', { allow: 'GET, HEAD' });
const notFound = plain(404, 'Not Found\n');
const withBody = plain(413, 'Requests have no body here\n');
const forbidden = plain(403, 'Only shown on this machine: see -http.details\n');
const failed = plain(500, 'Internal Server Error\n');

/** A plain HTTP server for a handful of fixed paths: it reads nothing of a request but its method, path and query. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #limits: HttpLimits;
  readonly #server: Server;
  readonly #perAddress = new Map<string, number>();

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#limits = options.limits ?? httpLimits;
    const { headersTimeoutMs, requestTimeoutMs, keepAliveMs, maxHeaderBytes, maxConnections } = this.#limits;
    this.#server = createServer({
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: 1_000,
    });
    this.#server.maxConnections = maxConnections;
    this.#server.on('connection', (socket) => this.#admit(socket));
    this.#server.on('request', (request, response) => void this.#answer(request, response));
  }

  /** Listens; rejects with a configuration error when that fails. */
  async start(): Promise<AddressInfo> {
    const { host, port } = this.#options.address;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const place = { option: 'addr' };
        const text = `cannot listen on ${host ?? ''}:${port}: ${error.code ?? error.message}`;
        reject(new ConfigError('GF_HTTP_LISTEN', place, text, error));
      });
      this.#server.listen(host === undefined ? { port } : { port, host }, resolve);
    });
    this.#server.removeAllListeners('error');
    // without file descriptors connections fail, and nothing else: the collector goes on
    this.#server.on('error', (error) => this.#options.log.warn('HTTP server', errorFields(error)));
    return this.#server.address() as AddressInfo;
  }

  /** Stops listening; answers that are under way have `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), timeoutMs);
    await closed;
    clearTimeout(timer);
  }

  #admit(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const count = (this.#perAddress.get(address) ?? 0) + 1;
    this.#perAddress.set(address, count);
    socket.once('close', () => {
      const left = this.#perAddress.get(address)! - 1;
      if (left > 0) this.#perAddress.set(address, left);
      else this.#perAddress.delete(address);
    });
    if (count > this.#limits.maxPerAddress) socket.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#find(request);
    } catch (error) {
      this.#options.log.error('HTTP request', { path: request.url?.slice(0, 100) ?? '', ...errorFields(error) });
      answer = failed;
    }
    const { status, type, body, headers } = answer;
    const octets = Buffer.from(body);
    response.writeHead(status, {
      'content-type': type,
      'content-length': octets.length,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...headers,
      ...(hasBody(request) ? { connection: 'close' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : octets);
  }

  #find(request: IncomingMessage): Answer | Promise<Answer> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed;
    if (hasBody(request)) return withBody;
    const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(request.url ?? '') ?? [];
    const route = this.#options.routes.get(path);
    if (route === undefined) return notFound;
    if (route.details && !this.#options.detailsToAny && !isLoopback(request.socket.remoteAddress)) return forbidden;
    return route.answer(new URLSearchParams(query));
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
