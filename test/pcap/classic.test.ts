import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from './collect.ts';

type Order = 'LE' | 'BE';

const words = (order: Order, ...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes[`writeUInt32${order}`](value, 4 * i));
  return bytes;
};

function header(order: Order, magic = 0xa1b2c3d4, { major = 2, linkType = 1, snapshotLength = 65_535 } = {}): Buffer {
  const bytes = words(order, magic, 0, 0, 0, snapshotLength, linkType);
  bytes[`writeUInt16${order}`](major, 4);
  bytes[`writeUInt16${order}`](4, 6);
  return bytes;
}

const A = Buffer.from('aabbccddee', 'hex');

test('all four magics: either byte order, micro- and nanoseconds', async () => {
  for (const order of ['LE', 'BE'] as const) {
    for (const [magic, fraction] of [
      [0xa1b2c3d4, '123456000'],
      [0xa1b23c4d, '000123456'],
    ] as const) {
      const capture = [header(order, magic), words(order, 0xfffffffe, 123_456, 5, 60), A];
      const { packets, error } = await collect(Buffer.concat([...capture, words(order, 1, 0, 0, 0)]));
      assert.equal(error, undefined);
      assert.deepEqual(packets, [
        { octets: 'aabbccddee', originalLength: 60, linkType: 1, time: `4294967294.${fraction}` },
        { octets: '', originalLength: 0, linkType: 1, time: '1.000000000' },
      ]);
    }
  }
});

test('the link type is read without the bits that tell of a frame check sequence', async () => {
  const linkType = 0x24000000 + 101; // two words of 16 bits, present
  const { packets } = await collect(Buffer.concat([header('LE', undefined, { linkType }), words('LE', 1, 0, 0, 0)]));
  assert.equal(packets[0]!.linkType, 101);
});

test('what is no capture, or an impossible one, is an error with file and offset', async () => {
  const oneGood = Buffer.concat([header('LE'), words('LE', 1, 0, 5, 5), A]);
  const cases: [bytes: Buffer, packets: number, offset: number, message: RegExp][] = [
    [Buffer.alloc(0), 0, 0, /too short for a capture/],
    [Buffer.from('d4c3', 'hex'), 0, 0, /too short for a capture/],
    [Buffer.from('hello, this is text'), 0, 0, /neither pcap nor pcapng: it begins with 0x68656c6c/],
    [Buffer.from('1f8b080000000000', 'hex'), 0, 0, /compressed with gzip: unpack it first/],
    [Buffer.from('a1b2cd34'.padEnd(48, '0'), 'hex'), 0, 0, /neither pcap nor pcapng/],
    [header('BE', undefined, { major: 3 }), 0, 0, /version 3 of the pcap format/],
    [
      Buffer.concat([oneGood, words('LE', 1, 0, 262_145, 262_145)]),
      1,
      45,
      /a packet of 262145 octets, more than 262144/,
    ],
    [Buffer.concat([oneGood, words('LE', 1, 0, 0xffffffff, 5)]), 1, 45, /a packet of 4294967295 octets/],
  ];
  for (const [bytes, count, offset, message] of cases) {
    const { packets, error } = await collect(bytes);
    assert.equal(packets.length, count);
    assert.equal(error?.offset, offset);
    assert.match(error.message, message);
    assert.ok(error.message.startsWith(`test.pcap: offset ${offset}: `));
  }
});

test('the largest packet is read, also by a window that holds just one', async () => {
  const octets = Buffer.alloc(262_144, 7);
  const record = Buffer.concat([words('LE', 1, 0, octets.length, octets.length), octets]);
  const { packets, error } = await collect(Buffer.concat([header('LE'), record, record, record]), 262_160);
  assert.equal(error, undefined);
  assert.equal(packets.length, 3);
});
