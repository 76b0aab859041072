import type { Frame } from './frame-writer.ts';

/** A message that was handed to a connection and is not acknowledged yet. */
export interface InFlight {
  /** Number of the message: part of its id, and the last token of the subject that the answer comes to. */
  readonly number: number;
  readonly subject: string;
  readonly flows: number;
  /** Octets of its flows. */
  readonly octets: number;
  /** Octets of headers and payload, as the server counts them. */
  readonly size: number;
  readonly frame: Frame;
  sentAt: number;
  attempts: number;
  /** When it was sent first of the attempts whose outcome nobody knows; undefined where all outcomes are known. */
  unknownSince: number | undefined;
  /** Not with the server: it waits to be sent again. */
  held: boolean;
}

/** The messages in flight, by number, the one that was sent longest ago first. */
export class Window {
  readonly #messages = new Map<number, InFlight>();
  /** Messages to send again, in the order of that. */
  #held: InFlight[] = [];
  flows = 0;
  octets = 0;

  get messages(): number {
    return this.#messages.size;
  }

  get(number: number): InFlight | undefined {
    return this.#messages.get(number);
  }

  add(message: InFlight): void {
    this.#messages.set(message.number, message);
    this.flows += message.flows;
    this.octets += message.octets;
  }

  remove(message: InFlight): void {
    this.#messages.delete(message.number);
    this.flows -= message.flows;
    this.octets -= message.octets;
  }

  /** Notes that it goes out once more, now. */
  sentAgain(message: InFlight, nowMs: number): void {
    message.held = false;
    message.attempts++;
    this.#touch(message, nowMs);
  }

  /** Gives a message that is still with the server more time. */
  extend(message: InFlight, nowMs: number): void {
    this.#touch(message, nowMs);
  }

  /** It waits to be sent again, behind the others that do; or before them, if it was the first of them. */
  hold(message: InFlight, where: 'first' | 'last'): void {
    message.held = true;
    if (where === 'first') this.#held.unshift(message);
    else this.#held.push(message);
  }

  /** All messages wait to be sent again, in the order of their numbers; tells how many were with the server. */
  holdAll(): number {
    let sent = 0;
    for (const message of this.#messages.values()) {
      if (message.held) continue;
      sent++;
      message.held = true;
      message.unknownSince ??= message.sentAt;
    }
    this.#held = [...this.#messages.values()].sort((a, b) => a.number - b.number);
    return sent;
  }

  /** The next message to send again; undefined when there is none. */
  nextHeld(): InFlight | undefined {
    for (let message; (message = this.#held.shift()) !== undefined;) {
      // An answer to an earlier attempt may have come in the meantime.
      if (message.held && this.#messages.get(message.number) === message) return message;
    }
    return undefined;
  }

  /** Messages that are with the server, the one that was sent longest ago first. */
  *sent(): Generator<InFlight> {
    for (const message of this.#messages.values()) if (!message.held) yield message;
  }

  /** All messages. */
  all(): Iterable<InFlight> {
    return this.#messages.values();
  }

  #touch(message: InFlight, nowMs: number): void {
    message.sentAt = nowMs;
    this.#messages.delete(message.number);
    this.#messages.set(message.number, message);
  }
}
