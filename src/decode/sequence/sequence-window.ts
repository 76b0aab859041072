import { Gaps } from './gaps.ts';

/** Where a stream counts what became of its numbers. */
export interface SequenceBooks {
  /** Numbers that never came, in the unit of the protocol. */
  missed(numbers: number): void;
  /** A datagram that another one has overtaken. */
  reordered(): void;
  duplicate(): void;
  /** Datagrams whose numbers fit nowhere and that nothing bore out. */
  stray(datagrams: number): void;
  /** The exporter began to count anew. */
  reset(): void;
}

/** What the exporter's own clock says of a datagram against the newest one before. */
export const ClockOrder = { notNewer: 0, newer: 1, restarted: 2 } as const;
export type ClockOrder = (typeof ClockOrder)[keyof typeof ClockOrder];

/** Datagrams in a row that have to bear out a new place in the numbers: fewer when the exporter's clock says so too. */
const CONFIRM = 3;
const CONFIRM_RESTART = 2;

/** Datagrams in a row at the beginning of a gap that show the number behind the gap to be the odd one. */
const REFUTE = 2;

/** Most numbers that can have been missed in a second, and at once: above, the exporter counts anew. */
const MAX_MISSED_PER_MS = 1_000;
const MAX_MISSED = 2 ** 28;

/** Datagrams without a place that are kept back, in case they turn out to be the beginning of a new count. */
const MAX_STRAYS = 64;

/**
 * The sequence numbers of one stream. A datagram has a number and takes up so many; the next one has the number behind.
 *
 * - A short way ahead: the numbers between become a gap, from which those that come late are taken out. What is left
 *   of it after a while was missed. Should the numbers in the gap come in their order, it is the one ahead that was odd
 *   (RFC 7011 section 11.6): the stream goes back.
 * - Behind: out of a gap it came late. Otherwise the exporter's clock tells a duplicate, which is not newer than what
 *   came before, from a new count.
 * - Anywhere else it takes several in a row to move the stream: a single odd number changes nothing.
 *
 * Numbers are modulo 2^32. Nothing is allocated but the list of gaps, once, when the first one opens.
 */
export class SequenceWindow {
  // what `follow` looks at stands together: with thousands of streams it is memory that takes the time
  #next = 0;
  /** How much higher the next number may be, because a datagram took up a number that is not known. */
  #slack = 0;
  #movedMs = 0;
  #confirmed = false;
  #jumped = false;
  #island = false;
  #strays = 0;
  #runLength = 0;
  #started = false;
  /** How far ahead is short: about a hundred datagrams, in the unit of the protocol. */
  readonly #near: number;
  #gaps: Gaps | undefined;
  // the jump ahead that has not been borne out: how far its gap was filled in order, and by how many datagrams
  #jumpFront = 0;
  #jumpFills = 0;
  #jumpFrom = 0;
  #jumpEnd = 0;
  // numbers ahead that were there already when the stream went back
  #islandFrom = 0;
  #islandEnd = 0;
  // datagrams elsewhere, which may become the new place
  #runFrom = 0;
  #runNext = 0;
  #runSlack = 0;
  #runMissed = 0;
  #runRestarted = false;

  constructor(near: number) {
    this.#near = near;
  }

  /** Whether a second datagram has followed the first: only then anything is counted. */
  get confirmed(): boolean {
    return this.#confirmed;
  }

  /** Whether there are gaps to be settled. */
  get waiting(): boolean {
    return this.#gaps?.waiting ?? false;
  }

