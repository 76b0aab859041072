import { realpathSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { fileAppearance } from '../../config/file-appearance.ts';

/** Quiet after a change before files are read, so that one that is written in several steps is read once. */
const SETTLE_MS = 250;

/** Longest time that a file which changes all the time is waited for. */
const SETTLE_MAX_MS = 1000;

/** Between two looks at all files: for file systems that tell nothing, and folders that were made anew. */
const LOOK_MS = 5000;

/**
 * Tells when one of some files has changed: written to, renamed into place, or behind a symbolic link that points
 * elsewhere now (as in a ConfigMap). Folders are watched, not files: a file that was replaced is another one.
 */
export class FileWatch {
  readonly #onChange: () => void;
  #paths: readonly string[] = [];
  readonly #folders = new Map<string, FSWatcher>();
  /** What the files looked like when they were read. */
  #seen = '';
  /** What they looked like at the last look, while they are waited for. */
  #latest = '';
  #settle: NodeJS.Timeout | undefined;
  #settleUntil = 0;
  #looks: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Watches these files from now on, by what each looked like before it was read (`fileAppearance`). */
  watch(appearances: ReadonlyMap<string, string>): void {
    this.#paths = [...appearances.keys()];
    this.#seen = [...appearances.values()].join('\n');
    this.#looks ??= setInterval(this.#lookAround, LOOK_MS).unref();
    this.#lookAround();
  }

  readonly #lookAround = (): void => {
    this.#watchFolders();
    this.#noticed();
  };

  stop(): void {
    clearInterval(this.#looks);
    clearTimeout(this.#settle);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
    this.#paths = [];
  }

  /** Watches the folder of each file and, where that is a link, of what it leads to. */
  #watchFolders(): void {
    const wanted = new Set(this.#paths.flatMap((path) => [dirname(path), folderBehind(path)]));
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#noticed());
      const forget = () => {
        watcher.close();
        if (this.#folders.get(folder) === watcher) this.#folders.delete(folder);
      };
      watcher.on('error', forget);
      this.#folders.set(folder, watcher);
    } catch {
      // It does not exist (now), or too many are watched: the regular look remains.
    }
  }

  /** Something has happened in a folder, perhaps to one of the files. */
  #noticed(): void {
    if (this.#settle !== undefined || this.#paths.length === 0) return;
    this.#latest = this.#look();
    if (this.#latest === this.#seen) return;
    this.#settleUntil = performance.now() + SETTLE_MAX_MS;
    this.#settle = setTimeout(this.#settled, SETTLE_MS).unref();
  }

  readonly #settled = (): void => {
    this.#settle = undefined;
    const now = this.#look();
    if (now !== this.#latest && performance.now() + SETTLE_MS <= this.#settleUntil) {
      this.#latest = now;
      this.#settle = setTimeout(this.#settled, SETTLE_MS).unref();
      return;
    }
    // Somebody may have read them in the meantime: see `watch`.
    if (now === this.#seen) return;
    this.#seen = now;
    this.#onChange();
  };

  /** What tells one state of the files from another. */
  #look(): string {
    return this.#paths.map(fileAppearance).join('\n');
  }
}

function folderBehind(path: string): string {
  try {
    return dirname(realpathSync(path));
  } catch {
    return dirname(path);
  }
}
