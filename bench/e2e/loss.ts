/**
 * `npm run bench:loss`: the share of datagrams that is lost at rates and equal receive buffers, beside nfcapd in turns.
 * With 10 runs a point it takes some minutes.
 *
 *     npm run bench:loss -- --runs 3 --seconds 2 --rates 80000,140000
 */
import { parseArgs } from 'node:util';
import { machine } from '../machine.ts';
import { writeResults } from '../results.ts';
import { spreadOf } from '../spread.ts';
import type { Spread } from '../spread.ts';
import type { ContestantName } from './contestants.ts';
import { run } from './run.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '3' },
    warm: { type: 'string', default: '2' },
    rates: { type: 'string', default: '20000,50000,80000,110000,140000' },
    /** What the kernel grants: twice of what is asked for. */
    buffers: { type: 'string', default: '212992,4194304' },
    seed: { type: 'string', default: '1' },
  },
});
const list = (text: string): number[] => text.split(',').map(Number);
const [runs, seconds, warmSeconds, seed] = [values.runs, values.seconds, values.warm, values.seed].map(Number);
const sides: readonly ContestantName[] = ['ours, protobuf', 'nfcapd'];

interface Point {
  readonly buffer: number;
  readonly rate: number;
  readonly contestant: ContestantName;
  readonly lost: Spread;
  /** Runs without any loss. */
  readonly clean: number;
  readonly slowestSender: number;
}

const percent = (share: number): string => (share * 100).toFixed(2);

console.log(`${machine().text}; seed ${seed}; ${runs} runs a point in turns, ${seconds} s each`);
console.log('buffer, octets  datagrams/s  contestant        lost, %: median (least to most)  runs without loss');
const points: Point[] = [];
for (const buffer of list(values.buffers)) {
  for (const rate of list(values.rates)) {
    const options = { load: 'v9', rate, receiveBuffer: buffer / 2, exporters: 4 } as const;
    const lost = sides.map((): number[] => []);
    let slowestSender = Infinity;
    for (let i = 0; i < runs!; i++) {
      for (const [side, contestant] of sides.entries()) {
        const phases = { warmSeconds: warmSeconds!, seconds: seconds!, seed: seed! };
        const done = await run({ ...options, ...phases, contestant }); // eslint-disable-line no-await-in-loop
        lost[side]!.push(done.dropped / done.sent);
        slowestSender = Math.min(slowestSender, done.rate);
      }
    }
    for (const [side, contestant] of sides.entries()) {
      const shares = spreadOf(lost[side]!);
      const clean = lost[side]!.filter((share) => share === 0).length;
      points.push({ buffer, rate, contestant, lost: shares, clean, slowestSender });
      const spread = `${percent(shares.median)} (${percent(shares.least)} to ${percent(shares.most)})`;
      const cells = [`${buffer}`.padStart(14), `${rate}`.padStart(11), contestant.padEnd(16), spread.padStart(31)];
      const slow = slowestSender < rate * 0.99 ? `; the sender reached ${Math.round(slowestSender)}` : '';
      console.log(`${cells.join('  ')}  ${clean} of ${runs}${slow}`);
    }
  }
}
writeResults('loss', { runs, seconds, seed, points });
