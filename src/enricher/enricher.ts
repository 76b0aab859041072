import { GeoIpEnricher } from '../enrich/geoip/geoip-enricher.ts';
import type { AsnOverwrite } from '../enrich/geoip/geoip-enricher.ts';
import { LiveDatabases } from '../enrich/live/live-databases.ts';
import type { DatabasePaths } from '../enrich/live/live-databases.ts';
import type { Logger } from '../log/logger.ts';
import { Counters, counterIndex } from '../metrics/counters.ts';
import { flowDrops } from '../metrics/reasons.ts';
import type { FlowDrop } from '../metrics/reasons.ts';
import { BatchMemory } from '../pipeline/batch-memory.ts';
import { BatchPool } from '../pipeline/batch-pool.ts';
import { FlowSubjects } from '../pipeline/flow-subjects.ts';
import { reloadAll } from '../pipeline/reload.ts';
import { SubjectLimit } from '../pipeline/subject-limit.ts';
import { buildTransport } from '../pipeline/transports.ts';
import * as natsParts from '../pipeline/nats-parts.ts';
import type { TransportOptions } from '../pipeline/transports.ts';
import type { Transport } from '../transport/transport.ts';
import { FlowEnrichment } from './flow-enrichment.ts';
import type { Input } from './input.ts';
import { MESSAGE_MAX, MessageStream } from './message-stream.ts';

/** Octets of messages between the input and the output. */
const POOL_BYTES = 16 * 1024 * 1024;

/** Room for the longest message and what is read at once. */
const STREAM_BYTES = 2 * MESSAGE_MAX;

const STOP_MS = 9_000;

const READ = counterIndex('messages_read');

/** What the enricher is made of. */
export interface EnricherOptions {
  readonly databases: DatabasePaths;
  readonly overwrite: AsnOverwrite;
  /** Sampling rate of every message; 0: as it is. */
  readonly samplingRate: number;
  /** `json`, `text` or `bin`. */
  readonly format: string;
  readonly transport: TransportOptions;
}

/**
 * Reads flow messages from a stream, adds what the databases have about them, and hands them to a transport. It reads
 * no faster than the output takes.
 */
export class EnricherProgram {
  readonly counters = new Counters();
  readonly #input: Input;
  readonly #log: Logger;
  readonly #enricher: GeoIpEnricher;
  readonly #databases: LiveDatabases | undefined;
  readonly #transport: Transport;
  readonly #pool: BatchPool;
  readonly #flows: FlowEnrichment;
  readonly #stream = new MessageStream(STREAM_BYTES);
  #stopReason: string | undefined;
  #damaged = false;
  /** Nobody reads the output any more. */
  #gone = false;
  /** Lets a reader that waits for room go on. */
  #wake: () => void = () => {};

