import { closeSync, mkdirSync, openSync, readdirSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Octets of a file of the reserve. */
const PIECE = 1024 * 1024;
/** How far what is given back is ahead of what is written: more than anyone writes between two looks. */
const LEAD = 64 * 1024 * 1024;

const zeros = Buffer.alloc(PIECE);

/**
 * Memory of the machine that a contestant's file gets its pages from.
 *
 * A virtual machine may give back to its host what has been free for a second; the first use of such a page costs ten times
 * as much as writing one that the machine still has (11 and 1.1 microseconds of CPU where this was found), and who of two
 * contestants has to pay is chance. So the pages are taken before a run, by files, and given back while the contestant
 * writes, shortly before it needs them.
 */
export class PageReserve {
  readonly #folder: string;
  readonly #pieces: string[] = [];
  #released = 0;

  /** @param folder is made @param octets that will be written, at a guess */
  constructor(folder: string, octets: number) {
    this.#folder = folder;
    mkdirSync(folder);
    for (let size = 0; size < octets + LEAD; size += PIECE) this.#add();
    this.follow(0);
  }

  /** Gives back what is needed next, when so many octets are written. */
  follow(written: number): void {
    for (; this.#released < written + LEAD; this.#released += PIECE) {
      const piece = this.#pieces.pop();
      if (piece === undefined) return;
      unlinkSync(piece);
    }
  }

  #add(): void {
    const path = join(this.#folder, `${this.#pieces.length}`);
    const file = openSync(path, 'w');
    writeSync(file, zeros);
    closeSync(file);
    this.#pieces.push(path);
  }
}

/** Octets of the files in a folder. */
export const sizeOf = (folder: string): number =>
  readdirSync(folder).reduce(
    (sum, file) => sum + (statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
