import { putSeconds } from '../flow/u64.ts';
import type { CapturedDatagram } from '../pcap/captured-datagram.ts';

/** Between the last datagram of a pass and the first of the next one. */
const PAUSE_SECONDS = 1;
const MAX_SECONDS = 2 ** 34 - 1;

/**
 * When the datagrams of a replay are due, and the receive time that they carry.
 *
 * In the first pass the receive time is the capture's. In each later pass it is shifted by the time that the capture
 * spans and one second more, so that no time of a pass comes before one of the pass before it, and the distances
 * within a pass stay as captured.
 */
export class ReplayTime {
  readonly #speed: number;
  #shiftSeconds = 0;
  #shiftNanoseconds = 0;
  #first = true;
  /** Time of the first datagram by the capture, and by the clock of the replay in milliseconds. */
  #originSeconds = 0;
  #originNanoseconds = 0;
  #originClock = 0;
  #earliestSeconds = 0;
  #earliestNanoseconds = 0;
  #latestSeconds = 0;
  #latestNanoseconds = 0;

  /** @param speed factor of the speed of capture; Infinity: everything is due at once */
  constructor(speed: number) {
    this.#speed = speed;
  }

  /** Milliseconds until a datagram is due; not above 0 when it is. */
  due(datagram: CapturedDatagram, clock: { now(): number }): number {
    const { seconds, nanoseconds } = datagram;
    if (this.#first) this.#begin(seconds, nanoseconds, clock.now());
    this.#span(seconds, nanoseconds);
    if (this.#speed === Infinity) return 0;
    const captured = seconds + this.#shiftSeconds - this.#originSeconds;
    const milliseconds = captured * 1000 + (nanoseconds + this.#shiftNanoseconds - this.#originNanoseconds) / 1e6;
    return this.#originClock + milliseconds / this.#speed - clock.now();
  }

  /** Stores the receive time, Unix nanoseconds. */
  stamp(datagram: CapturedDatagram, received: Uint32Array): void {
    const seconds = Math.min(datagram.seconds + this.#shiftSeconds, MAX_SECONDS);
    putSeconds(received, 0, seconds, datagram.nanoseconds + this.#shiftNanoseconds);
  }

  /** Goes on behind the latest datagram of the pass that ended. */
  nextPass(): void {
    this.#shiftSeconds += this.#latestSeconds - this.#earliestSeconds + PAUSE_SECONDS;
    this.#shiftNanoseconds += this.#latestNanoseconds - this.#earliestNanoseconds;
    const carry = Math.floor(this.#shiftNanoseconds / 1e9);
    this.#shiftSeconds += carry;
    this.#shiftNanoseconds -= carry * 1e9;
  }

  #begin(seconds: number, nanoseconds: number, now: number): void {
    this.#first = false;
    this.#originSeconds = this.#earliestSeconds = this.#latestSeconds = seconds;
    this.#originNanoseconds = this.#earliestNanoseconds = this.#latestNanoseconds = nanoseconds;
    this.#originClock = now;
  }

  #span(seconds: number, nanoseconds: number): void {
    if (isBefore(seconds, nanoseconds, this.#earliestSeconds, this.#earliestNanoseconds)) {
      this.#earliestSeconds = seconds;
      this.#earliestNanoseconds = nanoseconds;
    } else if (isBefore(this.#latestSeconds, this.#latestNanoseconds, seconds, nanoseconds)) {
      this.#latestSeconds = seconds;
      this.#latestNanoseconds = nanoseconds;
    }
  }
}

function isBefore(seconds: number, nanoseconds: number, otherSeconds: number, otherNanoseconds: number): boolean {
  return seconds < otherSeconds || (seconds === otherSeconds && nanoseconds < otherNanoseconds);
}
