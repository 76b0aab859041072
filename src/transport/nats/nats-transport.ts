import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Msg } from '@nats-io/transport-node';
import { parseSubjectPattern } from '../../format/subject-pattern.ts';
import type { SubjectPattern } from '../../format/subject-pattern.ts';
import type { Batch, Framing, Transport, TransportContext, TransportStatus } from '../transport.ts';
import type { Connection } from './connection.ts';
import type { Link } from './link.ts';
import { Publisher } from './publisher.ts';
import { parseServers } from './server-list.ts';
import type { Session } from './session.ts';
import type { NatsSettings } from './settings.ts';
import type { StreamFacts } from './stream.ts';
import { TroubleLog } from './trouble-log.ts';
import type { TroubleReport } from './trouble.ts';

/** How the transport is set up. */
export interface NatsTransportOptions extends NatsSettings {
  /** Written between flows that share a message. */
  readonly separator: string;
}

const ACK_TIMEOUT_MS = 5_000;
/** More than this in flight makes nothing faster. */
const WINDOW_OCTETS = 8 * 1024 * 1024;
const TICK_MS = 100;
/** Pauses between looks at a stream that is not as it should be. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** Closing the connection at the end. */
const CLOSE_MS = 500;
/** A flow a message above this rate is dear for the server, which keeps the id of each. */
const DEAR_RATE = 20_000;
const RATE_MS = 10_000;

interface Waiting {
  readonly batch: Batch;
  readonly done: () => void;
}

/**
 * Publishes flow messages to a JetStream stream, each one until it is acknowledged. While NATS is away or slow they wait
 * in a bounded buffer; an outage shorter than the stream's duplicate window loses nothing and leaves nothing twice.
 *
 *     worker batches -> Publisher (backlog, window, acks) -> Session (socket) -> NATS
 *                                                            Connection makes sessions, one after the other
 */
export class NatsTransport implements Transport {
  readonly framing: Framing;
  readonly #options: NatsTransportOptions;
  readonly #context: TransportContext;
  readonly #pattern: SubjectPattern;
  readonly #publisher: Publisher;
  readonly #troubles: TroubleLog;
  readonly #inbox: string;
  /** Batches of senders that wait, until there is room for them. */
  readonly #waiting: Waiting[] = [];
  #connection: Connection | undefined;
  #session: Session | undefined;
  #attached = false;
  #facts: StreamFacts | undefined;
  #ticking: NodeJS.Timeout | undefined;
  #lingering: NodeJS.Timeout | undefined;
  #pumping = false;
  #stopped = false;
  #overflowToldAt = -Infinity;
  #rateFrom = { at: 0, flows: 0 };
  #rateTold = false;

