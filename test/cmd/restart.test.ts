import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { SECONDS_A_TURN, TIMES } from '../support/extent.ts';
import { killsUnderWay } from '../support/kills.ts';
import { data, ipfix, v9 } from '../support/exporter.ts';
import { range } from '../support/numbered-flows.ts';
import { endsWell, takesOneMore } from '../support/oracle.ts';
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
  const [port] = await last.ports();
  const books = await takesOneMore(last, port!, 0);
  assert.equal(books['flows_delivered'], 30);
});

/** What may have become of a file of templates. */
const damages: readonly ((path: string) => void)[] = [
  (path) => truncateSync(path, statSync(path).size >> 1),
  (path) => truncateSync(path, 1024 ** 3), // sparse
  (path) => {
    const octets = readFileSync(path);
    octets[0]! ^= 1;
    writeFileSync(path, octets);
  },
  (path) => {
    rmSync(path);
    symlinkSync('/etc/passwd', path);
  },
];

test(`F-17 a file of templates that is damaged, ${TIMES} times: it starts, tells, sets it aside, and learns anew`, async (t) => {
  const path = join(temporaryFolder(t), 'templates.json');
  const start = () => new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0', '-templates.json.path', path]);
  const learn = async (collector: CollectorProcess, port: number) => {
    await sendTo(port, [v9.message([v9.template(256, '1/4')]), v9.message([data(256, '00000001')])]);
    await collector.until(() => collector.flowCount > 0);
  };
  const first = start();
  const [port] = await first.ports();
  await learn(first, port!);
  await endsWell(first, 2);
  for (let turn = 0; turn < TIMES; turn++) {
    damages[turn % damages.length]!(path);
    const collector = start();
    const [again] = await collector.ports();
    assert.ok(existsSync(`${path}.bad`), `turn ${turn}`);
    const told = collector.log.filter(({ msg }) => msg.includes('learning anew'));
    assert.deepEqual([told.length, told[0]!['aside']], [1, `${path}.bad`]);
    rmSync(`${path}.bad`);
    await learn(collector, again!);
    const sender = new PacedSender({ target: { address: '127.0.0.1', port: again! }, rate: 100 });
    await sender.start();
    const sent = Math.ceil(100 * SECONDS_A_TURN);
    await sender.send(range(sent).map(() => v9.message([data(256, '00000002')])));
    await sender.stop();
    await collector.until(() => collector.flowCount === 1 + sent);
    const books = await endsWell(collector, 2 + sent);
    assert.equal(books['flows_delivered'], 1 + sent);
    assert.equal(books['state_unreadable'], 1);
    assert.ok(readFileSync(path, 'utf8').includes('/256'), 'it is in the file again');
  }
});
