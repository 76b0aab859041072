import type { FlowRecord } from '../flow/flow-record.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Format, InlineMessage } from './format.ts';
import type { Home } from './home.ts';

/** A format that was compiled for one record and one memory; what is elsewhere is interpreted. */
export class FormatAtHome implements Format {
  readonly #home: Home;
  readonly #compiled: Format;
  readonly #interpreted: Format;

  constructor(home: Home, compiled: Format, interpreted: Format) {
    this.#home = home;
    this.#compiled = compiled;
    this.#interpreted = interpreted;
  }

  get inline(): InlineMessage | undefined {
    return this.#compiled.inline;
  }

  bound(flow: FlowRecord): number {
    return (flow === this.#home.flow ? this.#compiled : this.#interpreted).bound(flow);
  }

  write(flow: FlowRecord, out: ByteWriter): void {
    const home = this.#home;
    (out.view === home.view && flow === home.flow ? this.#compiled : this.#interpreted).write(flow, out);
  }
}
