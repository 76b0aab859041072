/**
 * `npm run bench:limits`: memory of one worker with default settings when more comes than it can take (P-12), and the
 * time from exec to the first flow (P-14).
 *
 *     npm run bench:limits -- --runs 5 --seconds 8
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { machine } from '../machine.ts';
import { writeResults } from '../results.ts';
import { spreadOf } from '../spread.ts';
import { defaults } from './contestants.ts';
import { loads } from './loads.ts';
import { freePort, run } from './run.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
  },
});
const [runs, seconds, seed] = [Number(values.runs), Number(values.seconds), Number(values.seed)];
const RESIDENT_MOST = 150e6;
/** What the late memory may be of the early one, to be called flat. */
const FLAT = 1.1;
const START_MOST_MS = 500;

/** Milliseconds from exec to the first octet of output, while datagrams keep coming. */
async function firstFlow(): Promise<number> {
  const port = await freePort();
  const [datagram] = loads.v9.datagrams(seed, 0);
  const socket = createSocket('udp4');
  socket.on('error', () => {}); // nobody listens yet
  const begin = performance.now();
  const [command, ...args] = defaults(port);
  const program = spawn(command!, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const timer = setInterval(() => socket.send(datagram!.bytes, port, '127.0.0.1'), 2);
  try {
    await once(program.stdout, 'data', { signal: AbortSignal.timeout(30_000) });
    return performance.now() - begin;
  } finally {
    clearInterval(timer);
    socket.close();
    program.kill('SIGKILL');
    await once(program, 'exit');
  }
}

const mega = (octets: number): string => `${(octets / 1e6).toFixed(0)} MB`;

console.log(`${machine().text}; seed ${seed}`);
const overload = await run({
  contestant: 'ours, default settings',
  load: 'v9',
  rate: null,
  receiveBuffer: 0,
  warmSeconds: 2,
  seconds,
  exporters: 4,
  seed,
});
const { most, early, late } = overload.resident;
const memory = { ...overload, met: most <= RESIDENT_MOST && late <= early * FLAT };
console.log(
  `P-12 ${Math.round(overload.rate)} datagrams/s for ${seconds} s, ${((100 * overload.dropped) / overload.sent).toFixed(0)} % dropped: ` +
    `resident ${mega(most)} at most, ${mega(early)} early, ${mega(late)} late; goal ${mega(RESIDENT_MOST)}: ${memory.met ? 'met' : 'MISSED'}`,
);
const times: number[] = [];
for (let i = 0; i < runs; i++) times.push(await firstFlow()); // eslint-disable-line no-await-in-loop
const start = { ...spreadOf(times), met: spreadOf(times).median <= START_MOST_MS };
console.log(
  `P-14 first flow ${start.median.toFixed(0)} ms after exec (${start.least.toFixed(0)} to ${start.most.toFixed(0)}), ` +
    `goal ${START_MOST_MS} ms: ${start.met ? 'met' : 'MISSED'}`,
);
writeResults('limits', { seed, memory, start });
