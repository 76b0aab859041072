import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { GoFlowError } from '../config/errors.ts';
import type { ListenTarget, UdpTarget } from '../listen/listen-target.ts';
import type { ListenerInfo } from '../listen/listener.ts';
import { chooseReceive } from '../listen/receive.ts';
import { closeUdpSocket, openUdpSockets } from '../listen/udp-socket.ts';
import type { UdpSocket } from '../listen/udp-socket.ts';
import type { Logger } from '../log/logger.ts';
import { MuteStates } from '../log/mute.ts';
import { Counters, counterIndex } from '../metrics/counters.ts';
import { PlaceBooks } from '../metrics/place-books.ts';
import { nameOf, queueBytesOf, threadsOf } from './listener-settings.ts';
import { settleLost } from './lost-worker.ts';
import type { ChainSettings, Fault, FromWorker, WorkerSource } from './messages.ts';
import { problemClasses } from './problems.ts';
import type { StateNews } from './state/news.ts';
import { WATCH_MS, WorkerHandle } from './worker-handle.ts';
import type { WorkerSettings } from './worker-handle.ts';

const KERNEL_DROPS = counterIndex('kernel_drops');

/** How long a worker gets to end orderly where its source is gone. */
const PEER_STOP_MS = 1000;

/**
 * Between the end of one worker and the start of the next one in its place, where that one had replaced another so
 * short a time before: the first one is replaced at once.
 */
const RESTART_PAUSE_MS = 300;
const AGAIN_MS = 1500;

/** What the group is given by the collector. */
export interface GroupContext {
  /** As they are at the moment: a worker that is replaced may begin with others than the first one. */
  readonly settings: () => Omit<ChainSettings, 'accepts'> &
    Pick<WorkerSettings, 'errCount' | 'errIntervalMs' | 'parts'>;
  readonly log: Logger;
  /** Everything that a worker says but its start, its stop and its end. */
  readonly onMessage: (message: FromWorker, worker: WorkerHandle) => void;
  /** All listeners of the group have come to their end by themselves. */
  readonly onEnded: (error: string | undefined) => void;
  /** What is known of exporters, for a worker that begins. */
  readonly state: () => Iterable<StateNews>;
  readonly fault?: Fault | undefined;
}

/** One worker's place in the group; who fills it changes when a worker has to be replaced. */
interface Place {
  readonly index: number;
  /** Whether it only receives, for the others. */
  readonly receives: boolean;
  /** Where the next one in this place gets its datagrams from. */
  source: () => WorkerSource;
  worker: WorkerHandle;
  /** They outlive the worker. */
  readonly books: PlaceBooks;
  /** Settles what is waited for: `ready`, then `started`, then `stopped`. */
  answer: { resolve: (message: FromWorker) => void; reject: (error: Error) => void } | undefined;
  ended: boolean;
  /** Workers that there have been in it, with the one that there is. */
  spawned: number;
  startedAt: number;
  /** When the last one that was lost was replaced. */
  replacedAt: number;
}

/**
 * The workers of one element of `-listen`.
 *
 * With `recvmmsg` each worker reads a socket of its own, which this thread has opened and lends to whoever fills the
 * place: a worker that is replaced loses nothing of what the kernel holds. With `node:dgram` one worker reads the
 * socket; where several decode, it reads for them all and they get what it hands on.
 */
export class ListenerGroup {
  readonly listen: ListenTarget;
  readonly #context: GroupContext;
  readonly #places: Place[] = [];
  /** What workers that are no more have counted, and what was lost with them. */
  readonly #retired = new Counters();
  readonly #muteStates = MuteStates.memory(problemClasses);
  #sockets: UdpSocket[] = [];
  #watch: NodeJS.Timeout | undefined;
  /** The port in use, once it is known: where any was asked for, whoever comes later takes the same one. */
  #port: number | undefined;
  #info: ListenerInfo | undefined;
  #stopping = false;

  constructor(listen: ListenTarget, context: GroupContext) {
    this.listen = listen;
    this.#context = context;
  }

  get workers(): WorkerHandle[] {
    return this.#places.map(({ worker }) => worker);
  }

