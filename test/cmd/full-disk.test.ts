import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { data, v9 } from '../support/exporter.ts';
import { numbersOf, range, v5 } from '../support/numbered-flows.ts';
import { OwnDisk } from '../support/own-disk.ts';
import { skipUnlessRoot } from '../support/requirements.ts';

const MIB = 1024 * 1024;

/** Takes all the room that is left on a disk, to the last octet; what is returned gives it back. */
function fill(disk: OwnDisk): () => void {
  const ballast = join(disk.outside, 'ballast');
  for (let piece = 64 * 1024; piece >= 1;) {
    try {
      appendFileSync(ballast, Buffer.alloc(piece));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      piece >>= 1;
    }
  }
  return () => rmSync(ballast);
}

test(
  'F-09 a disk that is really full: what is lost is counted, lines stay whole, and it goes on with room',
  skipUnlessRoot(),
  async (t) => {
    const disk = await OwnDisk.open(t, MIB);
    const flags = ['-listen', 'netflow://127.0.0.1:0', '-transport.file', join(disk.folder, 'flows')];
    const collector = new CollectorProcess(t, flags, undefined, disk.prefix);
    const [port] = await collector.ports();
    const free = fill(disk);
    let sent = 0;
    const send = (count: number) =>
      sendTo(
        port!,
        range(count).map(() => v5(sent++)),
        5,
      );
    const said = (text: string) => collector.stderr.includes(text);
    const sendUntil = async (count: number, isSo: () => boolean) => {
      for (let tries = 0; !isSo(); tries++) {
        assert.ok(tries < 300, collector.stderr);
        await send(count);
        await sleep(5);
      }
    };
    await sendUntil(5, () => said('ENOSPC'));
    await send(20);
    free();
    await sendUntil(1, () => said('output can be written again'));
    await sendUntil(5, () => collector.stderr.split('ENOSPC').length >= 3);
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    const { books } = collector;
    const written = readFileSync(join(disk.outside, 'flows'), 'utf8');
    assert.ok(written.endsWith('\n'));
    const numbers = numbersOf(written);
    assert.equal(new Set(numbers).size, numbers.length, 'I6: no line twice');
    assert.equal(numbers.length, books['flows_delivered']);
    assert.ok(written.length > MIB / 2);
    assert.equal(books['flows_produced'], 30 * sent);
    assert.equal(books['flows_delivered']! + books['flows_dropped:enospc']!, 30 * sent);
    assert.ok(!said('do not balance'));
  },
);

test(
  'F-18 no room for the templates: the old file stays whole, it is told and counted, and made up for',
  skipUnlessRoot(),
  async (t) => {
    const disk = await OwnDisk.open(t, MIB);
    const flags = ['-listen', 'netflow://127.0.0.1:0', '-templates.json.interval=10ms'];
    const path = ['-templates.json.path', join(disk.folder, 'templates.json')];
    const collector = new CollectorProcess(t, [...flags, ...path], undefined, disk.prefix);
    const [port] = await collector.ports();
    const file = join(disk.outside, 'templates.json');
    const known = () => {
      const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, unknown>>;
      return Object.values(kept).flatMap((templates) => Object.keys(templates).map((key) => key.split('/')[2]));
    };
    const learn = async (id: number) => {
      await sendTo(port!, [v9.message([v9.template(id, '1/4')]), v9.message([data(id, '00000001')])]);
    };
    const isKnown = (id: number) => () =>
      readdirSync(disk.outside).includes('templates.json') && known().includes(`${id}`);
    await learn(256);
    await collector.until(isKnown(256));
    const before = readFileSync(file);
    const free = fill(disk);
    await learn(257);
    await collector.until(() => collector.stderr.includes('ENOSPC'));
    assert.deepEqual(readFileSync(file), before);
    free();
    await collector.until(isKnown(257));
    assert.deepEqual(
      readdirSync(disk.outside).filter((name) => !/^templates\.json(\.state|\.lock)?$/.test(name)),
      [],
    );
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    assert.ok(collector.books['state_write_failures']! >= 1);
    assert.equal(collector.books['flows_delivered'], 2);
  },
);
