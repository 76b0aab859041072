import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FixedExporter, PacedSender, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import { ChildProgram } from './child-program.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));

const start = 1_700_000_000_000_000_000n;
const flowsOf = (ipv6: number) => [...new Traffic({ seed: 1, start, ipv6 }).flows(0, 2_000)];

/** Datagrams of each protocol, to be sent over and over. */
export const loads = {
  'netflow-v5': () => new FixedExporter({ boot: start }).export(flowsOf(0), start),
  'netflow-v9': () => new TemplatedExporter({ version: 9, boot: start, refreshEvery: 1e9 }).export(flowsOf(0.3), start),
  ipfix: () => new TemplatedExporter({ version: 10, boot: start, refreshEvery: 1e9 }).export(flowsOf(0.3), start),
  sflow: () => new SFlowExporter({ boot: start, agent: '192.0.2.1' }).export(flowsOf(0.3), start),
};

/** Has the main thread collect once before anything else, so that `--trace-gc` begins with the name of its heap. */
const mark = 'import { isMainThread } from "node:worker_threads"; if (isMainThread) gc();';

/**
 * Young generations of one size, a megabyte, whatever the version of Node.js makes of them: timers and batches fill one
 * in about a second, however many flows there are; the smallest object for each of 140,000 flows a second fills four.
 */
const young = ['--min-semi-space-size=1', '--max-semi-space-size=1'];

/** What a thread may collect in a second; seen are 0.9 at the most. */
export const MOST_A_SECOND = 2;

/** What `--trace-gc` has shown. */
export interface Collections {
  readonly datagrams: number;
  /** How long the even load was. */
  readonly seconds: number;
  /** Lines about the heap of the worker that decodes, and about that of the main thread, while the load was even. */
  readonly worker: readonly string[];
  readonly main: readonly string[];
}

/** Sends an even load to a collector: first until all of it is warm, then for `seconds` in which collections count. */
export async function collectionsAtLoad(
  t: TestContext,
  load: keyof typeof loads,
  format: string,
  { rate, warmSeconds, seconds }: { readonly rate: number; readonly warmSeconds: number; readonly seconds: number },
): Promise<Collections> {
  const flags = ['--trace-gc', ...young, '--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(mark)}`];
  const args = [
    '-addr=',
    '-logfmt=json',
    '-listen=flow://127.0.0.1:0',
    `-format=${format}`,
    '-transport.file=/dev/null',
  ];
  const collector = new ChildProgram(t, [process.execPath, ...flags, program, ...args]);
  await collector.until(() => collector.stderr.includes('starting collection'));
  const port = Number(/"port":(\d+)/.exec(collector.stderr)![1]);
  const sender = new PacedSender({ target: { address: '127.0.0.1', port }, rate });
  await sender.start();
  t.after(() => sender.stop());
  const datagrams = loads[load]();
  const sendFor = async (duration: number) => {
    const end = performance.now() + duration * 1000;
    function* turns() {
      for (let i = 0; performance.now() < end; i++) yield datagrams[i % datagrams.length]!;
    }
    return (await sender.send(turns())).datagrams;
  };
  await sendFor(warmSeconds);
  const before = collector.stdout.length;
  const begin = performance.now();
  const sent = await sendFor(seconds);
  await collector.stop();
  const elapsed = (performance.now() - begin) / 1000;
  const lines = collector.stdout
    .slice(before)
    .split('\n')
    .filter((line) => /Scavenge|Mark-Compact/.test(line));
  const [, heap] = /^\[\d+:(0x[0-9a-f]+)\]/.exec(collector.stdout)!;
  const isMain = (line: string) => line.includes(`:${heap}]`);
  return {
    datagrams: sent,
    seconds: elapsed,
    worker: lines.filter((line) => !isMain(line)),
    main: lines.filter(isMain),
  };
}