  /**
   * Takes a datagram.
   *
   * @param number its sequence number @param units numbers that it takes up, at least @param slack and how many more
   * @param nowMs of a monotonic clock
   * @returns whether it is the newest one now
   */
  observe(
    number: number,
    units: number,
    slack: number,
    order: ClockOrder,
    nowMs: number,
    books: SequenceBooks,
  ): boolean {
    if (!this.#started) {
      this.#started = true;
      this.#moveTo(number, units, slack, nowMs);
      return true;
    }
    const ahead = (number - this.#next) | 0;
    if (order === ClockOrder.restarted) return this.#consider(number, units, slack, true, nowMs, books);
    if (ahead >= 0 && ahead <= this.#slack) {
      this.#advance(number, units, slack, nowMs, books);
      return true;
    }
    if (ahead > 0 && ahead <= this.#near) {
      this.#jump(ahead, number, units, slack, nowMs, books);
      return true;
    }
    if (ahead < 0 && this.#gaps?.has(number) === true) {
      this.#fill(number, units + slack, books);
      return false;
    }
    if (ahead < 0 && order === ClockOrder.notNewer) {
      this.#giveUpRun(books);
      books.duplicate();
      return false;
    }
    return this.#consider(number, units, slack, false, nowMs, books);
  }

  /** {@link observe} for the usual case alone: a datagram of one number that is the expected one. False: not that case. */
  follow(number: number, nowMs: number): boolean {
    if (number !== this.#next || !this.#confirmed || this.#jumped || this.#island) return false;
    if (this.#strays > 0 || this.#runLength > 0) return false;
    this.#next = (number + 1) >>> 0;
    this.#slack = 0;
    this.#movedMs = nowMs;
    return true;
  }

  /** Counts as missed what has waited since `untilMs` or longer. A jump that nothing followed yet waits on. */
  settle(untilMs: number, books: SequenceBooks): void {
    if (this.#gaps === undefined || this.#jumped) return;
    const numbers = this.#gaps.settle(untilMs);
    if (numbers > 0) books.missed(numbers);
  }

  /** Nothing follows: all that is still missing was missed. */
  end(books: SequenceBooks): void {
    this.#giveUpRun(books);
    this.#jumped = false;
    this.settle(Infinity, books);
  }

  /** Of the numbers from `from` to `to`, the nearest to the expected one. */
  nearest(from: number, to: number): number {
    if (((this.#next - from) | 0) <= 0) return from;
    return ((this.#next - to) | 0) >= 0 ? to : this.#next;
  }

  /** The numbers mean something else than was thought: this one is the expected one, and nothing before was missed. */
  expect(number: number): void {
    this.#next = number;
    this.#slack = 0;
    this.#gaps?.clear();
    this.#jumped = this.#island = false;
    this.#runLength = this.#strays = 0;
  }

  #moveTo(number: number, units: number, slack: number, nowMs: number): void {
    this.#next = (number + units) >>> 0;
    this.#slack = slack;
    this.#movedMs = nowMs;
  }

  #advance(number: number, units: number, slack: number, nowMs: number, books: SequenceBooks): void {
    this.#giveUpRun(books);
    this.#confirmed = true;
    this.#jumped = false;
    this.#moveTo(number, units, slack, nowMs);
    if (!this.#island) return;
    if (this.#next === this.#islandFrom) this.#next = this.#islandEnd;
    if (((this.#next - this.#islandFrom) | 0) >= 0) this.#island = false;
  }

  #jump(ahead: number, number: number, units: number, slack: number, nowMs: number, books: SequenceBooks): void {
    this.#giveUpRun(books);
    const from = (this.#next + this.#slack) >>> 0;
    this.#missed((this.#gaps ??= new Gaps()).add(from, ahead - this.#slack, nowMs), books);
    this.#jumped = true;
    this.#jumpFills = 0;
    this.#jumpFront = from;
    this.#jumpFrom = number;
    this.#moveTo(number, units, slack, nowMs);
    this.#jumpEnd = this.#next;
  }

  /** Takes what came late out of its gap. */
  #fill(number: number, units: number, books: SequenceBooks): void {
    const gaps = this.#gaps!;
    this.#giveUpRun(books);
    this.#missed(gaps.take(number, units), books);
    if (this.#confirmed) books.reordered();
    if (!this.#jumped || number !== this.#jumpFront) return;
    this.#jumpFront = (number + units) >>> 0;
    if (++this.#jumpFills < REFUTE || !gaps.has(this.#jumpFront)) return;
    gaps.take(this.#jumpFront, (this.#jumpFrom - this.#jumpFront) >>> 0);
    this.#jumped = false;
    this.#island = true;
    this.#islandFrom = this.#jumpFrom;
    this.#islandEnd = this.#jumpEnd;
    this.#next = this.#jumpFront;
    this.#slack = 0;
  }

  /** Takes a datagram whose number is far from the expected one; true when it is the one that moves the stream. */
  #consider(
    number: number,
    units: number,
    slack: number,
    restarted: boolean,
    nowMs: number,
    books: SequenceBooks,
  ): boolean {
    if (++this.#strays > MAX_STRAYS) this.#giveUpStrays(books);
    const ahead = (number - this.#runNext) | 0;
    if (this.#runLength > 0 && ahead < 0 && ahead >= -this.#near) return false;
    if (this.#runLength > 0 && ahead >= 0 && ahead <= this.#runSlack + this.#near) {
      this.#runLength++;
      this.#runMissed += Math.max(0, ahead - this.#runSlack);
    } else {
      this.#runLength = 1;
      this.#runFrom = number;
      this.#runMissed = 0;
      this.#runRestarted = false;
    }
    this.#runRestarted ||= restarted;
    this.#runNext = (number + units) >>> 0;
    this.#runSlack = slack;
    if (this.#runLength < (this.#runRestarted ? CONFIRM_RESTART : CONFIRM)) return false;
    this.#adopt(nowMs, books);
    return true;
  }

  /** Goes on where the run of datagrams is. */
  #adopt(nowMs: number, books: SequenceBooks): void {
    const ahead = (this.#runFrom - this.#next) | 0;
    const plausible = Math.min(MAX_MISSED, (nowMs - this.#movedMs + 1_000) * MAX_MISSED_PER_MS);
    this.#strays = 0;
    this.#jumped = this.#island = false;
    if (this.#confirmed) {
      if (this.#runRestarted || ahead < 0 || ahead > plausible) {
        this.settle(Infinity, books);
        this.#gaps?.clear();
        books.reset();
      } else {
        this.#missed(ahead - Math.min(ahead, this.#slack), books);
      }
      this.#missed(this.#runMissed, books);
    }
    this.#confirmed = true;
    this.#moveTo(this.#runNext, 0, this.#runSlack, nowMs);
    this.#runLength = 0;
  }

  #giveUpRun(books: SequenceBooks): void {
    this.#runLength = 0;
    if (this.#strays > 0) this.#giveUpStrays(books);
  }

  #giveUpStrays(books: SequenceBooks): void {
    if (this.#confirmed) books.stray(this.#strays);
    this.#strays = 0;
  }

  #missed(numbers: number, books: SequenceBooks): void {
    if (numbers > 0 && this.#confirmed) books.missed(numbers);
  }
}
