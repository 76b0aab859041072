import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A NATS server for a measurement, with its store in a temporary folder. */
export interface BenchServer {
  readonly url: string;
  /** Processor seconds that it has used so far, and the octets that it holds in memory now. */
  usage(): { readonly cpu: number; readonly rss: number };
  stop(): Promise<void>;
}

const TICKS_PER_SECOND = 100;
const PAGE = 4096;

/** Starts it; undefined where no nats-server is installed. */
export async function startBenchServer(): Promise<BenchServer | undefined> {
  const program = ['/usr/sbin/nats-server', '/usr/bin/nats-server'].find((path) => existsSync(path));
  if (program === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'goflow2plus-bench-'));
  const args = ['-js', '-sd', join(folder, 'store'), '-a', '127.0.0.1', '-p', '-1', '--ports_file_dir', folder];
  const child = spawn(program, args, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let url: string | undefined;
  for (let tries = 0; url === undefined && tries < 200; tries++) {
    await sleep(20); // eslint-disable-line no-await-in-loop
    const file = readdirSync(folder).find((name) => name.endsWith('.ports'));
    const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8');
    url = /"(nats:[^"]+)"/.exec(text)?.[1];
  }
  if (url === undefined) throw new Error('nats-server did not start');
  return {
    url,
    usage() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(') ')[1]!.split(' ').map(Number);
      return { cpu: (fields[11]! + fields[12]!) / TICKS_PER_SECOND, rss: fields[21]! * PAGE };
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
