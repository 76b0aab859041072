import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));

/** One line of the collector's log, as `-logfmt json` writes it. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The collector as its user runs it: a process of its own, ended with the test at the latest. */
export class CollectorProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  #changed: () => void = () => {};

  constructor(t: TestContext, args: readonly string[], stdio: StdioOptions = ['ignore', 'pipe', 'pipe']) {
    this.child = spawn(process.execPath, [program, '-addr=', '-logfmt=json', ...args], { stdio });
    this.child.stdout?.on('data', (chunk) => this.#add('stdout', chunk));
    this.child.stderr?.on('data', (chunk) => this.#add('stderr', chunk));
    this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => resolve({ code, signal })));
    t.after(() => void this.child.kill('SIGKILL'));
  }

  /** Messages on standard output, parsed. */
  get flows(): Record<string, unknown>[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Lines of the log; what is no JSON is a fault, and is thrown. */
  get log(): LogLine[] {
    return this.stderr
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** The counters that the collector told of when it ended. */
  get books(): Record<string, number> {
    const line = this.log.find(({ msg }) => msg === 'books');
    if (line === undefined) throw new Error(`no books in: ${this.stderr}`);
    return line as unknown as Record<string, number>;
  }

  /** Waits until `condition` holds, for `timeoutMs` at most. */
  async until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!condition()) {
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`waited ${timeoutMs} ms in vain\n${this.stdout.slice(-2000)}\n${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
        setTimeout(resolve, Math.min(left, 50));
      });
    }
  }

  /** Ports of the listeners, in the order of `-listen`, once all of them are open. */
  async ports(count = 1): Promise<number[]> {
    const started = () => this.log.filter(({ msg }) => msg === 'starting collection');
    await this.until(() => started().length >= count);
    return started().map(({ port }) => port as number);
  }

  /** Asks it to stop, and waits for its end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  #add(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this[stream] += chunk.toString();
    this.#changed();
  }
}

/** Sends datagrams to a port of this machine, one after the other, `perMs` of them each millisecond. */
export async function sendTo(port: number, datagrams: readonly Uint8Array[], perMs = 20): Promise<void> {
  const socket = createSocket('udp4');
  for (const [i, datagram] of datagrams.entries()) {
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
    if (i % perMs === perMs - 1) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise<void>((resolve) => socket.close(resolve));
}
