import type { Block, BlockStates } from './coverage.ts';

interface State extends Block {
  readonly ran: boolean;
}

const parse = ([key, ran]: readonly [string, boolean]): State => {
  const [file, range] = key.split(':') as [string, string];
  const [start, end] = range.split('-').map(Number) as [number, number];
  return { file, start, end, ran };
};

/**
 * What several processes ran together. V8 tells a block apart from the one around it only where their counts differ, so
 * a block that one process missed need not be there by itself in a process that ran it: there the smallest one around
 * it tells.
 */
export class CoverageUnion {
  /** Of each process the blocks by file, the smallest first. */
  readonly #processes: Map<string, State[]>[] = [];
  readonly #blocks = new Map<string, Block>();

  add(blocks: BlockStates): void {
    const byFile = new Map<string, State[]>();
    for (const entry of blocks) {
      const state = parse(entry);
      this.#blocks.set(entry[0], state);
      const states = byFile.get(state.file);
      if (states === undefined) byFile.set(state.file, [state]);
      else states.push(state);
    }
    for (const states of byFile.values()) states.sort((a, b) => a.end - a.start - (b.end - b.start));
    this.#processes.push(byFile);
  }

  get total(): number {
    return this.#blocks.size;
  }

  /** The blocks that ran nowhere. */
  missed(): Block[] {
    return [...this.#blocks.values()].filter((block) => !this.#processes.some((process) => ran(process, block)));
  }
}

function ran(process: Map<string, State[]>, { file, start, end }: Block): boolean {
  return process.get(file)?.find((state) => state.start <= start && state.end >= end)?.ran ?? false;
}
