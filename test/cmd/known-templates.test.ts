/** Templates that outlive a clock that jumps, and are known to every worker, whichever of them learned them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { EXPORT_TIME, data, protocols, v9 } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition-text.ts';
import { LOAD_SECONDS } from '../support/extent.ts';
import { clockOf } from '../support/faked-clock.ts';
import { v5 } from '../support/numbered-flows.ts';
import { endsWell } from '../support/oracle.ts';
import { skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { isDrained } from '../support/udp-queue.ts';

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
        '-templates.sweep-interval=100ms',
      ];
      const path = join(temporaryFolder(t), 'templates.json');
      const collector = new CollectorProcess(
        t,
        [...flags, '-templates.json.path', path, '-templates.json.interval=100ms'],
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
      jumps.push(0); // and back
      // both ways to receive share the time
      const secondsOfJump = LOAD_SECONDS / 2 / jumps.length;
      let sent = 0;
      for (const [i, seconds] of jumps.entries()) {
        clock.jump(seconds);
        const end = performance.now() + secondsOfJump * 1000;
        do {
          await sleep(50); // sweeps and writes of the file happen at this time
          await sendTo(
            port!,
            protocols.map(([, wire]) =>
              wire.message([data(256, '0a000001 00000001')], {
                exportSeconds: EXPORT_TIME + i,
                sysUptimeMs: 3_600_000 + i * 1000,
              }),
            ),
          );
          sent += protocols.length;
          await collector.until(() => collector.flowCount === sent);
          for (const flow of collector.flows.slice(-protocols.length)) {
            const received = Number(flow['time_received_ns']) / 1e9;
            // recvmmsg has it from the kernel, whose clock does not jump here
            const expected = Date.now() / 1000 + (receive === 'mmsg' ? 0 : seconds);
            assert.ok(Math.abs(received - expected) < 60, `${received} at ${seconds}`);
          }
        } while (performance.now() < end);
      }
      assert.ok(!/NaN|Invalid Date|do not balance/.test(collector.stdout + collector.stderr), collector.stderr);
      const books = await endsWell(collector, sent + protocols.length);
      assert.equal(books['flows_delivered'], sent);
      assert.equal(books['notices:template_expired'], undefined);
      assert.equal(books['notices:exporter_restart'], undefined);
      assert.equal(books['pending_in'], undefined);
      assert.equal(books['datagrams_decoded'], books['datagrams_received']);
    },
  );
}

test('F-24 templates on one of sixteen connections, data on the others, four workers: all is decoded', async (t) => {
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
    for (let i = 0; i < LOAD_SECONDS * RATE; i++) {
      if (i % RATE === 0) yield { bytes: template, source: 0 };
      flows++;
      yield { bytes: v9.message([data(256, `${i.toString(16).padStart(8, '0')} 00000001`)]), source: 1 + (i % 15) };
    }
  };
  await sender.send(datagrams());
  await sendTo(port!, [v5(0)]); // a fresh one gets through
  await collector.until(() => isDrained(port!));
  await sleep(1_500); // an answer to a scrape serves everybody for a while
  const series = parseExposition(await (await fetch(`http://127.0.0.1:${http}/metrics`)).text());
  const workers = series.filter(({ name, value }) => name === 'goflow2plus_worker_datagrams_total' && value > 0);
  assert.ok(workers.length > 1, 'the kernel gave them to several workers');
  const books = await endsWell(collector, LOAD_SECONDS * RATE + LOAD_SECONDS + 1);
  assert.equal(books['kernel_drops'], undefined);
  assert.equal(books['flows_delivered'], flows + 30);
  t.diagnostic(JSON.stringify({ workers: workers.map(({ value }) => value), flows, waited: books['pending_in'] ?? 0 }));
});
