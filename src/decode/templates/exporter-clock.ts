import { MAX_PORTS_PER_ADDRESS } from '../limits.ts';

/** What the header of a NetFlow v9 datagram tells about its sender's clock (RFC 3954 section 5.1). */
export interface ClockFacts {
  readonly sysUptimeMs: number;
  readonly exportSeconds: number;
  readonly sequence: number;
}

/** How far sysUptime may fall among datagrams of one second, which can overtake each other. */
const REORDER_MS = 2_000;

/** How well the two clocks of an exporter agree when sysUptime wraps, once in 49.7 days. */
const WRAP_MS = 60_000;

/** How far the sequence has to fall where sysUptime is not filled in. */
const SEQUENCE_FALL = 1_024;

/** Ports in a row, none of them twice, that show that the ports of an address mean nothing. */
const CHANGING_PORTS = 8;

const TWO_32 = 2 ** 32;

/**
 * Whether the exporter began anew between two datagrams: its uptime (or, where that is not filled in, its sequence)
 * fell although its time did not. A datagram that comes late has an older time too, so it is never taken for that.
 */
export function hasRestarted(before: ClockFacts, now: ClockFacts): boolean {
  const passedMs = ((now.exportSeconds - before.exportSeconds) | 0) * 1000;
  if (passedMs < 0) return false;
  if (before.sysUptimeMs === 0 && now.sysUptimeMs === 0) {
    const fall = before.sequence - now.sequence;
    return fall > SEQUENCE_FALL && TWO_32 - fall > SEQUENCE_FALL;
  }
  const step = now.sysUptimeMs - before.sysUptimeMs;
  return step < -REORDER_MS && Math.abs(step + TWO_32 - passedMs) > WRAP_MS;
}

class Clock implements ClockFacts {
  sysUptimeMs = 0;
  exportSeconds = 0;
  sequence = 0;
  used = 0;

  set(facts: ClockFacts): void {
    this.sysUptimeMs = facts.sysUptimeMs;
    this.exportSeconds = facts.exportSeconds;
    this.sequence = facts.sequence;
  }
}

/**
 * The clocks of one address and source id: by port, as exporters behind one address each have their own; as one where
 * no port ever repeats, because an exporter may change its port with every datagram (D-6).
 */
export class ExporterClocks {
  readonly #byPort = new Map<number, Clock>();
  /** Followed until a port comes twice. */
  readonly #any = new Clock();
  /** The port that was seen last, and its clock. */
  #lastPort = -1;
  #last: Clock | undefined;
  #repeats = false;
  #uses = 0;

  /** How many ports were seen; 64 at most are remembered. */
  get ports(): number {
    return this.#byPort.size;
  }

  /** The clocks that are remembered, by port. */
  get byPort(): ReadonlyMap<number, ClockFacts> {
    return this.#byPort;
  }

  /** Whether ports tell exporters apart. */
  get repeats(): boolean {
    return this.#repeats;
  }

  /** Takes note of a datagram; true when its sender has restarted. */
  observe(port: number, facts: ClockFacts): boolean {
    let clock = port === this.#lastPort ? this.#last : this.#byPort.get(port);
    if (clock !== undefined) this.#repeats = true;
    const before = clock ?? (this.#repeats || this.#byPort.size < CHANGING_PORTS ? undefined : this.#any);
    const restarted = before !== undefined && hasRestarted(before, facts);
    clock ??= this.#open(port, facts);
    clock.used = ++this.#uses;
    this.#lastPort = port;
    this.#last = clock;
    // a datagram that comes late does not turn the clock back
    if (restarted || isNotOlder(facts, clock)) clock.set(facts);
    if (!this.#repeats && (restarted || this.#uses === 1 || isNotOlder(facts, this.#any))) this.#any.set(facts);
    return restarted;
  }

  #open(port: number, facts: ClockFacts): Clock {
    const clock = this.#byPort.size < MAX_PORTS_PER_ADDRESS ? new Clock() : this.#giveUpOldest();
    clock.set(facts);
    this.#byPort.set(port, clock);
    return clock;
  }

  #giveUpOldest(): Clock {
    let oldest: [number, Clock] | undefined;
    for (const entry of this.#byPort) if (oldest === undefined || entry[1].used < oldest[1].used) oldest = entry;
    this.#byPort.delete(oldest![0]);
    return oldest![1];
  }
}

function isNotOlder(facts: ClockFacts, than: ClockFacts): boolean {
  return ((facts.exportSeconds - than.exportSeconds) | 0) >= 0;
}
