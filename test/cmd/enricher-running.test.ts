/** The enricher while it runs: databases that change, readers that stand still, outputs that refuse. */
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import { sizeDelimitedEncode } from '@bufbuild/protobuf/wire';
import { FlowMessageSchema } from '../gen/flow_pb.js';
import { ChildProgram } from '../support/child-program.ts';
import { asnMmdb } from '../support/mmdb-writer.ts';
import { NatsServer, natsServerMissing } from '../support/nats-server.ts';
import { root } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const message = Buffer.from(
  sizeDelimitedEncode(
    FlowMessageSchema,
    create(FlowMessageSchema, { type: 1, srcAddr: Uint8Array.of(10, 0, 0, 1), bytes: 1500n, srcPort: 443 }),
  ),
);

const start = (t: TestContext, ...flags: string[]) =>
  new ChildProgram(
    t,
    [process.execPath, join(root, 'bin/enricher'), '-logfmt=json', ...flags],
    ['pipe', 'pipe', 'pipe'],
  );

const logOf = ({ stderr }: ChildProgram) =>
  stderr
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const said = (enricher: ChildProgram, text: string) => logOf(enricher).filter(({ msg }) => msg === text).length;

test('F-25 databases are followed and read again on SIGHUP, damaged ones refused, between two flows', async (t) => {
  const folder = temporaryFolder(t);
  const [database, output] = [join(folder, 'asn.mmdb'), join(folder, 'flows.json')];
  /** As `mv` does it: never half written. */
  const place = (octets: Uint8Array) => {
    writeFileSync(`${database}.new`, octets);
    renameSync(`${database}.new`, database);
  };
  place(asnMmdb({ '10.0.0.0/8': 64500 }));
  const enricher = start(t, `-db.asn=${database}`, `-transport.file=${output}`);
  const rows = () =>
    readFileSync(output, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { src_as: number }).src_as);
  let sent = 0;
  const next = async (): Promise<number> => {
    enricher.child.stdin!.write(message);
    sent++;
    await enricher.until(() => existsSync(output) && rows().length === sent);
    return rows().at(-1)!;
  };
  assert.equal(await next(), 64500);
  place(asnMmdb({ '10.0.0.0/8': 64501 }));
  await enricher.until(() => said(enricher, 'database in use') === 2);
  assert.equal(await next(), 64501);
  place(asnMmdb({ '10.0.0.0/8': 64502 }).subarray(0, 40));
  await enricher.until(() => said(enricher, 'a database cannot be used, going on with the one before') === 1);
  assert.equal(await next(), 64501);
  enricher.child.kill('SIGHUP');
  await enricher.until(() => said(enricher, 'cannot be reloaded, going on with the old one') === 1);
  await enricher.until(() => said(enricher, 'reopened output') === 1);
  assert.equal(await next(), 64501);
  place(asnMmdb({ '10.0.0.0/8': 64503 }));
  enricher.child.kill('SIGHUP');
  await enricher.until(() => said(enricher, 'database in use') >= 3);
  assert.equal(await next(), 64503);
  enricher.child.stdin!.end();
  assert.equal((await enricher.ended).code, 0, enricher.stderr);
  const books = logOf(enricher).find(({ msg }) => msg === 'books')!;
  assert.deepEqual([books['messages_read'], books['flows_delivered']], [sent, sent]);
});

test('a reader that stands still stops the reading, within bounded memory, and costs nothing', async (t) => {
  const most = 64 * 1024 * 1024;
  const chunk = Buffer.concat(Array.from({ length: 20_000 }, () => message));
  const enricher = start(t, '-format=bin', '-transport.file.sep=');
  const { stdin, stdout } = enricher.child;
  stdout!.removeAllListeners('data');
  stdout!.pause();
  let fed = 0;
  for (let going = true; going;) {
    assert.ok(fed < most, 'it takes more and more');
    fed += chunk.length;
    if (stdin!.write(chunk)) continue;
    const drained = new Promise<boolean>((resolve) => stdin!.once('drain', () => resolve(true)));
    going = await Promise.race([drained, sleep(1500, false)]);
  }
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${enricher.child.pid}/status`, 'utf8'))![1]) * 1024;
  assert.ok(peak < 300 * 1024 * 1024, `${peak} octets of memory`);
  let got = 0;
  stdout!.on('data', (data: Buffer) => (got += data.length));
  stdout!.resume();
  stdin!.end();
  await enricher.finished();
  assert.equal(got, fed);
});

test('an output that is full: what does not fit is counted, and the exit code says so', async (t) => {
  const enricher = start(t, '-transport.file=/dev/full');
  enricher.child.stdin!.end(message);
  assert.equal((await enricher.ended).code, 1);
  const { flows, reason } = logOf(enricher).find(({ msg }) => msg === 'flows were not delivered')!;
  assert.deepEqual([flows, reason], [1, 'enospc: no space left on the device of the output file']);
});

test('a stream that NATS refuses: a clear error, and the exit code says so', { skip: natsServerMissing }, async (t) => {
  const server = await NatsServer.start(t, { jetstream: false });
  const enricher = start(t, '-transport=nats', `-transport.nats.url=${server.url}`, '-format=bin');
  enricher.child.stdin!.end(Buffer.concat([message, message, message]));
  assert.equal((await enricher.ended).code, 1);
  assert.equal(said(enricher, 'NATS: JetStream is not enabled for this account'), 1, enricher.stderr);
  const { flows, reason } = logOf(enricher).find(({ msg }) => msg === 'flows were not delivered')!;
  assert.deepEqual([flows, reason], [3, 'shutdown_timeout: not delivered before the stop was over']);
});
