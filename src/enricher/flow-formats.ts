import { countryColumns, optionalColumns } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import type { Format } from '../format/format.ts';
import { formats } from '../format/formats.ts';
import type { Home } from '../format/home.ts';
import { defaultColumns } from '../format/output-column.ts';

const optionalSlots = optionalColumns.flatMap(({ slot }) => [slot, slot + 1]);

/** The formats of flows that have a context or not, and the columns of `-produce.scale` or not: as the collector shows them. */
export class FlowFormats {
  readonly #name: string;
  readonly #home: Home;
  readonly #known: (Format | undefined)[] = [];

  constructor(name: string, home: Home) {
    this.#name = name;
    this.#home = home;
  }

  /** The format for a flow. */
  of({ words }: FlowRecord, hasContext: boolean): Format {
    let scaled = 0;
    for (let i = 0; i < optionalSlots.length; i++) scaled |= words[optionalSlots[i]!]!;
    const which = (hasContext ? 1 : 0) | (scaled === 0 ? 0 : 2);
    return (this.#known[which] ??= this.#build(hasContext, scaled !== 0));
  }

  #build(context: boolean, scaled: boolean): Format {
    const more = [...(scaled ? optionalColumns : []), ...countryColumns];
    return formats.get(this.#name)!({ columns: defaultColumns(more), context, home: this.#home });
  }
}