  constructor(options: EnricherOptions, input: Input, log: Logger) {
    this.#input = input;
    this.#log = log;
    const { counters } = this;
    const onGone = (): void => {
      this.#gone = true;
      this.stop('nobody reads the output any more');
    };
    this.#transport = buildTransport(options.transport, options.format, { counters, log, onGone }, natsParts);
    const { separator, subjects } = this.#transport.framing;
    const known =
      subjects && new FlowSubjects({ ...subjects, key: [], memory: SubjectLimit.memory(subjects.max) }, counters);
    const memory = BatchMemory.of(POOL_BYTES);
    this.#pool = new BatchPool(
      memory,
      (batch) => {
        counters.add('flows_sent', batch.count);
        this.#transport.send({ ...batch, buffer: memory.bufferOf(batch), waits: true }, () => {
          memory.release(batch);
          this.#wake();
        });
      },
      known && ((number) => known.text(number)),
    );
    const enricher = new GeoIpEnricher({ asn: undefined, country: undefined }, options.overwrite, counters);
    this.#databases = LiveDatabases.of(options.databases, {
      counters,
      log,
      onTables: (tables) => enricher.use(tables),
    });
    const source = this.#stream.view;
    const parts = { enricher, source, pool: this.#pool, separator, subjects: known, counters };
    this.#flows = new FlowEnrichment(options, parts);
    this.#enricher = enricher;
  }

  /**
   * Runs to the end of the input, or until {@link stop}.
   *
   * @returns whether all that was read was whole, and all of it delivered to whoever still reads
   * @throws GoFlowError when it cannot begin
   */
  async run(): Promise<boolean> {
    try {
      await this.#databases?.start();
      if (this.#databases !== undefined) this.#enricher.use(this.#databases.tables);
      await this.#transport.start();
      await this.#readAll();
    } finally {
      await this.#databases?.stop();
      this.#flows.flush();
      this.#pool.flush();
      await this.#transport.stop(STOP_MS);
    }
    this.#tellBooks();
    return this.#tellLosses() === 0 && !this.#damaged;
  }

  /** Takes nothing more from the input, and delivers what was taken. */
  stop(reason: string): void {
    if (this.#stopReason !== undefined) return;
    this.#stopReason = reason;
    this.#log.info('stopping', { reason });
    this.#input.destroy();
    this.#wake();
  }

  /** Reads the databases again and reopens the output (SIGHUP). */
  async reload(): Promise<void> {
    const databases = this.#databases;
    const parts = databases === undefined ? [] : [{ name: 'databases', prepare: () => databases.prepare() }];
    await Promise.all([reloadAll(parts, this.counters, this.#log), this.#transport.reopen()]);
  }

  async #readAll(): Promise<void> {
    try {
      for await (const chunk of this.#input) {
        this.#stream.push(chunk);
        if (!(await this.#takeMessages())) return;
      }
      this.#stream.end();
      if (!(await this.#takeMessages())) return;
    } catch (error) {
      if (this.#stopReason === undefined) throw error;
    }
    if (this.#stopReason === undefined && this.#stream.truncated) this.#refuse('truncated');
  }

  /** Takes all messages that are there; false when nothing more is to be read. */
  async #takeMessages(): Promise<boolean> {
    const stream = this.#stream;
    const { values } = this.counters;
    for (;;) {
      while (!this.#pool.hasRoom()) {
        if (this.#stopReason !== undefined) return false;
        this.#pool.flush();
        if (!this.#pool.hasRoom()) await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      const found = stream.next();
      if (found === 'more') break;
      values[READ]! += 1;
      if (found !== 'message') this.#refuse(found);
      else if (!this.#flows.take(stream)) this.#refuse('malformed');
      if (found === 'out_of_sync') return false;
    }
    this.#flows.flush();
    this.#pool.flush();
    return this.#stopReason === undefined;
  }

  #refuse(reason: 'truncated' | 'oversized' | 'out_of_sync' | 'malformed'): void {
    if (reason === 'truncated') this.counters.add('messages_read');
    this.#damaged = true;
    this.counters.add(`messages_refused:${reason}`);
    if (this.counters.getReason('messages_refused', reason) > 10) return;
    this.#log.error(refusals[reason], { reason, message: this.counters.get('messages_read') });
  }

  /** What could not be delivered, though somebody was there to read it: that many flows. */
  #tellLosses(): number {
    if (this.#gone) return 0;
    const reasons = (Object.keys(flowDrops) as FlowDrop[])
      .map((reason) => ({ reason, flows: this.counters.getReason('flows_dropped', reason) }))
      .filter(({ flows }) => flows > 0);
    const flows = reasons.reduce((sum, each) => sum + each.flows, 0);
    if (flows > 0) {
      const texts = reasons.map(({ reason }) => `${reason}: ${flowDrops[reason]}`);
      this.#log.error('flows were not delivered', { flows, reason: texts.join('; ') });
    }
    return flows;
  }

  #tellBooks(): void {
    const get = this.counters.get.bind(this.counters);
    this.#log.info('books', this.counters.snapshot());
    const refused = this.counters.total('messages_refused');
    const read = get('messages_read') - get('flows_produced') - refused;
    const produced = get('flows_produced') - get('flows_delivered') - this.counters.total('flows_dropped');
    if (read !== 0 || produced !== 0) this.#log.error('the books do not balance', { read, produced });
  }
}

const refusals = {
  truncated: 'the input ended within a message',
  oversized: 'a message is too long, and was passed',
  out_of_sync: 'a length that cannot be: what follows cannot be read',
  malformed: 'a message cannot be read, and was passed',
} as const;
