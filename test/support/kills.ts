import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { CollectorProcess, sendTo } from './collector-process.ts';
import { data, ipfix, v9 } from './exporter.ts';
import { SECONDS_A_TURN } from './extent.ts';
import { assertMemory } from './memory-peak.ts';
import { endsWell } from './oracle.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** New templates of each round. */
const NEW = 40;

/**
 * A collector with a template file is killed `kills` times, at different moments of its writing, while it learns new
 * templates. After each kill the next one gets data alone, for every template that was learned a second before.
 */
export async function killsUnderWay(t: TestContext, kills: number): Promise<void> {
  const folder = temporaryFolder(t);
  const path = join(folder, 'templates.json');
  const args = ['-listen', 'netflow://127.0.0.1:0', '-templates.json.path', path];
  const known: number[] = [];
  for (let round = 0; round <= kills; round++) {
    const collector = new CollectorProcess(t, args);
    const [port] = await collector.ports();
    const began = performance.now();
    await sendTo(
      port!,
      known.flatMap((id) => [dataOf(v9, id), dataOf(ipfix, id)]),
      4,
    );
    await collector.until(() => collector.flowCount === 2 * known.length);
    assert.ok(performance.now() - began < 10_000);
    if (round === kills) {
      const books = await endsWell(collector, 2 * known.length);
      assert.equal(books['flows_delivered'], 2 * known.length);
      assert.equal(books['pending_in'], undefined, 'no data waited for a template');
      break;
    }
    const fresh = Array.from({ length: NEW }, (_, i) => 256 + round * NEW + i);
    for (const wire of [v9, ipfix]) {
      await sendTo(port!, [
        wire.message(fresh.map((id) => wire.template(id, '1/4', `${id}/4`))),
        dataOf(wire, fresh[0]!),
      ]);
    }
    await collector.until(() => collector.flowCount === 2 * known.length + 2);
    const learnedAt = performance.now();
    // goes on to learn, so that the kill may fall into a write
    for (let i = 0; performance.now() - learnedAt < Math.max(1, SECONDS_A_TURN) * 1_000 + ((round * 137) % 400); i++) {
      await sendTo(port!, [
        v9.message([v9.template(60_000, '1/4', `${1000 + i}/2`)]),
        v9.message([data(60_000, '00000001 0001')]),
      ]);
      await sleep(5);
    }
    assertMemory(collector);
    collector.child.kill('SIGKILL');
    await collector.ended;
    known.push(...fresh);
    JSON.parse(readFileSync(path, 'utf8'));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.bad')),
      [],
    );
  }
}

function dataOf(wire: typeof v9, id: number): Uint8Array {
  return wire.message([data(id, '00000001 00000002')]);
}
