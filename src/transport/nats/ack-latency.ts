import type { Histogram } from '../transport.ts';

/** Upper bounds of the buckets, in seconds; one more has the rest. */
const ackLatencyBounds: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How long JetStream takes to acknowledge a message, counted by bounds. */
export class AckLatency implements Histogram {
  readonly bounds = ackLatencyBounds;
  /** Messages in each bucket, the rest last. */
  readonly counts = new Float64Array(ackLatencyBounds.length + 1);
  /** Seconds of all messages. */
  sum = 0;

  add(milliseconds: number): void {
    const seconds = milliseconds / 1000;
    let bucket = 0;
    while (bucket < ackLatencyBounds.length && seconds > ackLatencyBounds[bucket]!) bucket++;
    this.counts[bucket]! += 1;
    this.sum += seconds;
  }
}
