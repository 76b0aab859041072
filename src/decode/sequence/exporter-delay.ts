import { toNumber } from '../../flow/u64.ts';

/** How long a minimum of the export delay counts. */
const SKEW_WINDOW_MS = 60_000;

/** An exporter's clock against ours, from the headers of its datagrams, all its domains together. */
export class ExporterDelay {
  /** Receive time less the export time in the header, milliseconds, of the latest datagram; NaN while not known. */
  delayMs = NaN;
  /**
   * How far the exporter's clock is behind ours, milliseconds: the least delay of the last one or two minutes, so it
   * contains the shortest way. Below 0 its clock is ahead. NaN while not known.
   */
  skewMs = NaN;
  #least = NaN;
  #leastBefore = NaN;
  #sinceMs = 0;

  /**
   * Takes note of when a datagram was sent, by the exporter's clock.
   *
   * @param received Unix nanoseconds, in two words @param nowMs of a monotonic clock; all numbers are whole ones, which
   *   are handed over without a box
   */
  sent(received: Uint32Array, seconds: number, nanoseconds: number, nowMs: number): void {
    const delayMs = toNumber(received, 0) / 1e6 - (seconds * 1000 + nanoseconds / 1e6);
    this.delayMs = delayMs;
    if (nowMs - this.#sinceMs > SKEW_WINDOW_MS) {
      this.#leastBefore = nowMs - this.#sinceMs > 2 * SKEW_WINDOW_MS ? NaN : this.#least;
      this.#least = NaN;
      this.#sinceMs = nowMs;
    }
    if (!(this.#least <= delayMs)) this.#least = delayMs;
    this.skewMs = this.#leastBefore < this.#least ? this.#leastBefore : this.#least;
  }
}
