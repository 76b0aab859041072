import { settle, wordsOf } from './home.ts';
import type { Home } from '../format/home.ts';
import type { ColumnsWriter } from '../format/binary-plan.ts';
import { code } from './code.ts';
import { Source } from './source.ts';

/**
 * Characters of source after which the rest of a writer is another function. The engine does not optimise a function of
 * more than 60 KiB of bytecode, which is about as much source; all columns are 26 to 29 KiB.
 */
const PART = 44 * 1024;

/** A writer of a message that becomes as many functions as it takes, one after the other: one, most likely. */
export class WriterParts {
  readonly #home: Home | undefined;
  readonly #finished: ColumnsWriter[] = [];
  #source: Source;

  constructor(home: Home | undefined) {
    this.#home = home;
    this.#source = this.#begin();
  }

  /** The function that the statements which follow go to. `v`, `h`, `t`, `q` and `z` are theirs, `words` the record's. */
  next(): Source {
    if (this.#source.size > PART) {
      this.#finished.push(this.#finish());
      this.#source = this.#begin();
    }
    return this.#source;
  }

  compile(): ColumnsWriter {
    const parts = [...this.#finished, this.#finish()];
    return parts.reduce((first, second) => (view, pos, flow) => second(view, first(view, pos, flow), flow));
  }

  #begin(): Source {
    const source = new Source();
    source.emit(settle(source, this.#home));
    source.emit(code`const words = ${wordsOf(source, this.#home)}; let v = 0, h = 0, t = 0, q = 0, z = 0;`);
    return source;
  }

  #finish(): ColumnsWriter {
    this.#source.emit(code`return pos;`);
    return this.#source.compile(['view', 'pos', 'flow']);
  }
}
