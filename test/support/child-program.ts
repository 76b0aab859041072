import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { TestContext } from 'node:test';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that a test has started: what it prints is kept, and it is ended, by its id, with the test at the latest. */
export class ChildProgram {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #command: readonly string[];
  #changed: () => void = () => {};

  /** @param command program and arguments */
  constructor(t: TestContext, command: readonly string[], stdio: StdioOptions = ['ignore', 'pipe', 'pipe']) {
    const [program, ...args] = command as [string, ...string[]];
    this.#command = command;
    this.child = spawn(program, args, { stdio });
    this.child.stdout?.on('data', (chunk) => this.#add('stdout', chunk));
    this.child.stderr?.on('data', (chunk) => this.#add('stderr', chunk));
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => resolve({ code, signal }));
      this.child.on('error', (error) => this.#add('stderr', `${error.message}\n`));
    });
    t.after(() => void this.child.kill('SIGKILL'));
  }

  /** Waits until `condition` holds, for `timeoutMs` at most. */
  async until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!condition()) {
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`waited ${timeoutMs} ms in vain for ${this.#report()}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
        setTimeout(resolve, Math.min(left, 50));
      });
    }
  }

  /** Waits until it has ended by itself, which has to be without a fault. */
  async finished(timeoutMs = 20_000): Promise<void> {
    let ended: Ended | undefined;
    void this.ended.then((how) => (ended = how));
    await this.until(() => ended !== undefined, timeoutMs);
    if (ended?.code !== 0) throw new Error(`ended with ${ended?.code ?? ended?.signal}: ${this.#report()}`);
  }

  /** Asks it to stop, and waits for its end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  #report(): string {
    return `${this.#command.join(' ')}\n${this.stdout.slice(-2000)}\n${this.stderr}`;
  }

  #add(stream: 'stdout' | 'stderr', chunk: Buffer | string): void {
    this[stream] += chunk.toString();
    this.#changed();
  }
}
