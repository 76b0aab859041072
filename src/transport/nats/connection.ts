import type { Logger } from '../../log/logger.ts';
import { dialFailure } from './dial-failure.ts';
import { readIdentity, sessionParts } from './identity.ts';
import type { Environment, Identity } from './identity.ts';
import { parseServers, showServer } from './server-list.ts';
import type { NatsServer, ServerList } from './server-list.ts';
import { Session } from './session.ts';
import type { NatsConnectionSettings } from './settings.ts';
import type { TroubleReport } from './trouble.ts';

/** Pause after all servers were tried in vain: the first one, and the longest one. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 1_500;
/** The longest one where trying again soon helps nobody: wrong credentials, wrong certificates. */
const LONGEST_REFUSED_PAUSE_MS = 10_000;
/** A connection that lasted shorter than this counts as an attempt in vain. */
const STABLE_MS = 2_000;

export interface ConnectionEvents {
  /** Uses a session; the next one is made after this has settled and the session is closed. */
  use(session: Session): Promise<void>;
  trouble(report: TroubleReport): void;
}

/**
 * Keeps a connection to NATS: one session after the other, on any of the servers, for as long as the program lives. It
 * never gives up. Credentials and certificates are read anew for each attempt, so that changed ones are used.
 */
export class Connection {
  readonly #settings: NatsConnectionSettings;
  readonly #events: ConnectionEvents;
  readonly #log: Logger;
  readonly #list: ServerList;
  readonly #environment: Environment;
  /** Servers that a session has told of. */
  #discovered: readonly NatsServer[] = [];
  #last: NatsServer | undefined;
  #identity: Identity | undefined;
  #session: Session | undefined;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #stopped = false;

  constructor(
    settings: NatsConnectionSettings,
    events: ConnectionEvents,
    log: Logger,
    environment: Environment = process.env,
  ) {
    this.#settings = settings;
    this.#events = events;
    this.#log = log;
    this.#environment = environment;
    this.#list = parseServers(settings.servers, 'transport.nats.servers');
  }

  /** Reads credentials and certificates, then begins to connect. Throws when one of them cannot be read. */
  start(): void {
    const { tls } = this.#settings;
    if (this.#list.credentials !== undefined) {
      this.#log.warn('credentials stand in the URL of a NATS server, where other users of this machine can see them', {
        better: '-transport.nats.creds, .nkey_file, .token_file or .password_file',
      });
    }
    if (tls.insecure) this.#log.warn('certificates of NATS servers are not verified (transport.nats.tls.insecure)');
    this.#identity = this.#readIdentity();
    this.#running = this.#run();
  }

  /** Reads credentials and certificates again; connects anew where they have changed. */
  async reload(): Promise<void> {
    const before = this.#identity?.digest;
    try {
      this.#identity = this.#readIdentity();
    } catch (error) {
      this.#log.error('credentials for NATS cannot be read, going on with the old ones', { error: String(error) });
      return;
    }
    if (this.#identity.digest === before) return;
    this.#log.info('credentials for NATS have changed: connecting anew');
    await this.#session?.close('credentials have changed');
  }

  /** Closes the session and makes no other. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#session?.close('stopped');
    await this.#running;
  }

  async #run(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!this.#stopped) {
      const began = performance.now();
      const outcome = await this.#connect(); // eslint-disable-line no-await-in-loop
      let longest = LONGEST_PAUSE_MS;
      if (outcome instanceof Session) {
        await this.#use(outcome); // eslint-disable-line no-await-in-loop
        if (performance.now() - began >= STABLE_MS) pause = FIRST_PAUSE_MS;
      } else if (outcome !== undefined) {
        this.#events.trouble(outcome);
        if (outcome.trouble !== 'unreachable') longest = LONGEST_REFUSED_PAUSE_MS;
      }
      await this.#sleep(Math.min(pause, longest) * (0.8 + 0.4 * Math.random())); // eslint-disable-line no-await-in-loop
      pause = Math.min(2 * pause, longest);
    }
  }

  /** A session with the first server that can be reached; else what was in the way, undefined when stopped. */
  async #connect(): Promise<Session | TroubleReport | undefined> {
    let worst: TroubleReport | undefined;
    for (const server of this.#candidates()) {
      if (this.#stopped) return undefined;
      this.#last = server;
      try {
        return await this.#open(server); // eslint-disable-line no-await-in-loop
      } catch (error) {
        const { trouble, detail } = dialFailure(error);
        const report = { trouble, detail: `${showServer(server)}: ${detail}` };
        if (worst === undefined || worst.trouble === 'unreachable') worst = report;
      }
    }
    return worst;
  }

  async #open(server: NatsServer): Promise<Session> {
    this.#identity = readIdentity(this.#settings, this.#list, this.#environment);
    return Session.open(sessionParts(server, this.#identity, this.#settings));
  }

  async #use(session: Session): Promise<void> {
    this.#session = session;
    this.#log.info('connected to NATS', {
      server: showServer(session.server),
      server_name: session.nc.info?.server_name,
      version: session.nc.info?.version,
      tls: session.socket.isEncrypted(),
    });
    session.onLameDuck = () => {
      if (this.#candidates().length > 1) void session.close('the server is about to stop');
    };
    if (this.#stopped) await session.close('stopped');
    session.onServers = () => (this.#discovered = session.otherServers);
    session.onServers();
    const work = this.#events.use(session);
    const reason = await session.closed;
    this.#session = undefined;
    await work;
    if (!this.#stopped) this.#log.warn('connection to NATS lost', { server: showServer(session.server), reason });
  }

  /** All servers that are known, the one that was tried last at the end. */
  #candidates(): NatsServer[] {
    const { servers } = this.#list;
    const known = new Map<string, NatsServer>();
    for (const server of [...servers, ...this.#discovered]) {
      const name = showServer(server);
      if (!known.has(name)) known.set(name, server);
    }
    const all = [...known.values()];
    const last = all.findIndex((server) => this.#last !== undefined && showServer(server) === showServer(this.#last));
    // Many collectors with the same list begin with different servers.
    const first = last < 0 ? Math.floor(Math.random() * all.length) : last + 1;
    return [...all.slice(first), ...all.slice(0, first)];
  }

  #readIdentity(): Identity {
    const identity = readIdentity(this.#settings, this.#list, this.#environment);
    for (const warning of identity.warnings) this.#log.warn(warning);
    return identity;
  }

  #sleep(milliseconds: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