  /** Starts all workers; resolves with what became of the socket. */
  async start(): Promise<ListenerInfo> {
    const { listen } = this;
    const receive = listen.scheme === 'file' ? 'replay' : await chooseReceive(listen);
    const threads = threadsOf(listen);
    for (let i = 0; i < threads; i++) this.#addPlace(false);
    if (receive === 'dgram' && threads > 1) this.#addPlace(true);
    await Promise.all(this.#places.map((place) => this.#expect(place)));
    await this.#giveSources(receive);
    // The last one first: where it receives for the others, it makes their sources.
    const infos = await Promise.all([...this.#places].reverse().map((place) => this.#begin(place)));
    this.#port = infos[0]!.port;
    this.#info = infos[0]!;
    this.#watch = setInterval(() => this.#lookAfter(), WATCH_MS).unref();
    return infos[0]!;
  }

  /** Lets all workers read what the kernel holds and hand over what they have; those that do not are ended. */
  async stop(drainMs: number, timeoutMs: number): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#watch);
    const running = this.#places.filter(({ worker }) => !worker.ended);
    const stopped = running.map((place) => {
      const answer = this.#expect(place).catch(() => undefined);
      place.worker.post({ kind: 'stop', drainMs });
      return answer;
    });
    await within(Promise.all(stopped), timeoutMs);
    for (const { worker } of running) {
      if (worker.ended) continue;
      await worker.terminate();
      settleLost(worker, this.#retired, 'shutdown');
    }
    await Promise.all(this.#sockets.map(closeUdpSocket));
  }

  /** Ends all workers at once, after a failed start. */
  async abandon(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.workers.map((worker) => worker.terminate()));
    await Promise.all(this.#sockets.map(closeUdpSocket));
  }

  /** What became of the socket, once it is open. */
  get info(): ListenerInfo | undefined {
    return this.#info;
  }

  /** What was counted in each place. */
  get books(): PlaceBooks[] {
    return this.#places.map(({ books }) => books);
  }

  /** Adds what the workers of the group have counted. */
  addTo(counters: Counters): void {
    counters.merge(this.#retired);
    for (const { worker } of this.#places) counters.merge(worker.counters);
  }

  #addPlace(receives: boolean): void {
    const place: Place = {
      index: this.#places.length,
      receives,
      source: () => {
        throw new Error('no source yet');
      },
      worker: undefined as never,
      books: new PlaceBooks(),
      answer: undefined,
      ended: false,
      spawned: 0,
      startedAt: 0,
      replacedAt: -Infinity,
    };
    place.worker = this.#spawn(place);
    this.#places.push(place);
  }

  #spawn(place: Place): WorkerHandle {
    const { listen } = this;
    const { fault } = this.#context;
    const threads = threadsOf(listen);
    return new WorkerHandle(
      `${listen.scheme} ${place.index}`,
      {
        ...this.#context.settings(),
        muteStates: this.#muteStates,
        accepts: listen.scheme === 'file' ? 'flow' : listen.scheme,
        poolBytes: Math.floor(queueBytesOf(listen) / threads),
        blocking: listen.scheme !== 'file' && listen.blocking,
        fault: place.spawned++ < (fault?.times ?? 1) ? fault : undefined,
      },
      place.books,
      {
        message: (message, worker) => this.#onMessage(message, worker, place),
        crashed: (reason, worker) => this.#onCrash(reason, worker, place),
      },
    );
  }

  async #giveSources(receive: 'replay' | 'dgram' | 'mmsg'): Promise<void> {
    const { listen } = this;
    const places = this.#places;
    if (listen.scheme === 'file') {
      places[0]!.source = () => ({ kind: 'replay', target: listen });
    } else if (receive === 'mmsg') {
      this.#sockets = await openUdpSockets(listen, places.length, listen.spread);
      for (const [i, socket] of this.#sockets.entries()) places[i]!.source = () => ({ kind: 'socket', socket });
    } else if (places.length === 1) {
      places[0]!.source = () => ({ kind: 'dgram', target: this.#onSamePort(listen) });
    } else {
      const receiver = places.at(-1)!;
      receiver.source = () => {
        const ports = places.slice(0, -1).map((place) => {
          const { port1, port2 } = new MessageChannel();
          place.source = () => ({ kind: 'port', port: port2 });
          return port1;
        });
        return { kind: 'spread', target: this.#onSamePort(listen), ports, queueBytes: queueBytesOf(listen) };
      };
    }
  }

  #onSamePort(listen: UdpTarget): UdpTarget {
    return { ...listen, port: this.#port ?? listen.port };
  }

  /** Gives the worker in a place its source; resolves when it receives. */
  async #begin(place: Place): Promise<ListenerInfo> {
    place.startedAt = performance.now();
    for (const news of this.#context.state()) place.worker.post({ kind: 'news', news });
    const answer = this.#expect(place);
    const source = place.source();
    place.worker.post({ kind: 'start', source }, portsOf(source));
    const message = await answer;
    if (message.kind !== 'started') throw new GoFlowError('GF_WORKER_START', `unexpected ${message.kind}`);
    return message.info;
  }

  #expect(place: Place): Promise<FromWorker> {
    return new Promise((resolve, reject) => (place.answer = { resolve, reject }));
  }

  #onMessage(message: FromWorker, worker: WorkerHandle, place: Place): void {
    switch (message.kind) {
      case 'ready':
      case 'started':
      case 'stopped':
        place.answer?.resolve(message);
        break;
      case 'failed':
        place.answer?.reject(new GoFlowError(message.code, message.message));
        break;
      case 'ended':
        place.ended = true;
        if (message.error !== undefined) {
          this.#context.log.error('listener ended', { listen: nameOf(this.listen), error: message.error });
        }
        if (!this.#stopping && this.#places.every(({ ended }) => ended)) this.#context.onEnded(message.error);
        break;
      default:
        this.#context.onMessage(message, worker);
    }
  }

  #lookAfter(): void {
    for (const place of this.#places) {
      const { worker } = place;
      if (!worker.hangs()) continue;
      void worker.terminate().then(() => this.#replace(place, worker, 'it hangs', 'worker_timeout'));
    }
  }

  #onCrash(reason: string, worker: WorkerHandle, place: Place): void {
    if (place.answer !== undefined) place.answer.reject(new GoFlowError('GF_WORKER_START', reason));
    if (place.startedAt > 0) void this.#replace(place, worker, reason, 'worker_crash');
  }

  /** Counts what was lost with a worker and puts a new one in its place. */
  async #replace(
    place: Place,
    lost: WorkerHandle,
    why: string,
    reason: 'worker_crash' | 'worker_timeout',
  ): Promise<void> {
    // What the kernel drops on a socket that stays is counted by whoever reads it next, from the beginning.
    if (this.#sockets.length > 0) lost.counters.values[KERNEL_DROPS] = 0;
    settleLost(lost, this.#retired, reason);
    lost.counters.values.fill(0); // they are in #retired now
    if (this.#stopping) return;
    const which = { listen: nameOf(this.listen), worker: place.index };
    this.#context.log.error('worker lost, starting another one', { ...which, reason: why });
    this.#retired.add('worker_restarts');
    if (performance.now() - place.replacedAt < AGAIN_MS) await pause(RESTART_PAUSE_MS);
    place.replacedAt = performance.now();
    try {
      place.worker = this.#spawn(place);
      await this.#expect(place);
      if (place.receives) {
        await this.#replaceAllPeers(place);
      } else {
        this.#offerToReceiver(place);
        await this.#begin(place);
      }
      this.#context.log.info('worker replaced', which);
    } catch (error) {
      if (this.#stopping) return;
      this.#context.log.error('worker could not be replaced', { listen: nameOf(this.listen), error: String(error) });
      if (!place.worker.ended) await place.worker.terminate();
      await pause(RESTART_PAUSE_MS);
      await this.#replace(place, place.worker, 'it did not start', 'worker_crash');
    }
  }

  /** Tells the worker that receives for the others of the new one among them. */
  #offerToReceiver(place: Place): void {
    const receiver = this.#places.find(({ receives }) => receives);
    if (receiver === undefined) return;
    const { port1, port2 } = new MessageChannel();
    place.source = () => ({ kind: 'port', port: port2 });
    receiver.worker.post({ kind: 'peer', index: place.index, port: port1 }, [port1]);
  }

  /** Without the worker that received for them, the others have no source: they end orderly and are replaced too. */
  async #replaceAllPeers(receiver: Place): Promise<void> {
    for (const place of this.#places) {
      if (place === receiver) continue;
      const { worker } = place;
      const stopped = this.#expect(place);
      worker.post({ kind: 'stop', drainMs: 0 });
      await within(stopped, PEER_STOP_MS);
      if (!worker.ended) await worker.terminate();
      settleLost(worker, this.#retired, 'worker_crash');
      worker.counters.values.fill(0);
      place.worker = this.#spawn(place);
      await this.#expect(place);
    }
    const started = this.#begin(receiver);
    for (const place of this.#places) if (place !== receiver) await this.#begin(place);
    await started;
  }
}

function portsOf(source: WorkerSource): MessagePort[] {
  if (source.kind === 'port') return [source.port];
  return source.kind === 'spread' ? [...source.ports] : [];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits for a promise, but not longer than that. */
export async function within(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
  clearTimeout(timer);
}
