import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess } from '../support/collector-process.ts';
import { LOAD_SECONDS, turns } from '../support/extent.ts';
import { numbersOf, range, v5 } from '../support/numbered-flows.ts';
import { commandPath } from '../support/requirements.ts';
import { takesOneMore } from '../support/oracle.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What root may do in spite of the mode of a folder, it may not do with this before its command. */
const obedient =
  process.getuid?.() === 0 ? [commandPath('setpriv')!, '--bounding-set=-dac_override', '--inh-caps=-dac_override'] : [];

test('F-12 SIGHUP every 200 ms under load: every line once, whole, in one of the files', async (t) => {
  const RATE = 200;
  const folder = temporaryFolder(t);
  const path = join(folder, 'flows');
  const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0', '-transport.file', path]);
  const [port] = await collector.ports();
  const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate: RATE });
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
  const sent = RATE * LOAD_SECONDS;
  await sender.send(range(sent).map(v5));
  over = true;
  const rotations = await rotating;
  const books = await takesOneMore(collector, port!, sent);
  const seen = new Uint8Array(30 * (sent + 1));
  for (const file of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1)) {
      seen[(JSON.parse(line) as { bytes: number }).bytes]! += 1;
    }
  }
  assert.ok(seen.every((times) => times === 1));
  assert.equal(books['flows_delivered'], seen.length);
  assert.ok(rotations >= 3, `${rotations}`);
  t.diagnostic(JSON.stringify({ rotations, lines: seen.length }));
});

test('F-13 rotation into a folder that is read-only or gone keeps the old file, under load, and counts', async (t) => {
  const root = temporaryFolder(t);
  const folder = join(root, 'sub');
  const path = join(folder, 'flows');
  mkdirSync(folder);
  const flags = ['-listen', 'netflow://127.0.0.1:0', '-transport.file', path];
  const collector = new CollectorProcess(t, flags, undefined, obedient);
  const [port] = await collector.ports();
  const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate: 100 });
  await sender.start();
  let [over, sent, failed] = [false, 0, 0];
  const sending = sender.send(
    (function* () {
      while (!over) yield v5(sent++);
    })(),
  );
  const said = (text: string) => collector.stderr.split(text).length - 1;
  /** Has it open its file again, and waits for what it says of that. */
  const rotate = async (says: string) => {
    const before = said(says);
    collector.child.kill('SIGHUP');
    await collector.until(() => said(says) > before);
  };
  for await (const turn of turns()) {
    const old = join(folder, `flows.${turn}`);
    renameSync(path, old);
    // odd turns: the folder is gone, and there is no room for another one
    const place = turn % 2 === 0 ? folder : root;
    const gone = join(root, `gone.${turn}`);
    if (place === root) renameSync(folder, gone);
    chmodSync(place, 0o500);
    await rotate('output cannot be reopened');
    failed++;
    const kept = place === root ? join(gone, `flows.${turn}`) : old;
    const before = statSync(kept).size;
    await collector.until(() => statSync(kept).size > before);
    chmodSync(place, 0o700);
    await rotate('"reopened output"');
    await collector.until(() => statSync(path).size > 0);
  }
  over = true;
  assert.deepEqual((await sending).errors, {});
  await sender.stop();
  const books = await takesOneMore(collector, port!, sent++);
  const files = (readdirSync(root, { recursive: true }) as string[]).filter((name) => /flows(\.\d+)?$/.test(name));
  const text = files.map((name) => {
    const lines = readFileSync(join(root, name), 'utf8');
    assert.ok(lines.endsWith('\n'), name);
    return lines;
  });
  assert.deepEqual(numbersOf(text.join('')), range(30 * sent));
  assert.equal(books['flows_delivered'], 30 * sent);
  assert.equal(books['output_reopen_failures'], failed);
  t.diagnostic(JSON.stringify({ failed, files: files.length, lines: 30 * sent }));
});
