import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { PacedSender } from '#src/simulate/index.js';
import { ContextCollector, v5Of } from './context-collector.ts';

/** A line of CSV for each network: IPv4 and IPv6, names of their own, attributes as an inventory has them. */
function writeNetworks(path: string, count: number): void {
  writeFileSync(path, 'cidr,name,site,tenant,role\n');
  for (let from = 0; from < count; from += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, count - from) }, (_, k) => {
      const i = from + k;
      const [high, middle, low] = [(i >> 16) & 0xff, (i >> 8) & 0xff, i & 0xff];
      const cidr =
        i % 4 === 3
          ? `2001:db8:${high.toString(16)}:${(i & 0xffff).toString(16)}::/64`
          : `${20 + high}.${middle}.${low}.0/24`;
      return `${cidr},net-${i},site${i % 50},tenant${i % 5000},role${i % 20}\n`;
    });
    appendFileSync(path, lines.join(''));
  }
}

/** What was seen while a collector under load took networks in bulk into use. */
export interface BulkReport {
  /** From the moment that the file was there until it was in use, and the CPU time of all threads in between. */
  readonly inUseMs: number;
  readonly cpuMs: number;
  readonly networks: number;
  /** How much more memory the process had at most, and some time after. */
  readonly peakOctets: number;
  readonly sent: number;
  readonly books: Readonly<Record<string, number>>;
}

/**
 * Sends datagrams of one flow each, at an even pace, to a collector whose context becomes one of `networks` networks.
 * A receive buffer that holds so many milliseconds of them drops what comes in a longer pause.
 */
export async function takeBulk(t: TestContext, networks: number, rate: number, buffer: string): Promise<BulkReport> {
  const collector = new ContextCollector(t, 'networks: [{ name: all, cidr: 0.0.0.0/0 }]\n', [
    `-listen=netflow://127.0.0.1:0${buffer}`,
    '-format=bin',
    `-transport.file=/dev/null`,
  ]);
  const { process, folder } = collector;
  const [port] = await process.ports();
  writeNetworks(join(folder, 'networks.csv'), networks);
  const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate });
  await sender.start();
  let goOn = true;
  function* datagrams() {
    for (let sequence = 0; goOn; sequence++)
      yield { bytes: v5Of([{ source: '20.0.1.1', destination: '192.0.2.1' }], 0, sequence) };
  }
  const sending = sender.send(datagrams());
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = residentOctets(process.child.pid!);
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, residentOctets(process.child.pid!))), 50);
  const cpuBefore = cpuMsOf(process.child.pid!);
  const started = performance.now();
  collector.write('networks_from: [{ file: networks.csv }]\n');
  const inUse = () => process.log.find(({ msg, generation }) => msg === 'context in use' && generation === 2);
  await process.until(() => inUse() !== undefined, 120_000);
  const inUseMs = performance.now() - started;
  const cpuMs = cpuMsOf(process.child.pid!) - cpuBefore;
  await new Promise((resolve) => setTimeout(resolve, 500));
  clearInterval(watch);
  goOn = false;
  const { datagrams: sent } = await sending;
  await sender.stop();
  await process.stop();
  return {
    inUseMs,
    cpuMs,
    networks: inUse()!['networks'] as number,
    peakOctets: peak - before,
    sent,
    books: process.books,
  };
}

/** CPU time of a process, user and system: in hundredths of a second, as the kernel tells it. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

function residentOctets(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]) * 1024;
}
