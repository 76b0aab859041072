import { readFileSync, readdirSync } from 'node:fs';

/** Clock ticks of a second in `/proc`: it is 100 on every Linux that Node.js runs on. */
const TICKS = 100;

interface Stat {
  readonly id: number;
  readonly parent: number;
  readonly ticks: number;
}

/**
 * A process and all that it started. What a process used is known as of the last look while it lived: nfacctd writes in
 * processes that end every second, and nobody waits for them.
 */
export class ProcessTree {
  readonly #root: number;
  readonly #ticks = new Map<number, number>();

  constructor(root: number) {
    this.#root = root;
  }

  /** Notes what all of them have used. */
  look(): void {
    for (const { id, ticks } of this.#living()) this.#ticks.set(id, ticks);
  }

  /** Seconds of CPU, user and system, of all that were seen. */
  get cpuSeconds(): number {
    this.look();
    return [...this.#ticks.values()].reduce((sum, ticks) => sum + ticks, 0) / TICKS;
  }

  /** Resident memory of the first process, in octets; 0 when it has ended. */
  get resident(): number {
    try {
      const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.#root}/status`, 'latin1'))?.[1];
      return Number(kilobytes ?? 0) * 1024;
    } catch {
      return 0;
    }
  }

  /** Ends all of them at once, without asking. */
  kill(): void {
    for (const { id } of this.#living()) process.kill(id, 'SIGKILL');
  }

  #living(): Stat[] {
    const all = new Map<number, Stat>();
    for (const name of readdirSync('/proc').filter(isNumber)) {
      const found = stat(Number(name));
      if (found !== undefined) all.set(found.id, found);
    }
    const isOurs = (id: number): boolean => {
      const parent = all.get(id)?.parent ?? 0;
      return id === this.#root || (parent > 1 && isOurs(parent));
    };
    return [...all.values()].filter(({ id }) => isOurs(id));
  }
}

const isNumber = (name: string): boolean => /^\d+$/.test(name);

/** `/proc/PID/stat`: behind the name in brackets stand state, parent, …, utime, stime. */
function stat(id: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'latin1');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return { id, parent: fields[1]!, ticks: fields[11]! + fields[12]! };
  } catch {
    return undefined; // it ended meanwhile
  }
}
