import { execFileSync, fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, asked } from '../asked.ts';
import { spreadOf } from '../spread.ts';
import type { LoadReport } from '../load-sender.ts';
import { contestants } from './contestants.ts';
import type { ContestantName, Place } from './contestants.ts';
import type { LoadTask } from './load-process.ts';
import { loads } from './loads.ts';
import type { LoadName } from './loads.ts';
import { PageReserve, sizeOf } from './page-reserve.ts';
import { ProcessTree } from './process-tree.ts';
import { udpQueue } from '../../test/support/udp-queue.ts';

export interface RunOptions {
  readonly contestant: ContestantName;
  readonly load: LoadName;
  /** Datagrams a second; null is as fast as the sender can. */
  readonly rate: number | null;
  readonly receiveBuffer: number;
  /** Of load before what is measured: code gets warm. */
  readonly warmSeconds: number;
  readonly seconds: number;
  readonly exporters: number;
  readonly seed: number;
}

/** What one run of one contestant showed. */
export interface Run {
  /** Datagrams while it was measured: sent, refused by the kernel, dropped since the receive buffer was full. */
  readonly sent: number;
  readonly refused: number;
  readonly dropped: number;
  /** Datagrams a second that were sent, and how late the latest burst was. */
  readonly rate: number;
  readonly behindMs: number;
  /** CPU, user and system, of all of its processes, until it had read all. */
  readonly cpuSeconds: number;
  /** Resident memory of its first process while it was measured, in octets. */
  readonly resident: Resident;
  /** Flow records that came in, warm-up included, and those that were found in what it wrote. */
  readonly flows: { readonly received: number; readonly written: number };
}

export interface Resident {
  readonly most: number;
  /** Medians of the second and the last quarter: whether it still grows. */
  readonly early: number;
  readonly late: number;
}

const START_TIMEOUT_MS = 10_000;
/** How long it may take to read what waits, and to end. */
const END_TIMEOUT_MS = 30_000;

/** Of what is held for it to what a contestant is going to write, as it did while it got warm. */
const MARGIN = 1.25;

/** Starts a contestant on one core and the load on the other, measures it, and ends both. */
export async function run(options: RunOptions): Promise<Run> {
  const contestant = contestants[options.contestant];
  const { exporters, load, rate, receiveBuffer, seed } = options;
  const base = mkdtempSync(join(tmpdir(), 'goflow2plus-bench-'));
  const folder = join(base, 'output');
  mkdirSync(folder);
  const place: Place = { port: await freePort(), folder, receiveBuffer };
  const task: LoadTask = { load, port: place.port, rate, exporters, seed };
  const sender = fork(new URL('./load-process.js', import.meta.url), [JSON.stringify(task)], {
    ...pinned(1),
    stdio: 'inherit',
  });
  const { settles } = contestant;
  const hasSettled = async () => settles && settled(join(folder, settles.file), settles.seconds);
  const [command, ...args] = [...onCore(0), ...contestant.command(place)];
  const program = spawn(command!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const log = logOf(program);
    await Promise.all([answer(sender), until(() => udpQueue(place.port) !== undefined, START_TIMEOUT_MS, log)]);
    const warm = (await asked(sender, options.warmSeconds)) as LoadReport;
    await drained(place.port, log);
    await hasSettled();
    const written = sizeOf(folder);
    const warmMs = Math.max(warm.elapsedMs, 1000); // what it wrote in less says little
    const reserve = new PageReserve(join(base, 'pages'), (written / warmMs) * 1000 * options.seconds * MARGIN);
    const tree = new ProcessTree(program.pid!);
    const before = { cpu: tree.cpuSeconds, drops: udpQueue(place.port)!.drops };
    const watch = new ResidentWatch(tree, () => reserve.follow(sizeOf(folder) - written));
    const report = (await asked(sender, options.seconds)) as LoadReport;
    await drained(place.port, log);
    await hasSettled();
    const cpuSeconds = tree.cpuSeconds - before.cpu;
    const resident = watch.end();
    const { drops } = udpQueue(place.port)!;
    if (settles === undefined) await ended(program, log);
    else tree.kill();
    return {
      sent: report.datagrams,
      refused: Object.values(report.errors).reduce((sum, count) => sum + count, 0),
      dropped: drops - before.drops,
      rate: report.datagrams / (report.elapsedMs / 1000),
      behindMs: report.behindMs,
      cpuSeconds,
      resident,
      flows: {
        received: (warm.datagrams + report.datagrams - drops) * loads[load].flows,
        written: loads[load].flows === 0 ? 0 : contestant.written(place, log()),
      },
    };
  } finally {
    sender.kill('SIGKILL');
    if (program.exitCode === null && program.signalCode === null) new ProcessTree(program.pid!).kill();
    rmSync(base, { recursive: true, force: true });
  }
}

