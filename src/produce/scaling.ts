import type { Enricher } from '../enrich/enricher.ts';
import { slotOf } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { putProduct } from '../flow/u64.ts';
import { counterIndex } from '../metrics/counters.ts';
import type { Counters } from '../metrics/counters.ts';

const RATE = slotOf('sampling_rate');
const BYTES = slotOf('bytes');
const PACKETS = slotOf('packets');
const SCALED_BYTES = slotOf('scaled_bytes');
const SCALED_PACKETS = slotOf('scaled_packets');

const UNSCALED = counterIndex('flows_unscaled');

/** `-produce.scale`: octets and packets times the sampling rate; as they are while it is unknown (D-7). */
export class Scaling implements Enricher {
  readonly columns = ['scaled_bytes', 'scaled_packets'] as const;
  readonly #values: Float64Array;

  constructor(counters: Counters) {
    this.#values = counters.values;
  }

  enrich({ words }: FlowRecord): void {
    if ((words[RATE]! | words[RATE + 1]!) === 0) {
      this.#values[UNSCALED]! += 1;
      words[SCALED_BYTES] = words[BYTES]!;
      words[SCALED_BYTES + 1] = words[BYTES + 1]!;
      words[SCALED_PACKETS] = words[PACKETS]!;
      words[SCALED_PACKETS + 1] = words[PACKETS + 1]!;
      return;
    }
    putProduct(words, SCALED_BYTES, BYTES, RATE);
    putProduct(words, SCALED_PACKETS, PACKETS, RATE);
  }
}
