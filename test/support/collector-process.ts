import type { StdioOptions } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ChildProgram } from './child-program.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));

/** One line of the collector's log, as `-logfmt json` writes it. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The collector as its user runs it: a process of its own, ended with the test at the latest. */
export class CollectorProcess extends ChildProgram {
  /** @param prefix of the command, to run it elsewhere: {@link file://./own-network.ts} */
  constructor(t: TestContext, args: readonly string[], stdio?: StdioOptions, prefix: readonly string[] = []) {
    super(t, [...prefix, process.execPath, program, '-addr=', '-logfmt=json', ...args], stdio);
  }

  /** Messages on standard output, parsed. */
  get flows(): Record<string, unknown>[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** How many messages there are so far. */
  get flowCount(): number {
    return this.stdout.split('\n').length - 1;
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

  /** Ports of the listeners, in the order of `-listen`, once all of them are open. */
  async ports(count = 1): Promise<number[]> {
    const started = () => this.log.filter(({ msg }) => msg === 'starting collection');
    await this.until(() => started().length >= count, 30_000);
    return started().map(({ port }) => port as number);
  }
}

/** Sends datagrams to a port of this machine, one after the other, `perMs` of them each millisecond. */
export async function sendTo(
  port: number,
  datagrams: readonly Uint8Array[],
  perMs = 20,
  from = '127.0.0.1',
): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, from, resolve));
  for (const [i, datagram] of datagrams.entries()) {
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
    if (i % perMs === perMs - 1) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise<void>((resolve) => socket.close(resolve));
}
