import type { Counters } from '../../metrics/counters.ts';
import { counterIndex } from '../../metrics/counters.ts';
import type { SequencedProtocol } from '../../metrics/reasons.ts';
import type { ExporterFacts } from './exporter-facts.ts';
import type { SequenceBooks } from './sequence-window.ts';

/** Counts what became of the numbers of one protocol, for the whole thread and for the exporter at hand. */
export class ProtocolBooks implements SequenceBooks {
  /** Whose numbers are looked at. */
  facts!: ExporterFacts;
  readonly #values: Float64Array;
  readonly #missed: number;
  readonly #reordered: number;
  readonly #duplicate: number;
  readonly #stray: number;
  readonly #reset: number;

  constructor(protocol: SequencedProtocol, counters: Counters) {
    this.#values = counters.values;
    this.#missed = counterIndex(`sequence_missed:${protocol}`);
    this.#reordered = counterIndex(`sequence_reordered:${protocol}`);
    this.#duplicate = counterIndex(`sequence_duplicate:${protocol}`);
    this.#stray = counterIndex(`sequence_stray:${protocol}`);
    this.#reset = counterIndex(`sequence_reset:${protocol}`);
  }

  missed(numbers: number): void {
    this.#values[this.#missed]! += numbers;
    this.facts.missed += numbers;
  }

  reordered(): void {
    this.#values[this.#reordered]! += 1;
    this.facts.reordered++;
  }

  duplicate(): void {
    this.#values[this.#duplicate]! += 1;
    this.facts.duplicates++;
  }

  stray(datagrams: number): void {
    this.#values[this.#stray]! += datagrams;
    this.facts.strays += datagrams;
  }

  reset(): void {
    this.#values[this.#reset]! += 1;
    this.facts.resets++;
  }
}