/** Two cores are enough to keep them apart; on one they share it. */
const apart = cpus().length > 1;
export const onCore = (core: number): string[] => (apart ? ['taskset', '-c', `${core}`] : []);

/** What looks at a contestant stays away from its core. */
if (apart) execFileSync('taskset', ['-cp', '1', `${process.pid}`], { stdio: 'ignore' });

/** How `fork` starts a process on a core. */
function pinned(core: number): { execPath?: string; execArgv?: string[] } {
  const [execPath, ...execArgv] = onCore(core);
  return execPath === undefined ? {} : { execPath, execArgv: [...execArgv, process.execPath] };
}

/** Between two looks at the processes of a contestant. */
const LOOK_MS = 25;

/** Samples resident memory, and what processes have used that may end. */
class ResidentWatch {
  readonly #timer: NodeJS.Timeout;
  readonly #samples: number[] = [];

  constructor(tree: ProcessTree, look: () => void) {
    this.#timer = setInterval(() => {
      look();
      tree.look();
      this.#samples.push(tree.resident);
    }, LOOK_MS);
  }

  end(): Resident {
    clearInterval(this.#timer);
    const quarter = Math.ceil(this.#samples.length / 4);
    return {
      most: spreadOf(this.#samples).most,
      early: spreadOf(this.#samples.slice(quarter, 2 * quarter)).median,
      late: spreadOf(this.#samples.slice(-quarter)).median,
    };
  }
}

function logOf(program: ChildProcess): () => string {
  let log = '';
  const add = (chunk: Buffer): void => {
    log = `${log}${chunk.toString()}`.slice(-100_000);
  };
  program.stdout!.on('data', add);
  program.stderr!.on('data', add);
  program.on('error', (error) => add(Buffer.from(`${error.message}\n`)));
  return () => log;
}

/** A port on which nobody listens just now: some contestants cannot say which one they took. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

const drained = (port: number, log: () => string): Promise<void> =>
  until(() => udpQueue(port)?.waiting === 0, END_TIMEOUT_MS, log);

/** Waits until a file has not grown for so many seconds. */
async function settled(file: string, seconds: number): Promise<void> {
  const end = performance.now() + END_TIMEOUT_MS;
  let [size, since] = [-1, performance.now()];
  while (performance.now() - since < seconds * 1000 && performance.now() < end) {
    const now = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (now !== size) [size, since] = [now, performance.now()];
    await delay(50); // eslint-disable-line no-await-in-loop
  }
}

async function ended(program: ChildProcess, log: () => string): Promise<void> {
  program.kill('SIGTERM');
  await until(() => program.exitCode !== null || program.signalCode !== null, END_TIMEOUT_MS, log);
  if (program.exitCode !== 0 && program.signalCode !== 'SIGTERM') throw new Error(`ended badly: ${log()}`);
}

async function until(condition: () => boolean, timeoutMs: number, log: () => string): Promise<void> {
  for (const end = performance.now() + timeoutMs; !condition(); await delay(10)) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${log()}`);
  }
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
