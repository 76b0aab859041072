import { counterIndex } from '../../metrics/counters.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { FlowDrop, PublishFailure } from '../../metrics/reasons.ts';
import type { Batch } from '../transport.ts';
import { AckLatency } from './ack-latency.ts';
import { AckParser } from './ack.ts';
import { Backlog } from './backlog.ts';
import { Blockade } from './blockade.ts';
import { FrameWriter } from './frame-writer.ts';
import type { Lane } from './lane.ts';
import type { Link } from './link.ts';
import { failureOf } from './reject.ts';
import type { Trouble, TroubleReport } from './trouble.ts';
import { Window } from './window.ts';
import type { InFlight } from './window.ts';

export interface PublisherSettings {
  readonly stream: string;
  /** Subject of flows that come without one. */
  readonly subject: string;
  /** Subject that answers come to, without the number at its end. */
  readonly replyPrefix: string;
  /** Ids of messages, without the number at their end: never used before. */
  readonly idPrefix: string;
  /** Messages without an answer, and their octets. */
  readonly windowMessages: number;
  readonly windowOctets: number;
  /** Octets of flow messages that wait to be sent; above it the oldest are dropped. */
  readonly bufferOctets: number;
  readonly batchFlows: number;
  readonly batchOctets: number;
  readonly lingerMs: number;
  readonly ackTimeoutMs: number;
}

/** What a publisher asks for and tells of. */
export interface PublisherEvents {
  /** Looks whether the stream is as it should be, before a trial; undefined when it is. */
  check(): Promise<TroubleReport | undefined>;
  trouble(report: TroubleReport): void;
  /** Messages are acknowledged again. */
  recovered(): void;
  /** The buffer was full: so many flows were dropped. */
  overflowed(flows: number): void;
}

const PUBLISHED = counterIndex('messages_published');
const ACKED = counterIndex('messages_acked');
const DELIVERED = counterIndex('flows_delivered');
const OCTETS_DELIVERED = counterIndex('bytes_delivered');

/** Messages that are made for one subject before it is the turn of the next. */
const TURN = 256;

/** A message that was sent often is waited for longer, up to so many times the time of the first. */
const MOST_PATIENCE = 6;

/** A reject that holds for every message, by its reason. */
const blocking: Record<Exclude<PublishFailure, 'disconnected' | 'ack_timeout' | 'too_large'>, Trouble> = {
  no_responders: 'no_responders',
  no_permission: 'no_permission',
  stream_full: 'stream_full',
  storage: 'storage',
  rejected: 'rejected',
};

/**
 * Gets flow messages into a stream: makes messages of them, sends as many as the window allows without waiting for
 * answers, reads the answers, and sends again what was not acknowledged, always with the id that it had, so that the
 * stream keeps one of them. It knows no socket and no clock: whoever owns it passes both in.
 *
 * A flow is in one place at a time: it waits in the backlog, is in flight in the window, or is counted as delivered or
 * dropped. Refusals that concern every message (the stream is full or gone, no permission) stop all sending; then one
 * message is tried at growing intervals.
 */
export class Publisher {
  readonly latency = new AckLatency();
  readonly #settings: PublisherSettings;
  readonly #counters: Counters;
  readonly #events: PublisherEvents;
  readonly #now: () => number;
  readonly #backlog: Backlog;
  readonly #window = new Window();
  readonly #frames = new FrameWriter();
  readonly #acks: AckParser;
  #link: Link | undefined;
  #blockade: Blockade | undefined;
  #number = 0;
  #timedOut = false;

