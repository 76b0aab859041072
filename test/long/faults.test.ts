/** Rows of the fault matrix in full, on the program as its user runs it. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { EXPORT_TIME, data, protocols, v9 } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition-text.ts';
import { clockOf } from '../support/faked-clock.ts';
import { range, v5 } from '../support/numbered-flows.ts';
import { skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { isDrained } from '../support/udp-queue.ts';

test('F-12 SIGHUP every 200 ms for a minute under load: every line once, whole, in one of the files', async (t) => {
  const DATAGRAMS = 12_000;
  const folder = temporaryFolder(t);
  const path = join(folder, 'flows');
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0', '-transport.file', path]);
  const [port] = await collector.ports();
  const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate: DATAGRAMS / 60 });
  await sender.start();
  t.after(() => sender.stop());
  let over = false;
  const rotating = (async () => {
    let turn = 0;
    for (; !over; turn++) {
      const next = sleep(200);
      renameSync(path, `${path}.${turn}`);
      collector.child.kill('SIGHUP');
      await collector.until(() => collector.stderr.split('"reopened output"').length > turn + 1);
      await next;
    }
    return turn;
  })();
  await sender.send(range(DATAGRAMS).map((i) => ({ bytes: v5(i), source: 0 })));
  over = true;
  const turns = await rotating;
  await collector.until(() => isDrained(port!));
  assert.equal((await collector.stop()).code, 0);
  const seen = new Uint8Array(30 * DATAGRAMS);
  for (const file of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1)) {
      seen[(JSON.parse(line) as { bytes: number }).bytes]! += 1;
    }
  }
  assert.ok(seen.every((times) => times === 1));
  assert.equal(collector.books['flows_delivered'], seen.length);
  t.diagnostic(JSON.stringify({ turns, lines: seen.length }));
});

for (const receive of ['dgram', 'mmsg'] as const) {
  test(
    `F-22 the clock jumps under the program: nothing expires, all is decoded (${receive})`,
    skipWithout('faketime'),
    async (t) => {
      const clock = clockOf(t);
      const flags = [
        '-listen',
        `netflow://127.0.0.1:0?receive=${receive}`,
        '-templates.ttl=1m',
        '-templates.sweep-interval=1s',
      ];
      const path = join(temporaryFolder(t), 'templates.json');
      const collector = new CollectorProcess(
        t,
        [...flags, '-templates.json.path', path, '-templates.json.interval=1s'],
        undefined,
        clock.prefix,
      );
      const [port] = await collector.ports();
      await sendTo(
        port!,
        protocols.map(([, wire]) => wire.message([wire.template(256, '8/4', '1/4')])),
      );
      const hour = 3_600;
      const year = 31_557_600;
      const now = Math.floor(Date.now() / 1000);
      const jumps = [0, hour, -hour, 10 * year, -10 * year];
      // the end of NTP's first era, of signed and of unsigned seconds, each a few seconds ahead
      for (const end of [2_085_978_496, 2_147_483_648, 4_294_967_296]) jumps.push(end - now - 2);
      for (const [i, seconds] of [...jumps, 0].entries()) {
        clock.jump(seconds);
        for (let part = 0; part < 2; part++) {
          await sleep(1_100); // sweeps and writes of the file happen at this time
          await sendTo(
            port!,
            protocols.map(([, wire]) =>
              wire.message([data(256, '0a000001 00000001')], {
                exportSeconds: EXPORT_TIME + i,
                sysUptimeMs: 3_600_000 + i * 1000,
              }),
            ),
          );
          const count = (2 * i + part + 1) * protocols.length;
          await collector.until(() => collector.flowCount === count);
          for (const flow of collector.flows.slice(count - protocols.length)) {
            const received = Number(flow['time_received_ns']) / 1e9;
            // recvmmsg has it from the kernel, whose clock does not jump here
            const expected = Date.now() / 1000 + (receive === 'mmsg' ? 0 : seconds);
            assert.ok(Math.abs(received - expected) < 60, `${received} at ${seconds}`);
          }
        }
      }
      assert.ok(!/NaN|Invalid Date|do not balance/.test(collector.stdout + collector.stderr), collector.stderr);
      assert.deepEqual(await collector.stop(), { code: 0, signal: null });
      const { books } = collector;
      assert.equal(books['notices:template_expired'], undefined);
      assert.equal(books['notices:exporter_restart'], undefined);
      assert.equal(books['pending_in'], undefined);
      assert.equal(books['datagrams_decoded'], books['datagrams_received']);
    },
  );
}

test('F-24 templates on one of sixteen connections, data on the others, four workers: all is decoded', async (t) => {
  const SECONDS = 60;
  const RATE = 500;
  const flags = ['-addr=127.0.0.1:0', '-transport.file', join(temporaryFolder(t), 'flows')];
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0?count=4&spread=kernel', ...flags]);
  const [port] = await collector.ports();
  const http = collector.log.find(({ msg }) => msg === 'starting HTTP server')!['port'] as number;
  const sources = Array.from({ length: 16 }, () => ({ address: '127.0.0.1', port: 0 }));
  const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, sources, rate: RATE });
  await sender.start();
  t.after(() => sender.stop());
  const template = v9.message([v9.template(256, '1/4', '2/4')]);
  let flows = 0;
  const datagrams = function* () {
    for (let i = 0; i < SECONDS * RATE; i++) {
      if (i % RATE === 0) yield { bytes: template, source: 0 };
      flows++;
      yield { bytes: v9.message([data(256, `${i.toString(16).padStart(8, '0')} 00000001`)]), source: 1 + (i % 15) };
    }
  };
  await sender.send(datagrams());
  await collector.until(() => isDrained(port!));
  await sleep(1_500); // an answer to a scrape serves everybody for a while
  const series = parseExposition(await (await fetch(`http://127.0.0.1:${http}/metrics`)).text());
  const workers = series.filter(({ name, value }) => name === 'goflow2plus_worker_datagrams_total' && value > 0);
  assert.ok(workers.length > 1, 'the kernel gave them to several workers');
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });
  const { books } = collector;
  assert.equal(books['kernel_drops'], undefined);
  assert.equal(books['flows_delivered'], flows);
  t.diagnostic(JSON.stringify({ workers: workers.map(({ value }) => value), flows, waited: books['pending_in'] ?? 0 }));
});

test(
  'F-33 the kernel has no buffer for a while (ENOBUFS): told, and what comes then is received',
  skipWithout('strace'),
  async (t) => {
    const trace = join(temporaryFolder(t), 'trace');
    // every third call of a thread, 1,000 times at most
    const inject = ['-e', 'trace=recvmmsg', '-e', 'inject=recvmmsg:error=ENOBUFS:when=2..3000+3'];
    const prefix = ['strace', '-D', '-f', '-qq', '-o', trace, ...inject];
    const collector = new CollectorProcess(t, ['-listen=netflow://127.0.0.1:0?receive=mmsg'], undefined, prefix);
    const [port] = await collector.ports();
    for (const id of range(100)) {
      await sendTo(port!, [v5(id)]);
      await collector.until(() => collector.flowCount === 30 * (id + 1));
    }
    assert.ok(readFileSync(trace, 'latin1').split('ENOBUFS').length > 30);
    assert.match(collector.stderr, /receiving on port \d+: ENOBUFS/);
    const lines = collector.log.filter(({ msg }) => msg.includes('ENOBUFS')).length;
    assert.ok(lines <= 20, `${lines} lines`);
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    assert.equal(collector.books['datagrams_received'], 100);
  },
);
