import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { root } from '../support/requirements.ts';
import { collect } from './collect.ts';
import { PcapngBuilder } from './pcapng-builder.ts';

const fixture = (name: string) => readFileSync(join(root, 'test/fixtures/live-own', name));
const WINDOW = 8192;

/** Where the packets of a little-endian classic capture end. */
function packetEnds(capture: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 24; at < capture.length;) ends.push((at += 16 + capture.readUInt32LE(at + 8)));
  return ends;
}

test('a classic capture cut at any octet gives the packets before, and says where it was cut', async () => {
  const capture = fixture('softflowd-v9-sampled.pcap');
  const { packets: all, error: none } = await collect(capture);
  assert.equal(none, undefined);
  const ends = packetEnds(capture);
  assert.equal(all.length, ends.length);
  for (let length = 0; length < capture.length; length++) {
    const { packets, error } = await collect(capture.subarray(0, length), WINDOW);
    const whole = ends.filter((end) => end <= length).length;
    assert.deepEqual(packets, all.slice(0, whole));
    const boundary = whole === 0 ? 24 : ends[whole - 1]!;
    if (length === boundary) {
      assert.equal(error, undefined, `cut at ${length}, between two packets`);
    } else {
      assert.equal(error?.code, 'GF_CAPTURE_TRUNCATED', `cut at ${length}`);
      assert.equal(error.offset, length < 24 ? 0 : boundary);
    }
  }
});

test('a pcapng capture cut at any octet gives the packets before, and says where it was cut', async () => {
  const octets = Buffer.from('0123456789abcdef', 'hex');
  const ng = new PcapngBuilder(true).section();
  const ends = [ng.bytes().length];
  const packetsAt: number[] = [];
  const add = (isPacket: boolean, block: PcapngBuilder) => {
    ends.push(block.bytes().length);
    if (isPacket) packetsAt.push(block.bytes().length);
  };
  add(false, ng.interface(1, 0, ng.option(9, Uint8Array.of(9))));
  add(true, ng.enhanced(0, 5n, octets));
  add(false, ng.block(5, octets, octets));
  add(true, ng.obsolete(0, 5n, octets));
  add(false, ng.section(false));
  add(false, ng.interface(101));
  add(true, ng.simple(octets));
  const capture = ng.bytes();
  for (let length = 0; length <= capture.length; length++) {
    const { packets, error } = await collect(capture.subarray(0, length), WINDOW);
    assert.equal(packets.length, packetsAt.filter((end) => end <= length).length);
    if (ends.includes(length)) {
      assert.equal(error, undefined, `cut at ${length}, between two blocks`);
    } else {
      assert.equal(error?.code, 'GF_CAPTURE_TRUNCATED', `cut at ${length}`);
      assert.equal(
        error.offset,
        [0, ...ends].findLast((end) => end <= length),
      );
    }
  }
});

test('a capture with damaged octets never does worse than a CaptureError', async () => {
  const ng = new PcapngBuilder(false).section().interface(1);
  for (let i = 0; i < 6; i++)
    ng.enhanced(0, 5n, Buffer.alloc(i * 11))
      .block(5, Buffer.alloc(12))
      .section(i % 2 === 0)
      .interface(1);
  const samples = [ng.bytes(), fixture('fprobe-v7.pcap'), fixture('ovs-nf5.pcap')];
  const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 2, 4, 0x0a, 0x7f, 0x80, 0xff)), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...samples), damage, async (sample, changes) => {
      const capture = Buffer.from(sample);
      for (const [at, value] of changes) capture[at % capture.length] = value;
      const { packets } = await collect(capture, WINDOW); // throws on any other error
      assert.ok(packets.length <= capture.length / 16);
    }),
    { numRuns: 2000 },
  );
});
