import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_DATAGRAM } from '../decode/limits.ts';
import { parseAddress } from '../flow/address.ts';
import { Datagram, type Source } from './datagram.ts';
import { bindError } from './bind-error.ts';
import { findSocket, kernelBooks, ownSockets } from './kernel-books.ts';
import type { DatagramSink, Listener, ListenerInfo } from './listener.ts';
import { ReceiveClock } from './receive-clock.ts';
import { Sources } from './sources.ts';
import {
  bufferWarning,
  isWithoutIpv6,
  resolveAddress,
  v6OnlyWarning,
  type UdpAddress,
  type UdpOptions,
} from './udp-address.ts';

/** Texts of addresses that are kept with their source; all are given up together when there are more. */
const MAX_TEXTS = 8192;
/** Without the kernel's books a socket counts as read empty when nothing came for so long, milliseconds. */
const SILENCE_MS = 50;
const REOPEN_MS = 1000;
/** Places for senders by the number of their port: to compare a text costs less than its hash. */
const SENDERS = 1024;

interface Sender {
  readonly address: string;
  readonly source: Source;
}

/** The kernel lacked memory for one datagram; the socket itself is sound. */
const PASSING_ERRORS = new Set(['ENOMEM', 'ENOBUFS', 'EINTR', 'EAGAIN']);

/**
 * Receives through `node:dgram`, on every system and without any add-on.
 *
 * The runtime reads by itself, so `wait` cannot be honoured: the datagram is handed over all the same, and a sink
 * that wants to leave datagrams to the kernel blocks in `datagram()`. A batch is what one turn of the event loop
 * read, 32 datagrams at most; its receive time is that of its first one.
 *
 * Each datagram comes in memory of its own, and is copied into memory that stays: to set up a view of new memory takes
 * longer.
 */
export class UdpDgramListener implements Listener {
  readonly done: Promise<void>;
  readonly #options: UdpOptions;
  readonly #clock: ReceiveClock;
  readonly #create: typeof createSocket;
  readonly #datagram = new Datagram();
  readonly #payload = new Uint8Array(MAX_DATAGRAM + 1);
  readonly #sources = new Sources();
  readonly #texts = new Map<string, Source>();
  /** Who sent last from a port of each place. */
  readonly #senders: (Sender | undefined)[] = Array.from({ length: SENDERS });
  #sink: DatagramSink | undefined;
  #socket: Socket | undefined;
  #bound: UdpAddress | undefined;
  #inode: number | undefined;
  /** Drops of sockets that failed and were replaced, and of this one when it was last asked about. */
  #earlierDrops = 0;
  #drops: number | undefined;
  #received = 0;
  #batchOpen = false;
  #stopped: Promise<void> | undefined;
  #settle: () => void = () => {};

