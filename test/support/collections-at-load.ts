import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FixedExporter, PacedSender, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import { ChildProgram } from './child-program.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));

const start = 1_700_000_000_000_000_000n;
const FLOWS = 2_000;
const flowsOf = (ipv6: number) => [...new Traffic({ seed: 1, start, ipv6 }).flows(0, FLOWS)];

/** Datagrams as large as jumbo frames have room for: many flows for little of the sender's time. */
const payload = 8_900;
const templated = { boot: start, refreshEvery: 1e9, payload };

/** Datagrams of each protocol, to be sent over and over. */
export const loads = {
  'netflow-v5': () => new FixedExporter({ boot: start }).export(flowsOf(0), start),
  'netflow-v9': () => new TemplatedExporter({ version: 9, ...templated }).export(flowsOf(0.3), start),
  ipfix: () => new TemplatedExporter({ version: 10, ...templated }).export(flowsOf(0.3), start),
  sflow: () => new SFlowExporter({ boot: start, agent: '192.0.2.1', payload }).export(flowsOf(0.3), start),
};

/** In frames of the usual size: as many datagrams as exporters would send. */
const usualFrames = () =>
  new TemplatedExporter({ version: 9, ...templated, payload: 1_400 }).export(flowsOf(0.3), start);

/** Has the main thread collect once before anything else, so that `--trace-gc` begins with the name of its heap. */
const mark = 'import { isMainThread } from "node:worker_threads"; if (isMainThread) gc();';

/**
 * Young generations of one size, a megabyte, whatever the version of Node.js makes of them: timers and batches fill one
 * in about a second, however many flows there are.
 */
const young = ['--min-semi-space-size=1', '--max-semi-space-size=1'];
const YOUNG_OCTETS = 1024 * 1024;

/** What a thread may collect in a second; seen are 0.9 at the most. */
const MOST_A_SECOND = 2;

/** The least that anything made for a flow takes of it: three words. */
const SMALLEST_OBJECT = 24;

/** What `--trace-gc` has shown. */
interface Collections {
  /** Flows that were sent and not dropped by the kernel, and how long that took. */
  readonly flows: number;
  readonly seconds: number;
  /** Lines about the heap of the worker that decodes, and about that of the main thread, while the load was even. */
  readonly worker: readonly string[];
  readonly main: readonly string[];
}

/** An even load, and for how long: first until all is warm, then while collections count. */
interface EvenLoad {
  readonly flowsPerSecond: number;
  readonly warmSeconds: number;
  readonly seconds: number;
}

/** Tries to have so much of a load that garbage would show. */
const TRIES = 3;

/**
 * Nothing is made for a flow: neither thread collects more than timers and batches give it to. The flows were so many
 * that a single object for each of them would have had to be collected more often.
 */
export async function noCollectionsAtLoad(
  t: TestContext,
  load: keyof typeof loads,
  format: string,
  even: EvenLoad,
): Promise<void> {
  const shows = ({ flows, seconds }: Collections) => flows * SMALLEST_OBJECT > MOST_A_SECOND * seconds * YOUNG_OCTETS;
  let seen = await collectionsAtLoad(t, load, format, even);
  for (let tries = 1; !shows(seen) && tries < TRIES; tries++) seen = await collectionsAtLoad(t, load, format, even);
  const { flows, seconds, worker, main } = seen;
  t.diagnostic(JSON.stringify({ flows, seconds, worker: worker.length, main: main.length }));
  assert.ok(shows(seen), `${flows} flows in ${seconds} s are too few to tell`);
  assert.ok(worker.length <= MOST_A_SECOND * seconds, worker.join('\n'));
  assert.ok(main.length <= MOST_A_SECOND * seconds, main.join('\n'));
}

/** How often the whole heap of a worker may be collected in a second; with a young generation of 16 MB it is four to five times. */
const MOST_WHOLE_A_SECOND = 1;

/**
 * Datagrams that `node:dgram` gives are memory outside of the heap, of which V8 collects the whole heap when there is
 * much of it: the young generation of a worker is small enough that it never comes to that.
 */
export async function noWholeCollectionsByDgram(t: TestContext, even: EvenLoad): Promise<void> {
  const datagrams = usualFrames();
  const { seconds, worker } = await underLoad(t, datagrams, 'bin', '?receive=dgram', [], even);
  const whole = worker.filter((line) => line.includes('Mark-Compact'));
  t.diagnostic(JSON.stringify({ seconds, young: worker.length - whole.length, whole: whole.length }));
  assert.ok(worker.length > 2 * seconds, 'each datagram is garbage: it has to be collected somehow');
  assert.ok(whole.length <= MOST_WHOLE_A_SECOND * seconds, whole.join('\n'));
}

/** Sends an even load to a collector with young generations of one size. */
const collectionsAtLoad = (
  t: TestContext,
  load: keyof typeof loads,
  format: string,
  even: EvenLoad,
): Promise<Collections> => underLoad(t, loads[load](), format, '', young, even);

async function underLoad(
  t: TestContext,
  datagrams: readonly Uint8Array[],
  format: string,
  query: string,
  heap: readonly string[],
  { flowsPerSecond, warmSeconds, seconds }: EvenLoad,
): Promise<Collections> {
  const flags = ['--trace-gc', ...heap, '--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(mark)}`];
  const args = [
    '-addr=',
    '-logfmt=json',
    `-listen=flow://127.0.0.1:0${query}`,
    `-format=${format}`,
    '-transport.file=/dev/null',
  ];
  const collector = new ChildProgram(t, [process.execPath, ...flags, program, ...args]);
  await collector.until(() => collector.stderr.includes('starting collection'));
  const port = Number(/"port":(\d+)/.exec(collector.stderr)![1]);
  const rate = flowsPerSecond / (FLOWS / datagrams.length);
  const sender = new PacedSender({ target: { address: '127.0.0.1', port }, rate });
  await sender.start();
  t.after(() => sender.stop());
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
  const elapsed = (performance.now() - begin) / 1000;
  const after = collector.stdout.length;
  await collector.stop();
  const lines = collector.stdout
    .slice(before, after)
    .split('\n')
    .filter((line) => /Scavenge|Mark-Compact/.test(line));
  const [, ofMain] = /^\[\d+:(0x[0-9a-f]+)\]/.exec(collector.stdout)!;
  const isMain = (line: string) => line.includes(`:${ofMain}]`);
  const dropped = Number(/"kernel_drops":(\d+)/.exec(collector.stderr)?.[1] ?? 0);
  return {
    flows: (sent - dropped) * (FLOWS / datagrams.length),
    seconds: elapsed,
    worker: lines.filter((line) => !isMain(line)),
    main: lines.filter(isMain),
  };
}
