/** Floods of those who should not send, and of what nobody can read, beside honest exporters. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PacedSender } from '#src/simulate/index.js';
import type { LoadReport } from '../../bench/load-sender.ts';
import { ChildProgram } from '../support/child-program.ts';
import { CollectorProcess } from '../support/collector-process.ts';
import type { LogLine } from '../support/collector-process.ts';
import { LOAD_SECONDS, inFull } from '../support/extent.ts';
import { LoadedCollector } from '../support/goals.ts';
import { loadCommand } from '../support/load-process.ts';
import type { LoadTask } from '../support/load-process.ts';
import { peakKB } from '../support/memory-peak.ts';
import { range, v5 } from '../support/numbered-flows.ts';
import { endsWell } from '../support/oracle.ts';
import { OwnNetwork } from '../support/own-network.ts';
import { skipUnless, skipUnlessRoot, skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));

/**
 * The ceiling of the list's rows, datagrams of thirty flows a second. Nothing is measured here: what a busy machine takes
 * now says nothing of what it takes in ten seconds. In full it is what every machine of two cores takes on which nothing
 * else runs, the sender beside it; with other tests on the machine it is a fifth of that.
 */
const CEILING = inFull ? 10_000 : 2_000;

test('S-05 honest exporters beside as many datagrams of one that is not listed: nothing is lost, all is counted', async (t) => {
  const RATE = 0.3 * CEILING;
  const flags = ['-listen=netflow://127.0.0.1:0', '-transport.file=/dev/null', '-exporters.allow=127.0.3.0/24'];
  const loaded = await LoadedCollector.start(t, flags);
  const denied = await flood(loaded, RATE, [Buffer.alloc(1_464)], () => loaded.send(RATE, RATE * LOAD_SECONDS));
  const dropped = () =>
    loaded.metric('goflow2plus_datagrams_dropped_total', ({ labels }) => labels['reason'] === 'not_allowed');
  for (let tries = 0; (await dropped()) < denied; tries++) {
    assert.ok(tries < 100, `${await dropped()} of ${denied}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal(await loaded.metric('goflow2plus_kernel_drops_total'), 0);
  loaded.sent += denied;
  const { peakKB: peak } = loaded;
  const books = await loaded.end();
  assert.equal(books['flows_delivered'], 30 * (loaded.sent - denied));
  t.diagnostic(JSON.stringify({ honest: loaded.sent - denied, denied, peakKB: peak }));
});

test(
  'S-05 with rules of nftables: honest exporters beside twenty times as many datagrams that are denied, nothing is lost',
  skipUnless(skipUnlessRoot(), skipWithout('iproute2', 'nftables')),
  async (t) => {
    const [HONEST, DENIED] = [0.5 * CEILING, 10 * CEILING];
    const network = await OwnNetwork.open(t);
    const lists = ['-exporters.allow=127.0.3.0/24', '-exporters.deny=127.0.3.66'];
    const rules = join(temporaryFolder(t), 'rules');
    writeFileSync(rules, await network.run(process.execPath, program, 'firewall', ...lists));
    await network.run('nft', '-f', rules);
    const flags = ['-listen=netflow://127.0.0.1:2055', '-format=bin', '-transport.file=/dev/null', ...lists];
    const collector = new CollectorProcess(t, flags, undefined, network.prefix);
    await collector.ports();
    const send = (load: Pick<LoadTask, 'sources' | 'datagrams' | 'rate' | 'seconds'>) =>
      network.start(process.execPath, ...loadCommand({ target: { address: '127.0.0.1', port: 2055 }, ...load }));
    const flows = [{ hex: Buffer.from(v5(0)).toString('hex'), sequence: { offset: 16, step: 30 } }];
    const honest = send({
      sources: range(4).map((i) => `127.0.3.${i + 1}`),
      datagrams: flows,
      rate: HONEST,
      seconds: LOAD_SECONDS,
    });
    const denied = send({
      sources: ['127.0.3.66', '127.0.4.1'],
      datagrams: flows,
      rate: DENIED,
      seconds: LOAD_SECONDS,
    });
    await Promise.all([honest, denied].map((load) => load.finished(20_000 + LOAD_SECONDS * 2_000)));
    const [sent, refused] = [honest, denied].map(({ stdout }) => JSON.parse(stdout) as LoadReport) as [
      LoadReport,
      LoadReport,
    ];
    t.diagnostic(JSON.stringify({ honest: sent, denied: refused, peakKB: peakKB(collector) }));
    const fresh = send({ sources: ['127.0.3.1'], datagrams: flows, rate: 10, seconds: 1 }); // gets through behind them
    await fresh.finished();
    const { datagrams } = JSON.parse(fresh.stdout) as LoadReport;
    const books = await endsWell(collector, sent.datagrams + datagrams);
    assert.equal(books['kernel_drops'], undefined);
    assert.equal(books['flows_delivered'], 30 * (sent.datagrams + datagrams));
    if (inFull) assert.ok(refused.datagrams > 0.9 * DENIED * LOAD_SECONDS, `it could send ${refused.datagrams}`);
    const listed = await network.run('nft', 'list', 'table', 'inet', 'goflow2plus');
    const counted = [...listed.matchAll(/counter packets (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    assert.equal(counted, refused.datagrams);
  },
);

test('S-10 bad datagrams of all classes, twenty beside each honest one: few lines, nothing is lost', async (t) => {
  const [HONEST, BAD] = [0.5 * CEILING, 10 * CEILING];
  const flags = ['-listen=netflow://127.0.0.1:0', '-transport.file=/dev/null'];
  const loaded = await LoadedCollector.start(t, flags);
  const { collector, port } = loaded;
  const bad = ['', '00', '00090000', '000a0008000000000000000000000000', '00ff'.repeat(20), '000500ff'.repeat(12)];
  const before = collector.log.length;
  const flood = new ChildProgram(t, [
    process.execPath,
    ...loadCommand({
      target: { address: '127.0.0.1', port },
      sources: ['127.0.4.1', '127.0.4.2'],
      datagrams: bad.map((hex) => ({ hex })),
      rate: BAD,
      seconds: LOAD_SECONDS,
    }),
  ]);
  await loaded.send(HONEST, HONEST * LOAD_SECONDS);
  await flood.finished(20_000 + LOAD_SECONDS * 1_000);
  const { datagrams: sent, behindMs } = JSON.parse(flood.stdout) as LoadReport;
  loaded.sent += sent;
  await loaded.settled();
  const lines = collector.log.slice(before);
  const longest = Math.max(...collector.stderr.split('\n').map((line) => line.length));
  const most = linesInTenSeconds(lines);
  t.diagnostic(JSON.stringify({ sent, behindMs, lines: lines.length, longest, most, peakKB: loaded.peakKB }));
  assert.equal(await loaded.metric('goflow2plus_kernel_drops_total'), 0);
  if (inFull) assert.ok(sent > 0.9 * BAD * LOAD_SECONDS, `it could send ${sent}`);
  assert.ok(lines.length <= 100 * LOAD_SECONDS && longest <= 2_048, `${lines.length} lines, ${longest} octets`);
  for (const [name, count] of Object.entries(most)) assert.ok(count <= 10, `${count} lines of ${name} in 10 s`);
  const books = await loaded.end();
  assert.equal(books['datagrams_received'], loaded.sent);
  assert.equal(books['flows_delivered'], 30 * (loaded.sent - sent));
});

/** Of each class of lines, how many there were for each ten seconds that it had begun, from its first line on. */
function linesInTenSeconds(lines: readonly LogLine[]): Record<string, number> {
  const times: Record<string, number[]> = {};
  for (const line of lines) {
    const about = line['class'] === undefined ? '' : 'muting of '; // which tells how many were left out
    const name = `${about}${(line['class'] ?? line['reason'] ?? line.msg) as string}`;
    (times[name] ??= []).push(Date.parse(line['time'] as string));
  }
  const each = Object.entries(times).map(([name, at]): [string, number] => {
    const begun = Math.floor((at.at(-1)! - at[0]! + 100) / 10_000) + 1; // a clock of the log, read a little later
    return [name, at.length / begun];
  });
  return Object.fromEntries(each);
}

/** Sends datagrams in turn from one address at a rate, while something else is done: how many were sent. */
async function flood(
  loaded: LoadedCollector,
  rate: number,
  datagrams: readonly Uint8Array[],
  meanwhile: () => Promise<void>,
): Promise<number> {
  const sender = new PacedSender({
    target: { address: '127.0.0.1', port: loaded.port },
    sources: [{ address: '127.0.4.1', port: 0 }],
    rate,
  });
  await sender.start();
  const count = rate * LOAD_SECONDS;
  const list = range(count);
  await Promise.all([
    meanwhile(),
    sender.send(list.map((i) => ({ bytes: datagrams[i % datagrams.length]!, source: 0 }))),
  ]);
  await sender.stop();
  return count;
}