  /**
   * @param now monotonic clock in milliseconds.
   */
  constructor(settings: PublisherSettings, counters: Counters, events: PublisherEvents, now: () => number) {
    this.#settings = settings;
    this.#counters = counters;
    this.#events = events;
    this.#now = now;
    this.#acks = new AckParser(settings.stream);
    this.#backlog = new Backlog({
      limitOctets: settings.bufferOctets,
      batchFlows: settings.batchFlows,
      batchOctets: settings.batchOctets,
      lingerMs: settings.lingerMs,
    });
  }

  /** Flow messages that wait or are in flight. */
  get flows(): number {
    return this.#backlog.flows + this.#window.flows;
  }

  /** Their octets. */
  get octets(): number {
    return this.#backlog.octets + this.#window.octets;
  }

  /** Messages in flight, and their octets. */
  get inFlight(): { readonly messages: number; readonly octets: number } {
    return this.#window;
  }

  /** What keeps messages from being sent, apart from the connection. */
  get trouble(): Trouble | undefined {
    return this.#blockade?.trouble;
  }

  /** Milliseconds until {@link poll} has something to do for flows that wait for company; undefined when nothing. */
  untilReady(): number | undefined {
    return this.#link === undefined || this.#blockade !== undefined ? undefined : this.#backlog.untilReady(this.#now());
  }

  /** Takes a copy of the flows of a batch. */
  take(batch: Batch): void {
    const nowMs = this.#now();
    const dropped = this.#backlog.add(batch, this.#settings.subject, nowMs);
    if (dropped > 0) {
      this.#counters.add('flows_dropped:buffer_full', dropped);
      this.#events.overflowed(dropped);
    }
    this.#pump(nowMs);
  }

  /** There is a connection, and the stream is ready: whatever is not acknowledged goes out, old messages first. */
  attach(link: Link): void {
    this.#link = link;
    this.#blockade = undefined;
    this.#pump(this.#now());
  }

  /** The connection is gone. Nobody knows which of the messages in flight got through: all of them are sent again. */
  detach(): void {
    this.#link = undefined;
    this.#blockade = undefined;
    this.#frames.forget();
    this.#counters.add('publish_failed:disconnected', this.#window.holdAll());
  }

  /** An answer to the message of that number. No octets: nobody has taken the message. */
  answer(number: number, octets: Uint8Array): void {
    const nowMs = this.#now();
    const message = this.#window.get(number);
    if (message === undefined) return; // answered before: this is an answer to another attempt
    if (octets.length === 0) {
      this.#refused(message, 'no_responders', '', nowMs);
      return;
    }
    const ack = this.#acks.parse(octets);
    if (ack.kind !== 'stored') {
      const failure = ack.kind === 'error' ? failureOf(ack) : 'rejected';
      this.#refused(message, failure, ack.description, nowMs);
      return;
    }
    const { values } = this.#counters;
    values[ACKED]! += 1;
    values[DELIVERED]! += message.flows;
    values[OCTETS_DELIVERED]! += message.octets;
    if (ack.duplicate) this.#counters.add('messages_duplicate');
    this.latency.add(nowMs - message.sentAt);
    this.#forget(message);
    const unblocked = this.#blockade?.isTrial(message.sentAt) === true;
    if (unblocked) this.#blockade = undefined;
    if (unblocked || (this.#timedOut && this.#blockade === undefined)) {
      this.#timedOut = false;
      this.#events.recovered();
    }
  }

  /** The server has refused, by a message of its own, to let the user publish to `subject`. */
  permissionDenied(subject: string, detail: string): void {
    const nowMs = this.#now();
    for (const message of this.#window.sent()) {
      if (message.subject === subject) this.#refused(message, 'no_permission', detail, nowMs);
    }
  }

  /** Sends what became possible to send: after answers, and when flows have waited long enough for company. */
  poll(): void {
    this.#pump(this.#now());
  }

  /** For a timer, a few times a second: looks for answers that did not come, and tries again when it is time to. */
  tick(): void {
    if (this.#link === undefined) return;
    const nowMs = this.#now();
    if (this.#blockade?.isDue(nowMs) === true) void this.#try(this.#blockade);
    this.#resendOverdue(nowMs);
    this.#pump(nowMs);
  }

  /** Nothing follows: what is there goes out without waiting for company. */
  close(): void {
    this.#backlog.close();
    this.#pump(this.#now());
  }

  /** Gives up everything that is not acknowledged. */
  abandon(reason: FlowDrop): void {
    this.#link = undefined;
    this.#counters.add(`flows_dropped:${reason}`, this.#backlog.clear() + this.#window.flows);
    for (const message of this.#window.all()) this.#forget(message);
  }

  #pump(nowMs: number): void {
    const link = this.#link;
    if (link === undefined || this.#blockade !== undefined) return;
    for (let message; (message = this.#window.nextHeld()) !== undefined;) this.#sendAgain(link, message, nowMs);
    while (this.#hasRoom()) {
      const lane = this.#backlog.next(nowMs);
      if (lane === undefined) break;
      let made = 0;
      do {
        this.#send(link, lane, nowMs);
        made++;
      } while (made < TURN && this.#backlog.isReady(lane) && this.#hasRoom());
      this.#backlog.endTurn(lane, nowMs);
    }
    this.#frames.flush(link);
  }

  #hasRoom(): boolean {
    const { windowMessages, windowOctets } = this.#settings;
    return this.#window.messages < windowMessages && this.#window.octets < windowOctets;
  }

  /** Makes a message of the next flows of a lane and sends it. */
  #send(link: Link, lane: Lane, nowMs: number): void {
    const { batchFlows, batchOctets, idPrefix, replyPrefix } = this.#settings;
    const chunk = lane.oldest!;
    const headers = `NATS/1.0\r\nNats-Msg-Id: ${idPrefix}${this.#number + 1}\r\n`;
    // The count is not known yet: room for the longest one.
    const headersMax = headers.length + (batchFlows > 1 ? 32 : 2);
    const flows = chunk.fitting(batchFlows, Math.min(batchOctets, link.maxPayload - headersMax));
    const octets = chunk.octetsOf(flows);
    const { from } = chunk;
    this.#backlog.take(lane, flows);
    if (octets + headersMax > link.maxPayload) {
      this.#counters.add('publish_failed:too_large');
      this.#counters.add('flows_dropped:too_large', flows);
      return;
    }
    const number = ++this.#number;
    const head = batchFlows > 1 ? `${headers}Goflow2-Count: ${flows}\r\n\r\n` : `${headers}\r\n`;
    const size = head.length + octets;
    const line = `HPUB ${lane.subject} ${replyPrefix}${number} ${head.length} ${size}\r\n${head}`;
    this.#counters.values[PUBLISHED]! += 1;
    this.#window.add({
      number,
      subject: lane.subject,
      flows,
      octets,
      size,
      frame: this.#frames.add(link, line, chunk.bytes, from, from + octets),
      sentAt: nowMs,
      attempts: 1,
      unknownSince: undefined,
      held: false,
    });
  }

  #sendAgain(link: Link, message: InFlight, nowMs: number): void {
    if (message.size > link.maxPayload) {
      // Made for a server that takes larger messages than this one.
      this.#refused(message, 'too_large', '', nowMs);
      return;
    }
    this.#counters.add('messages_retried');
    const window = link.duplicateWindowMs;
    if (window !== undefined && nowMs - (message.unknownSince ?? Infinity) >= window) {
      this.#counters.add('flows_maybe_duplicate', message.flows);
      message.unknownSince = undefined;
    }
    this.#window.sentAgain(message, nowMs);
    this.#frames.again(link, message.frame);
  }

  #refused(message: InFlight, failure: PublishFailure, detail: string, nowMs: number): void {
    this.#counters.add(`publish_failed:${failure}`);
    if (failure === 'too_large') {
      this.#counters.add('flows_dropped:too_large', message.flows);
      this.#forget(message);
      if (this.#blockade?.trial === message.number) this.#blockade.trial = undefined;
      return;
    }
    if (failure === 'disconnected' || failure === 'ack_timeout') return;
    const wasTrial = this.#blockade?.trial === message.number;
    if (!message.held) this.#window.hold(message, wasTrial ? 'first' : 'last');
    const trouble = blocking[failure];
    this.#blockade ??= new Blockade(trouble, nowMs);
    this.#blockade.trouble = trouble;
    if (wasTrial) this.#blockade.failed(nowMs);
    this.#events.trouble({ trouble, detail });
  }

  /** While all is refused: looks at the stream, then sends one message and lets its answer decide. */
  async #try(blockade: Blockade): Promise<void> {
    blockade.checking = true;
    const report = await this.#events.check();
    const nowMs = this.#now();
    if (this.#blockade !== blockade || this.#link === undefined) return;
    blockade.checking = false;
    if (report !== undefined) {
      blockade.trouble = report.trouble;
      blockade.failed(nowMs);
      this.#events.trouble(report);
      return;
    }
    const link = this.#link;
    const held = this.#window.nextHeld();
    if (held !== undefined) {
      blockade.trial = held.number;
      this.#sendAgain(link, held, nowMs);
      this.#frames.flush(link);
      return;
    }
    // All that was refused is answered or dropped: whatever comes next shows whether it works again.
    this.#blockade = undefined;
    this.#events.recovered();
    this.#pump(nowMs);
  }

  #resendOverdue(nowMs: number): void {
    const link = this.#link!;
    const { ackTimeoutMs } = this.#settings;
    const overdue: InFlight[] = [];
    for (const message of this.#window.sent()) {
      const waited = nowMs - message.sentAt;
      if (waited < ackTimeoutMs) break;
      if (waited >= ackTimeoutMs * Math.min(message.attempts, MOST_PATIENCE)) overdue.push(message);
    }
    if (overdue.length === 0) return;
    if (link.queued > 0) {
      // They may not even have left this machine: to send more would only make the queue longer.
      for (const message of overdue) this.#window.extend(message, nowMs);
    } else {
      this.#counters.add('publish_failed:ack_timeout', overdue.length);
      for (const message of overdue) {
        message.unknownSince ??= message.sentAt;
        if (this.#blockade?.trial === message.number) {
          this.#window.hold(message, 'first');
          this.#blockade.failed(nowMs);
        } else if (this.#blockade === undefined) this.#sendAgain(link, message, nowMs);
        else this.#window.hold(message, 'last');
      }
    }
    this.#timedOut = true;
    this.#events.trouble({ trouble: 'ack_timeout', detail: `${overdue.length} messages without an answer` });
  }

  #forget(message: InFlight): void {
    this.#window.remove(message);
    this.#frames.release(message.frame);
  }
}
