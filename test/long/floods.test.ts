/** Floods of those who should not send, and of what nobody can read, beside honest exporters. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PacedSender } from '#src/simulate/index.js';
import { LoadedCollector } from '../support/goals.ts';
import { range } from '../support/numbered-flows.ts';

const SECONDS = 60;

test('S-05 honest exporters beside as many datagrams of one that is not listed: nothing is lost, all is counted', async (t) => {
  const RATE = 3_000;
  const flags = ['-listen=netflow://127.0.0.1:0', '-transport.file=/dev/null', '-exporters.allow=127.0.3.0/24'];
  const loaded = await LoadedCollector.start(t, flags);
  const denied = await flood(loaded, RATE, [Buffer.alloc(1_464)], () => loaded.send(RATE, RATE * SECONDS));
  const dropped = () =>
    loaded.metric('goflow2plus_datagrams_dropped_total', ({ labels }) => labels['reason'] === 'not_allowed');
  for (let tries = 0; (await dropped()) < denied; tries++) {
    assert.ok(tries < 100, `${await dropped()} of ${denied}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal(await loaded.metric('goflow2plus_kernel_drops_total'), 0);
  loaded.sent += denied;
  assert.equal((await loaded.collector.stop()).code, 0);
  const { books } = loaded.collector;
  assert.equal(books['flows_delivered'], 30 * (loaded.sent - denied));
  t.diagnostic(JSON.stringify({ honest: loaded.sent - denied, denied }));
});

test('S-10 bad datagrams of all classes beside honest ones: few lines, nothing is lost', async (t) => {
  const RATE = 1_000;
  const flags = ['-listen=netflow://127.0.0.1:0', '-transport.file=/dev/null'];
  const loaded = await LoadedCollector.start(t, flags);
  const bad = ['', '00', '00090000', '000a0008000000000000000000000000', '00ff'.repeat(20), '000500ff'.repeat(12)];
  const before = loaded.collector.log.length;
  const sent = await flood(
    loaded,
    10 * RATE,
    bad.map((text) => Buffer.from(text, 'hex')),
    () => loaded.send(RATE, RATE * SECONDS),
  );
  loaded.sent += sent;
  await loaded.settled();
  assert.equal(await loaded.metric('goflow2plus_kernel_drops_total'), 0);
  const lines = loaded.collector.log.slice(before);
  const longest = Math.max(...loaded.collector.stderr.split('\n').map((line) => line.length));
  assert.ok(lines.length <= 100 * SECONDS && longest <= 2_048, `${lines.length} lines, ${longest} octets`);
  const { collector } = loaded;
  assert.equal((await collector.stop()).code, 0);
  const { books } = collector;
  assert.equal(books['datagrams_received'], loaded.sent);
  assert.equal(books['flows_delivered'], 30 * (loaded.sent - sent));
  t.diagnostic(JSON.stringify({ sent, lines: lines.length, longest, ...books }));
});

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
  const count = rate * SECONDS;
  const list = range(count);
  await Promise.all([
    meanwhile(),
    sender.send(list.map((i) => ({ bytes: datagrams[i % datagrams.length]!, source: 0 }))),
  ]);
  await sender.stop();
  return count;
}
