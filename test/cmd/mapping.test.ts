import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { root } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** One file names the octets `a`, the other one `b`. */
const file = (name: string) =>
  `formatter: {fields: [bytes, kind], protobuf: [{name: kind, index: 2000, type: varint}], rename: {bytes: ${name}}}\n` +
  `netflowv9: {mapping: [{field: ${name === 'a' ? 1 : 2}, destination: kind}]}\n`;

/** NetFlow v9 with its template: `id` octets, 7 packets. */
function v9(id: number): Uint8Array {
  const bytes = Buffer.alloc(20 + 16 + 12);
  const words = [
    [9, 2],
    [0, 0],
    [0x6553, 0xf100],
    [0, id & 0xffff],
    [0, 1],
  ].flat();
  words.push(0, 16, 256, 2, 1, 4, 2, 4, 256, 12);
  words.forEach((word, i) => bytes.writeUInt16BE(word, 2 * i));
  bytes.writeUInt32BE(id, 40);
  bytes.writeUInt32BE(7, 44);
  return bytes;
}

test('D-22, F-23 a mapping is replaced under load: no flow is lost, none is made by half of each', async (t) => {
  const path = join(temporaryFolder(t), 'mapping.yaml');
  writeFileSync(path, file('a'));
  const listen = 'netflow://127.0.0.1:0?count=2&blocking=true&rcvbuf=4MiB';
  const collector = new CollectorProcess(t, ['-listen', listen, '-mapping', path]);
  const [port] = await collector.ports();
  const failures = () => collector.log.filter(({ msg }) => msg.includes('cannot be reloaded'));
  const rounds = 8;
  const each = 60;
  for (let round = 0; round < rounds; round++) {
    const wrong = round === 5;
    writeFileSync(path, wrong ? 'formatter: {feilds: []}\n' : file(round % 2 === 0 ? 'b' : 'a'));
    collector.child.kill('SIGHUP');
    await sendTo(
      port!,
      Array.from({ length: each }, (_, i) => v9(1000 + round * each + i)),
      10,
    );
    if (wrong) await collector.until(() => failures().length === 1);
  }
  await collector.until(() => collector.flowCount === rounds * each);
  assert.equal((await collector.stop()).code, 0);
  const seen = new Set<number>();
  const names = new Set<string>();
  for (const flow of collector.flows) {
    const name = 'a' in flow ? 'a' : 'b';
    const octets = flow[name] as number;
    assert.deepEqual(flow, { [name]: octets, kind: name === 'a' ? octets : 7 });
    seen.add(octets);
    names.add(name);
  }
  assert.equal(seen.size, rounds * each);
  assert.equal(names.size, 2);
  const { part, error } = failures()[0]!;
  assert.equal(part, 'mapping');
  assert.match(
    String(error),
    /mapping\.yaml:1:21: formatter\.feilds: no such key is known here: did you mean fields\?/,
  );
  assert.equal(collector.books['reload_failures'], 1);
});

test('a mapping with a mistake ends the start; goflow2plus mapping check tells all of them', (t) => {
  const path = join(temporaryFolder(t), 'mapping.yaml');
  writeFileSync(path, 'formatter:\n  fields: [src_adr]\n  key: [b]\n');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'bin/goflow2plus'), ...args], { encoding: 'utf8' });
  const lines = [
    `${path}:2:12: formatter.fields.0: src_adr is no column and no field of formatter.protobuf`,
    `${path}:3:9: `,
  ];
  for (const args of [
    ['mapping', 'check', path],
    ['-addr=', '-mapping', path],
  ]) {
    const { status, stderr, stdout } = run(...args);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    for (const line of lines) assert.ok(stderr.includes(line), stderr);
  }
  const right = run('mapping', 'check', join(root, 'cmd/goflow2plus/mapping.yaml'));
  assert.equal(right.status, 0);
  assert.match(
    right.stdout,
    /can be used\nfields of your own: flow_direction=42 .*\n.*\npartition key: sampler_address\n/,
  );
  assert.equal(run('mapping').status, 2);
});
