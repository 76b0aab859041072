import type { Datagram } from '../../listen/datagram.ts';
import { Cursor } from '../cursor.ts';
import type { SampleView } from '../packet.ts';

/**
 * Walks the records of one sFlow sample, whatever its kind:
 *
 *     flow_record / counter_record { format 4 octets; length 4 octets; body padded to 4 }
 *
 * The number of records that the sample announces only ends the walk early: every round takes 8 octets at least.
 *
 * @example
 * records.open(datagram, sample);
 * while (records.next()) if (records.format === 1001) readExtendedSwitch(flow, records.body);
 */
export class RecordWalker {
  /** Enterprise in the top 20 bits, format in the low 12. */
  format = 0;
  /** Octets of the record that is at hand: the members and nothing else, none claimed yet. */
  readonly body = new Cursor();
  readonly #sample = new Cursor();
  #announced = 0;

  /** Begins with the first record of a sample. */
  open(datagram: Datagram, sample: SampleView): void {
    this.#sample.reset(datagram.bytes, datagram.view, sample.recordsAt, sample.end);
    this.#announced = sample.declaredRecords;
  }

  /** Goes to the next record; false when none is left, or when it announces more octets than the sample has. */
  next(): boolean {
    const sample = this.#sample;
    if (this.#announced === 0 || !sample.take(8)) return false;
    const format = sample.u32(0);
    const length = sample.u32(4);
    if (!sample.take(length)) return false;
    this.format = format;
    this.body.reset(sample.bytes, sample.view, sample.at, sample.pos);
    if (length % 4 !== 0) sample.take(Math.min(4 - (length % 4), sample.left));
    this.#announced--;
    return true;
  }

  /** After the walk: records that were announced and could not be reached. */
  get missing(): number {
    return this.#announced;
  }

  /** After the walk: octets that belong to no record, a cut off one included. */
  get left(): number {
    return this.#sample.left;
  }
}
