import type { Arrival } from './input.ts';

/** The datagrams of a turn in one piece of memory, as a listener has them. */
export class TurnMemory {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #offsets = new Map<Uint8Array, number>();
  /** Pairs: where a number stands, and by how much it grows with a turn. */
  readonly #steps: Int32Array;

  constructor(turn: readonly Arrival[]) {
    let length = 0;
    const steps: number[] = [];
    for (const { octets, counts = [] } of turn) {
      if (this.#offsets.has(octets)) continue;
      this.#offsets.set(octets, length);
      for (const [at, step] of counts) steps.push(length + at, step);
      length += octets.length;
    }
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
    this.#steps = Int32Array.from(steps);
    for (const [octets, offset] of this.#offsets) this.bytes.set(octets, offset);
  }

  /** Where the octets of a datagram are. */
  offsetOf(octets: Uint8Array): number {
    return this.#offsets.get(octets)!;
  }

  /** Another turn is to come: what agents count has gone on. */
  goOn(): void {
    const steps = this.#steps;
    for (let i = 0; i < steps.length; i += 2) {
      const at = steps[i]!;
      this.view.setInt32(at, (this.view.getInt32(at) + steps[i + 1]!) | 0);
    }
  }
}