  constructor(options: UdpOptions, clock = new ReceiveClock(), create: typeof createSocket = createSocket) {
    this.#options = options;
    this.#clock = clock;
    this.#create = create;
    this.#datagram.setBytes(this.#payload);
    this.done = new Promise((resolve) => (this.#settle = resolve));
  }

  async start(sink: DatagramSink): Promise<ListenerInfo> {
    if (this.#sink !== undefined) throw new Error('this listener was started before');
    this.#sink = sink;
    const asked = this.#options.receiveBuffer;
    try {
      const wanted = await resolveAddress(this.#options);
      try {
        await this.#open(wanted, this.#options.port);
      } catch (error) {
        if (wanted.otherwise === undefined || !isWithoutIpv6(error)) throw error;
        await this.#open(wanted.otherwise, this.#options.port);
      }
    } catch (error) {
      throw bindError(this.#options, error);
    }
    const socket = this.#socket!;
    const granted = receiveBuffer(socket);
    return {
      address: socket.address().address,
      port: socket.address().port,
      bufferAsked: asked,
      bufferGranted: granted,
      receive: 'dgram',
      warnings: [bufferWarning(asked, granted), v6OnlyWarning(socket.address().address)].filter(
        (text) => text !== undefined,
      ),
    };
  }

  stop(drainMs: number): Promise<void> {
    return (this.#stopped ??= this.#end(drainMs));
  }

  kernelDrops(): number | undefined {
    if (this.#inode !== undefined) {
      const books = kernelBooks(this.#inode, this.#bound!.family);
      if (books !== undefined) this.#drops = books.drops;
    }
    return this.#drops === undefined ? undefined : this.#earlierDrops + this.#drops;
  }

  async #open(at: UdpAddress, port: number): Promise<void> {
    const before = ownSockets();
    const socket = this.#create({ type: at.family === 6 ? 'udp6' : 'udp4' });
    socket.on('message', this.#receive);
    try {
      socket.bind({ address: at.address, port });
      await once(socket, 'listening');
      if (this.#stopped !== undefined) throw new Error('stopped while the socket was opened');
    } catch (error) {
      socket.close();
      throw error;
    }
    askForBuffer(socket, this.#options.receiveBuffer);
    socket.on('error', (error) => this.#failed(error));
    this.#socket = socket;
    this.#bound = at;
    this.#inode = findSocket(socket.address().address, socket.address().port, before);
    this.#drops = this.#inode === undefined ? undefined : 0;
  }

  readonly #receive = (bytes: Uint8Array, from: RemoteInfo): void => {
    const sink = this.#sink!;
    const datagram = this.#datagram;
    let ends = false;
    if (!this.#batchOpen) {
      this.#batchOpen = true;
      setImmediate(this.#endBatch);
      ends = sink.poll() === 'stop';
      this.#clock.stamp(datagram.received);
    }
    this.#payload.set(bytes);
    datagram.length = bytes.length;
    const { address, port } = from;
    const sender = this.#senders[port % SENDERS];
    datagram.source = sender?.address === address ? sender.source : this.#sourceOf(address, port);
    datagram.sourcePort = port;
    this.#received++;
    sink.batch?.(1);
    sink.datagram(datagram);
    if (ends) void this.stop(0);
  };

  readonly #endBatch = (): void => {
    if (!this.#batchOpen) return;
    this.#batchOpen = false;
    this.#sink!.endOfBatch();
  };

  #sourceOf(address: string, port: number): Source {
    const source = this.#texts.get(address) ?? this.#remember(address);
    this.#senders[port % SENDERS] = { address, source };
    return source;
  }

  #remember(text: string): Source {
    const octets = parseAddress(text, true) ?? new Uint8Array(4);
    const source = this.#sources.get(octets, 0, octets.length === 16 ? 16 : 4);
    if (this.#texts.size >= MAX_TEXTS) this.#texts.clear();
    this.#texts.set(text, source);
    return source;
  }

  /** A socket that the system took away (`ss --kill`, an interface that went) is replaced on the same port. */
  #failed(error: Error): void {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const socket = this.#socket;
    if (PASSING_ERRORS.has(code) || socket === undefined || this.#stopped !== undefined) return;
    this.#sink!.warning?.(`${this.#options.uri}: ${error.message}: opening the socket again`);
    const { port } = socket.address();
    this.kernelDrops();
    this.#earlierDrops += this.#drops ?? 0;
    this.#inode = this.#socket = undefined;
    socket.close();
    void this.#reopen(port);
  }

  async #reopen(port: number): Promise<void> {
    while (this.#stopped === undefined) {
      try {
        await this.#open(this.#bound!, port);
        return;
      } catch (error) {
        this.#sink!.warning?.(bindError(this.#options, error).message);
        await sleep(REOPEN_MS, undefined, { ref: false });
      }
    }
  }

  async #end(drainMs: number): Promise<void> {
    const deadline = performance.now() + drainMs;
    while (this.#socket !== undefined && performance.now() < deadline && !(await this.#isEmpty()));
    const socket = this.#socket;
    if (socket !== undefined) {
      this.kernelDrops();
      this.#socket = this.#inode = undefined;
      socket.close();
      await once(socket, 'close');
    }
    this.#endBatch();
    this.#settle();
  }

  /** Whether nothing waits in the kernel any more; gives the event loop time to read when something does. */
  async #isEmpty(): Promise<boolean> {
    if (this.#inode === undefined) {
      const before = this.#received;
      await sleep(SILENCE_MS);
      return this.#received === before;
    }
    const books = kernelBooks(this.#inode, this.#bound!.family);
    if (books === undefined || books.queued === 0) return true;
    await sleep(1);
    return false;
  }
}

/** Linux caps the size without a word; others refuse, so that smaller ones are tried. */
function askForBuffer(socket: Socket, size: number): void {
  for (let ask = size; ask >= 4096; ask = Math.floor(ask / 2)) {
    try {
      socket.setRecvBufferSize(ask);
      return;
    } catch {
      // too large for this system
    }
  }
}

/** Octets that the kernel grants. Linux doubles the number for its own overhead and reports it doubled. */
function receiveBuffer(socket: Socket): number {
  const size = socket.getRecvBufferSize();
  return process.platform === 'linux' ? size / 2 : size;
}
