import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { eventually } from '../support/eventually.ts';
import { data, v9 } from '../support/exporter.ts';
import { LOAD_SECONDS, TIMES, inExtent, turns } from '../support/extent.ts';
import { numbersOf, range, v5 } from '../support/numbered-flows.ts';
import { endsWell, takesOneMore } from '../support/oracle.ts';
import { OwnDisk } from '../support/own-disk.ts';
import { skipUnlessRoot } from '../support/requirements.ts';

const MIB = 1024 * 1024;

/** What `/accounting` shows. */
interface Books {
  readonly counters: Readonly<Record<string, number>>;
}

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
    const listen = ['-listen', 'netflow://127.0.0.1:0', '-addr=127.0.0.1:0'];
    const flags = [...listen, '-transport.file', join(disk.folder, 'flows')];
    const collector = new CollectorProcess(t, flags, undefined, disk.prefix);
    const [port] = await collector.ports();
    const http = collector.log.find(({ msg }) => msg === 'starting HTTP server')!['port'] as number;
    const file = join(disk.outside, 'flows');
    let sent = 0;
    const send = (count: number) =>
      sendTo(
        port!,
        range(count).map(() => v5(sent++)),
        5,
      );
    const said = (text: string) => collector.stderr.split(text).length - 1;
    const sendUntil = async (count: number, isSo: () => boolean) => {
      for (let tries = 0; !isSo(); tries++) {
        assert.ok(tries < 300, collector.stderr);
        await send(count);
        await sleep(20);
      }
    };
    /** All that was sent is in the file or dropped. */
    const isHandled = async () => {
      const books = (await (await fetch(`http://127.0.0.1:${http}/accounting`)).json()) as Books;
      return (books.counters['flows_delivered'] ?? 0) + (books.counters['flows_dropped:enospc'] ?? 0) === 30 * sent;
    };
    let [lines, octets] = [0, 0];
    const seen = new Set<number>();
    const take = (path: string) => {
      const written = readFileSync(path, 'utf8');
      assert.ok(written === '' || written.endsWith('\n'));
      const numbers = numbersOf(written);
      for (const number of numbers) seen.add(number);
      [lines, octets] = [lines + numbers.length, octets + written.length];
    };
    /** Takes what is in the file away, once nothing is on its way to it. */
    const rotate = async () => {
      await eventually(isHandled);
      const reopened = said('"reopened output"');
      renameSync(file, `${file}.full`);
      collector.child.kill('SIGHUP');
      await collector.until(() => said('"reopened output"') > reopened);
      take(`${file}.full`);
      rmSync(`${file}.full`);
    };
    const [full, again] = ['ENOSPC', 'output can be written again'];
    // a datagram is some 37 kB of lines: the disk is not full by the next turn
    const trickle = () => Promise.all([send(1), sleep(400)]);
    for await (const turn of turns(trickle)) {
      const [fullBefore, againBefore] = [said(full), said(again)];
      assert.equal(againBefore, fullBefore, `turn ${turn}`);
      const free = fill(disk);
      await sendUntil(5, () => said(full) > fullBefore);
      await send(20);
      free();
      await sendUntil(1, () => said(again) > againBefore);
      // then its own lines fill it
      await sendUntil(5, () => said(full) > fullBefore + 1);
      await rotate();
      await sendUntil(1, () => said(again) > againBefore + 1);
      await rotate();
    }
    await rotate(); // there is room
    const dropped = said(full);
    const books = await takesOneMore(collector, port!, sent++);
    assert.equal(said(full), dropped);
    take(file);
    assert.equal(seen.size, lines, 'I6: no line twice');
    assert.equal(lines, books['flows_delivered']);
    assert.ok(octets > (TIMES * MIB) / 2);
    assert.equal(books['flows_produced'], 30 * sent);
    assert.equal((books['flows_delivered'] ?? 0) + books['flows_dropped:enospc']!, 30 * sent);
    t.diagnostic(JSON.stringify({ lines, octets, dropped: books['flows_dropped:enospc'] }));
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
    let learned = 0;
    const learn = async (id: number) => {
      learned++;
      await sendTo(port!, [v9.message([v9.template(id, '1/4')]), v9.message([data(id, '00000001')])]);
    };
    const isKnown = (id: number) => () =>
      readdirSync(disk.outside).includes('templates.json') && known().includes(`${id}`);
    await learn(256);
    await collector.until(isKnown(256));
    const said = (text: string) => collector.stderr.split(text).length - 1;
    // what is known already comes all the time
    const repeat = () => Promise.all([learn(256), sleep(50)]);
    for await (const turn of turns(repeat)) {
      const id = 257 + turn;
      const before = readFileSync(file);
      const free = fill(disk);
      await learn(id);
      await collector.until(() => said('what was learned cannot be written') > turn);
      assert.deepEqual(readFileSync(file), before);
      free();
      await collector.until(() => said('what was learned can be written again') > turn);
      assert.ok(isKnown(id)());
      assert.deepEqual(
        readdirSync(disk.outside).filter((name) => !/^templates\.json(\.state|\.lock)?$/.test(name)),
        [],
      );
    }
    await learn(256); // a fresh one gets through
    await collector.until(() => collector.flowCount === learned);
    const books = await endsWell(collector, 2 * learned);
    assert.ok(books['state_write_failures']! >= TIMES);
    assert.equal(books['flows_delivered'], learned);
    // in two seconds the turns themselves leave no time for more
    if (inExtent) assert.ok(learned > 5 * LOAD_SECONDS, `${learned}`);
  },
);
