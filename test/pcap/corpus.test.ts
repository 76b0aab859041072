import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openFile } from '#src/pcap/byte-source.js';
import { readDatagrams } from '#src/pcap/read-datagrams.js';
import { PcapWriter } from '#src/pcap/writer.js';
import { captures } from '../corpus/captures.ts';
import { corpusFolder, root, skipWithout, skipWithoutCorpus } from '../support/requirements.ts';
import { captureTime, udpFrame } from './arbitraries.ts';
import { collect } from './collect.ts';

test('every capture of the corpus holds as many datagrams as its manifest says', skipWithoutCorpus(), async () => {
  const folder = corpusFolder()!;
  const all = captures(folder);
  assert.ok(all.length > 100);
  for (const { file, datagrams } of all) {
    const path = join(folder, file);
    let found = 0;
    await readDatagrams(await openFile(path), path, () => found++);
    assert.equal(found, datagrams, file);
  }
});

/** Fields of the UDP datagrams that tshark finds in a capture, put together from fragments. */
function tshark(capture: string): string[] {
  const fields = ['frame.time_epoch', 'ip.src', 'ipv6.src', 'udp.srcport', 'udp.dstport', 'udp.payload'];
  const output = ['-T', 'fields', '-E', 'occurrence=f', ...fields.flatMap((field) => ['-e', field])];
  const whole = ['--disable-protocol', 'sflow', '--disable-protocol', 'cflow']; // nothing out of sampled packets
  const text = execFileSync('tshark', ['-n', '-r', capture, '-Y', 'udp', ...whole, ...output], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => line.replace(/[0-9a-f]*$/, digest));
}

/** Keeps what is printed of a difference short. */
const digest = (payload: string) => createHash('sha1').update(payload).digest('hex').slice(0, 12);

async function ours(bytes: Uint8Array): Promise<string[]> {
  const { datagrams, error } = await collect(bytes, 200_000);
  assert.equal(error, undefined);
  return datagrams.map(({ time, source, sourcePort, destinationPort, payload }) => {
    const isV4 = source.length === 8;
    const text = isV4 ? [...Buffer.from(source, 'hex')].join('.') : '';
    return [time, text, isV4 ? '' : ipv6Text(source), sourcePort, destinationPort, digest(payload)].join('\t');
  });
}

function ipv6Text(hex: string): string {
  const { hostname } = new URL(`http://[${hex.match(/.{4}/g)!.join(':')}]`);
  return hostname.slice(1, -1);
}

test('tshark finds the same datagrams, addresses, ports and times', skipWithout('tshark'), async () => {
  const folder = join(root, 'test/fixtures/live-own');
  for (const name of ['ovs-ipfix.pcap', 'pmacct-sfprobe.pcap']) {
    const path = join(folder, name);
    assert.deepEqual(await ours(readFileSync(path)), tshark(path), name);
  }
});

test('captures in other formats, as common tools write them, are the same', skipWithout('tshark'), async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pcap-'));
  try {
    const original = join(root, 'test/fixtures/live-own/softflowd-v9.pcap');
    const { packets, datagrams } = await collect(readFileSync(original));
    for (const format of ['pcapng', 'nsecpcap', 'pcap']) {
      const path = join(folder, format);
      execFileSync('editcap', ['-F', format, original, path], { stdio: 'ignore' }); // comes with tshark
      assert.deepEqual(await collect(readFileSync(path)).then((found) => found.packets), packets);
    }
    const path = join(folder, 'merged');
    execFileSync('mergecap', ['-a', '-F', 'pcapng', '-w', path, join(folder, 'pcapng'), original], { stdio: 'ignore' });
    assert.deepEqual((await collect(readFileSync(path))).datagrams, [...datagrams, ...datagrams]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('tshark reads what the writer writes: tags, fragments and both families', skipWithout('tshark'), async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pcap-'));
  try {
    const writer = new PcapWriter();
    const entries = fc.sample(fc.tuple(udpFrame, captureTime), { numRuns: 60, seed: 7 });
    entries.forEach(([udp, time], i) => {
      const plainSource = udp.source.length === 4 ? udp.source.fill(10, 0, 1) : udp.source.fill(0x20, 0, 1);
      const payload = udp.payload.length === 0 ? Uint8Array.of(1) : udp.payload;
      const seconds = time.seconds % 2 ** 31;
      writer.datagram({ ...udp, source: plainSource, payload, identification: i + 1 }, seconds, time.nanoseconds);
    });
    const bytes = writer.take();
    const path = join(folder, 'written.pcap');
    writeFileSync(path, bytes);
    assert.deepEqual(await ours(bytes), tshark(path));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
