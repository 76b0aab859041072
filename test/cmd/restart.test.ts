import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CollectorProcess } from '../support/collector-process.ts';
import { TIMES } from '../support/extent.ts';
import { killsUnderWay } from '../support/kills.ts';
import { data, ipfix, v9 } from '../support/exporter.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test(`R-12, F-16 ${TIMES} kills: what was learned a second before decodes after it`, async (t) => {
  await killsUnderWay(t, TIMES);
});

test('D-9 sampling is known after a restart, and an exporter that restarted meanwhile is found out', async (t) => {
  const path = join(temporaryFolder(t), 'templates.json');
  const args = ['-listen', 'netflow://127.0.0.1:0', '-templates.json.path', path];
  // an exporter is told by its port too: it has the same one all the time
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  const send = async (to: number, datagrams: readonly Uint8Array[]): Promise<void> => {
    for (const datagram of datagrams) {
      await new Promise<void>((resolve) => socket.send(datagram, to, '127.0.0.1', () => resolve()));
    }
  };
  const first = new CollectorProcess(t, args);
  const [port] = await first.ports();
  const rate = ipfix.optionsTemplate(300, ['149/4'], ['34/4']);
  await send(port!, [
    ipfix.message([rate, ipfix.template(256, '1/4')]),
    ipfix.message([data(300, '00000009 000003e8')]),
    ipfix.message([data(256, '00000001')]),
    v9.message([v9.template(256, '1/4')], { domain: 5 }),
    v9.message([data(256, '00000002')], { domain: 5, sysUptimeMs: 3_601_000, exportSeconds: 1_704_067_201 }),
  ]);
  await first.until(() => first.flowCount === 2);
  assert.equal((await first.stop()).code, 0);

  const second = new CollectorProcess(t, args);
  const [again] = await second.ports();
  await send(again!, [
    ipfix.message([data(256, '00000003')]),
    v9.message([data(256, '00000004')], { domain: 5, sysUptimeMs: 1_000, exportSeconds: 1_704_067_260 }),
  ]);
  await second.until(() => second.flowCount === 1);
  assert.equal(second.flows[0]!['sampling_rate'], 1000);
  assert.equal((await second.stop()).code, 0);
  assert.equal(second.books['notices:exporter_restart'], 1);
  assert.equal(second.books['pending_in'], 1);
  const left = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>;
  assert.deepEqual(
    Object.values(left)
      .flatMap((templates) => Object.keys(templates))
      .sort(),
    ['10/9/256', '10/9/300'],
    'the templates of the exporter that began anew are gone from the file too',
  );
});

test('F-36 of two programs that start on the same path, one says so and ends with exit code 1, as does one that comes later', async (t) => {
  const path = join(temporaryFolder(t), 'templates.json');
  const start = () => new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0', '-templates.json.path', path]);
  const isRefused = ({ stderr }: CollectorProcess) =>
    assert.ok(stderr.includes('another program that is running keeps its templates in'), stderr);
  for (let turn = 0; turn < TIMES; turn++) {
    const both = [start(), start()];
    const loser = await Promise.race(both.map(async (program) => ({ program, ...(await program.ended) })));
    assert.equal(loser.code, 1);
    isRefused(loser.program);
    const winner = both.find((program) => program !== loser.program)!;
    await winner.ports();
    const late = start();
    assert.equal((await late.ended).code, 1);
    isRefused(late);
    winner.child.kill('SIGKILL'); // the next turn finds what it has left
    await winner.ended;
  }
  const last = start();
  await last.ports();
  assert.equal((await last.stop()).code, 0);
});
