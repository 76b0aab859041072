import type { Counters } from '../../metrics/counters.ts';
import { counterIndex } from '../../metrics/counters.ts';
import type { ExporterBook } from '../../metrics/exporter-book.ts';
import { exporterColumn } from '../../metrics/exporter-columns.ts';
import type { SequenceCount } from '../../metrics/exporter-columns.ts';
import type { SequencedProtocol } from '../../metrics/reasons.ts';
import type { SequenceBooks } from './sequence-window.ts';

/** Where one count is kept: for the thread, and for each exporter. */
interface Place {
  readonly index: number;
  readonly column: number;
}

/** Counts what became of the numbers of one protocol, for the whole thread and for the exporter at hand. */
export class ProtocolBooks implements SequenceBooks {
  /** Row of the exporter whose numbers are looked at. */
  row = 0;
  readonly #values: Float64Array;
  readonly #exporters: Float64Array;
  readonly #columns: number;
  readonly #missed: Place;
  readonly #reordered: Place;
  readonly #duplicate: Place;
  readonly #stray: Place;
  readonly #reset: Place;

  constructor(protocol: SequencedProtocol, counters: Counters, { exporters }: ExporterBook) {
    const place = (count: SequenceCount): Place => ({
      index: counterIndex(`sequence_${count}:${protocol}`),
      column: exporterColumn(`sequence_${count}_${protocol}`),
    });
    this.#values = counters.values;
    this.#exporters = exporters.values;
    this.#columns = exporters.shape.columns;
    this.#missed = place('missed');
    this.#reordered = place('reordered');
    this.#duplicate = place('duplicate');
    this.#stray = place('stray');
    this.#reset = place('reset');
  }

  missed(numbers: number): void {
    this.#count(this.#missed, numbers);
  }

  reordered(): void {
    this.#count(this.#reordered, 1);
  }

  duplicate(): void {
    this.#count(this.#duplicate, 1);
  }

  stray(datagrams: number): void {
    this.#count(this.#stray, datagrams);
  }

  reset(): void {
    this.#count(this.#reset, 1);
  }

  #count({ index, column }: Place, by: number): void {
    this.#values[index]! += by;
    this.#exporters[this.row * this.#columns + column]! += by;
  }
}