  /**
   * @throws ConfigError for settings that cannot be.
   */
  constructor(options: NatsTransportOptions, context: TransportContext) {
    this.#options = options;
    this.#context = context;
    this.#pattern = parseSubjectPattern(options.subject, 'transport.nats.subject');
    parseServers(options.servers, 'transport.nats.servers');
    this.framing = {
      separator: new TextEncoder().encode(options.batchFlows > 1 ? options.separator : ''),
      subjects: this.#pattern.isPlain ? undefined : { pattern: this.#pattern.text, max: options.subjectsMax },
    };
    this.#troubles = new TroubleLog(context.log, now);
    // Nobody else ever has this number, so ids of two collectors, or of two runs of one, cannot be the same.
    const boot = randomBytes(8).toString('hex');
    this.#inbox = `${options.inboxPrefix}.${boot}`;
    this.#publisher = new Publisher(
      {
        stream: options.stream.name,
        subject: this.#pattern.text,
        replyPrefix: `${this.#inbox}.`,
        idPrefix: `${instanceName()}-${boot}-`,
        windowMessages: options.window,
        windowOctets: Math.min(WINDOW_OCTETS, options.bufferBytes),
        bufferOctets: options.bufferBytes,
        batchFlows: options.batchFlows,
        batchOctets: options.batchBytes,
        lingerMs: options.lingerMs,
        ackTimeoutMs: ACK_TIMEOUT_MS,
      },
      context.counters,
      {
        check: () => this.#check(),
        trouble: (report) => this.#troubles.report(report),
        recovered: () => this.#troubles.recovered(),
        overflowed: () => this.#tellOverflow(),
      },
      now,
    );
  }

  async start(): Promise<void> {
    // The client library is loaded by those who use it alone.
    const { Connection } = await import('./connection.ts');
    this.#connection = new Connection(
      this.#options,
      { use: (session) => this.#use(session), trouble: (report) => this.#troubles.report(report) },
      this.#context.log,
    );
    this.#connection.start();
    this.#rateFrom.at = now();
    this.#ticking = setInterval(this.#tick, TICK_MS);
  }

  send(batch: Batch, done: () => void): void {
    if (this.#stopped) {
      this.#context.counters.add('flows_dropped:shutdown_timeout', batch.count);
      done();
    } else if (batch.waits === true && (this.#waiting.length > 0 || !this.#hasRoom())) {
      this.#waiting.push({ batch, done });
    } else {
      this.#publisher.take(batch);
      this.#armLinger();
      done();
    }
  }

  async reopen(): Promise<void> {
    await this.#connection?.reload();
  }

  status(): TransportStatus {
    const { current } = this.#troubles;
    const ready = this.#attached && this.#publisher.trouble === undefined;
    const { messages, octets } = this.#publisher.inFlight;
    return {
      ready,
      reason: ready
        ? undefined
        : current === undefined
          ? 'connecting to NATS'
          : `${current.trouble}: ${current.detail}`,
      gauges: {
        nats_connected: this.#session === undefined ? 0 : 1,
        nats_tls_insecure: this.#options.tls.insecure ? 1 : 0,
        nats_window_messages: messages,
        nats_window_bytes: octets,
        nats_buffer_flows: this.#publisher.flows,
        nats_buffer_bytes: this.#publisher.octets,
      },
      histograms: { nats_ack_seconds: this.#publisher.latency },
    };
  }

  async stop(timeoutMs: number): Promise<void> {
    const deadline = now() + timeoutMs - CLOSE_MS;
    while (this.#connection !== undefined && now() < deadline) {
      this.#admitWaiting();
      if (this.#waiting.length === 0) this.#publisher.close();
      if (this.#publisher.flows === 0 && this.#waiting.length === 0) break;
      await sleep(5); // eslint-disable-line no-await-in-loop
    }
    this.#stopped = true;
    clearInterval(this.#ticking);
    clearTimeout(this.#lingering);
    for (const { batch } of this.#waiting) {
      this.#context.counters.add('flows_dropped:shutdown_timeout', batch.count);
    }
    this.#waiting.length = 0;
    this.#publisher.abandon('shutdown_timeout');
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
    await Promise.race([this.#connection?.stop(), timeout]);
    clearTimeout(timer);
  }

  /** Uses a connection until it is closed. */
  async #use(session: Session): Promise<void> {
    this.#session = session;
    this.#context.counters.add('nats_connections');
    session.onPermissionDenied = (operation, subject, detail) => this.#denied(session, operation, subject, detail);
    try {
      await this.#attach(session);
      await session.closed;
    } catch (error) {
      await session.close(error instanceof Error ? error.message : String(error));
    } finally {
      this.#session = undefined;
      this.#attached = false;
      this.#publisher.detach();
    }
  }

  /** Listens for answers, waits until the stream is as it should be, and lets the publisher send. */
  async #attach(session: Session): Promise<void> {
    const prefix = this.#inbox.length + 1;
    session.nc.subscribe(`${this.#inbox}.*`, {
      callback: (error: Error | null, message: Msg) => {
        if (error === null) this.#onAnswer(Number(message.subject.slice(prefix)), message.data);
      },
    });
    await session.nc.flush();
    let pause = FIRST_PAUSE_MS;
    for (let report; (report = await this.#check()) !== undefined;) {
      if (session.nc.isClosed()) return;
      this.#troubles.report(report);
      await Promise.race([sleep(pause, undefined, { ref: false }), session.closed]); // eslint-disable-line no-await-in-loop
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
    if (session.nc.isClosed() || this.#stopped) return;
    this.#attached = true;
    this.#troubles.recovered();
    this.#publisher.attach(this.#link(session));
    this.#armLinger();
  }

  #link(session: Session): Link {
    const { socket } = session;
    const maxPayload = Math.min(session.maxPayload, this.#facts?.maxMessage ?? Infinity);
    return {
      maxPayload,
      duplicateWindowMs: this.#facts?.duplicateWindowMs,
      get queued() {
        return socket.queued;
      },
      write: (octets, done) => socket.write(octets, done),
    };
  }

  /** Looks at the stream; what is wrong with it, or undefined. */
  async #check(): Promise<TroubleReport | undefined> {
    const session = this.#session;
    if (session === undefined) return { trouble: 'unreachable', detail: '' };
    const { StreamProblem, ensureStream } = await import('./stream.ts');
    try {
      this.#facts = await ensureStream(session.nc, this.#options.stream, this.#pattern, this.#context.log);
      return undefined;
    } catch (error) {
      return error instanceof StreamProblem ? error.report : { trouble: 'api_failed', detail: String(error) };
    }
  }

  #onAnswer(number: number, octets: Uint8Array): void {
    this.#publisher.answer(number, octets);
    if (this.#pumping) return;
    this.#pumping = true;
    // Answers come many at a time: what they make room for is sent once, behind the last of them.
    queueMicrotask(() => {
      this.#pumping = false;
      this.#publisher.poll();
      this.#admitWaiting();
      this.#armLinger();
    });
  }

  #denied(session: Session, operation: string, subject: string, detail: string): void {
    if (operation === 'publish') {
      this.#publisher.permissionDenied(subject, detail);
    } else if (subject.startsWith(this.#inbox)) {
      // Without answers nothing can be delivered. Permissions may change: the next connection asks again.
      this.#troubles.report({ trouble: 'no_permission', detail: `${detail}: answers could not come` });
      void session.close(detail);
    }
  }

  readonly #tick = (): void => {
    this.#publisher.tick();
    this.#admitWaiting();
    this.#armLinger();
    this.#watchRate();
  };

  /** Wakes up when flows have waited long enough for company. */
  #armLinger(): void {
    if (this.#lingering !== undefined) return;
    const wait = this.#publisher.untilReady();
    if (wait === undefined) return;
    this.#lingering = setTimeout(() => {
      this.#lingering = undefined;
      this.#publisher.poll();
      this.#armLinger();
    }, Math.ceil(wait));
  }

  #hasRoom(): boolean {
    return this.#publisher.octets <= this.#options.bufferBytes / 2;
  }

  #admitWaiting(): void {
    while (this.#waiting.length > 0 && this.#hasRoom()) {
      const { batch, done } = this.#waiting.shift()!;
      this.#publisher.take(batch);
      done();
    }
  }

  #tellOverflow(): void {
    if (now() - this.#overflowToldAt < 60_000) return;
    this.#overflowToldAt = now();
    this.#context.log.error('NATS: the buffer is full, the oldest flows are dropped and counted as buffer_full', {
      option: 'transport.nats.buffer',
      bytes: this.#options.bufferBytes,
    });
  }

  /** Recommends several flows a message where it matters. */
  #watchRate(): void {
    if (this.#rateTold || this.#options.batchFlows > 1) return;
    const passed = now() - this.#rateFrom.at;
    if (passed < RATE_MS) return;
    const flows = this.#context.counters.get('flows_delivered');
    const rate = ((flows - this.#rateFrom.flows) / passed) * 1000;
    this.#rateFrom = { at: now(), flows };
    if (rate <= DEAR_RATE) return;
    this.#rateTold = true;
    this.#context.log.warn('NATS: at this rate one flow a message is dear for the server, several are not', {
      flows_per_second: Math.round(rate),
      recommended: '-transport.nats.batch.flows=64',
    });
  }
}

const now = (): number => performance.now();

/** The beginning of message ids: tells people which collector they are from. */
function instanceName(): string {
  const safe = hostname()
    .replace(/[^A-Za-z0-9_.-]/g, '_')
    .slice(0, 24);
  return safe === '' ? 'goflow2plus' : safe;
}
