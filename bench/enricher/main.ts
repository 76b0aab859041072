/**
 * How many flows a second of CPU time the enricher takes, all its threads counted, with a database of AS numbers and one
 * of countries: from protobuf to protobuf and to JSON, of IPFIX and of all protocols in turn. It runs as its own process,
 * and is warm before it is measured.
 *
 *     npm run -s build:test && node build/bench/enricher/main.js --seconds 5
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { asnMmdb, countryMmdb } from '../../test/support/mmdb-writer.ts';
import { machine } from '../machine.ts';
import { ipfixBatches, mixedBatches } from '../nats/batches.ts';
import { root } from '../root.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
const milliseconds = Number(values.seconds) * 1000;

/** Ticks of CPU time in a second, as Linux shows them. */
const TICKS = 100;

/** Networks of all IPv4 addresses, 16 to 23 bits long. */
const networks = <Value>(value: (number: number) => Value): Record<string, Value> =>
  Object.fromEntries(
    Array.from({ length: 65_536 }, (_, i) => [`${i >> 8}.${i & 255}.0.0/${16 + (i % 8)}`, value(i)] as const),
  );

/** Seconds of CPU time that a process has used, its threads together. */
function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

async function measure(folder: string, format: string, input: Buffer, flows: number): Promise<number> {
  const databases = [`-db.asn=${join(folder, 'asn.mmdb')}`, `-db.country=${join(folder, 'country.mmdb')}`];
  const program = fileURLToPath(new URL('bin/enricher', root));
  const args = [program, `-format=${format}`, '-transport.file.sep=', '-loglevel=warn', ...databases];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  child.stdout.resume();
  const feed = async (forMs: number): Promise<number> => {
    let fed = 0;
    for (const until = performance.now() + forMs; performance.now() < until; fed += flows) {
      if (!child.stdin.write(input)) await once(child.stdin, 'drain');
    }
    return fed;
  };
  await feed(milliseconds / 2);
  const before = cpuSeconds(child.pid!);
  const fed = await feed(milliseconds);
  const rate = fed / (cpuSeconds(child.pid!) - before);
  child.stdin.end();
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`the enricher ended with ${code}`);
  return rate;
}

const folder = mkdtempSync(join(tmpdir(), 'goflow2plus-bench-'));
try {
  writeFileSync(join(folder, 'asn.mmdb'), asnMmdb(networks((i) => 64_496 + i)));
  const letter = (number: number): string => String.fromCharCode(65 + (number % 26));
  writeFileSync(join(folder, 'country.mmdb'), countryMmdb(networks((i) => letter(i) + letter(i >> 4))));
  console.log(machine().text);
  for (const [name, batches] of Object.entries({ IPFIX: ipfixBatches(undefined), mixed: mixedBatches() })) {
    const input = Buffer.concat(batches.map(({ buffer, length }) => buffer.subarray(0, length)));
    const flows = batches.reduce((sum, { count }) => sum + count, 0);
    console.log(`${name}: ${flows} flows of ${Math.round(input.length / flows)} octets, over and over`);
    for (const format of ['bin', 'json']) {
      const rate = await measure(folder, format, input, flows);
      console.log(`  bin to ${format}: ${Math.round(rate).toLocaleString('en')} flows a CPU second`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
