import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from './collect.ts';
import { PcapngBuilder } from './pcapng-builder.ts';

const A = Buffer.from('aabbccddee', 'hex');
const B = Buffer.from('0102', 'hex');
const orders = [true, false];
const builder = (little: boolean) => new PcapngBuilder(little).section();

test('enhanced, obsolete and simple packet blocks of both byte orders', async () => {
  for (const little of orders) {
    const capture = builder(little)
      .interface(1, 4)
      .interface(101)
      .enhanced(0, 1_700_000_000_123_456n, A)
      .obsolete(1, 1_700_000_001_000_001n, B, 9)
      .simple(A, 60)
      .bytes();
    const { packets, error } = await collect(capture);
    assert.equal(error, undefined);
    assert.deepEqual(packets, [
      { octets: 'aabbccddee', originalLength: 5, linkType: 1, time: '1700000000.123456000' },
      { octets: '0102', originalLength: 9, linkType: 101, time: '1700000001.000001000' },
      { octets: 'aabbccdd', originalLength: 60, linkType: 1, time: '1700000001.000001000' },
    ]);
  }
});

test('each interface has its own unit and offset of time', async () => {
  for (const little of orders) {
    const ng = builder(little);
    const resolution = (code: number) => ng.option(9, Uint8Array.of(code));
    const capture = ng
      .interface(1, 0, ng.option(2, Buffer.from('eth0')), resolution(9), ng.option(0, new Uint8Array(0)))
      .interface(1, 0, resolution(0x80 | 10), ng.option(14, ng.i64(-100n)))
      .interface(1, 0, ng.option(14, ng.i64(5_000_000_000n)), resolution(0))
      .interface(1, 0, ng.option(0, new Uint8Array(0)), resolution(9))
      .enhanced(0, 1_700_000_000_123_456_789n, B)
      .enhanced(1, (1000n << 10n) + 512n, B)
      .enhanced(2, 7n, B)
      .enhanced(3, 1_000_001n, B)
      .bytes();
    const { packets, error } = await collect(capture);
    assert.equal(error, undefined);
    assert.deepEqual(
      packets.map(({ time }) => time),
      ['1700000000.123456789', '900.500000000', '5000000007.000000000', '1.000001000'],
    );
  }
});

test('options that run past their block are not read', async () => {
  const ng = builder(true);
  const tooLong = Buffer.concat([ng.u16(9), ng.u16(200), Uint8Array.of(9, 0, 0, 0)]);
  const { packets, error } = await collect(ng.interface(1, 0, tooLong).enhanced(0, 1_000_000n, B).bytes());
  assert.equal(error, undefined);
  assert.equal(packets[0]!.time, '1.000000000');
});

test('a new section has its own byte order and forgets the interfaces', async () => {
  const ng = builder(true).interface(1).enhanced(0, 0n, A).section(false).interface(101).enhanced(0, 0n, B);
  const { packets, error } = await collect(ng.bytes());
  assert.equal(error, undefined);
  assert.deepEqual(
    packets.map(({ linkType }) => linkType),
    [1, 101],
  );

  const at = ng.bytes().length;
  const without = await collect(ng.section(true).enhanced(0, 0n, A).bytes());
  assert.equal(without.packets.length, 2);
  assert.equal(without.error?.offset, at + 28);
  assert.match(without.error.message, /test\.pcap: offset \d+: a packet of interface 0, which was not described/);
});

test('blocks of other kinds are passed over, even those larger than what is in memory', async () => {
  const statistics = Buffer.alloc(20);
  const huge = Buffer.alloc(700_000, 0x5a);
  const ng = builder(true).interface(1).block(5, statistics).enhanced(0, 0n, A).block(0x0bad, huge).enhanced(0, 0n, B);
  const { packets, error } = await collect(ng.block(4).bytes());
  assert.equal(error, undefined);
  assert.deepEqual(
    packets.map(({ octets }) => octets),
    ['aabbccddee', '0102'],
  );
});

test('a block or packet that cannot be is an error with its offset, after all before it was delivered', async () => {
  const begin = () => builder(true).interface(1).enhanced(0, 0n, A);
  const at = begin().bytes().length;
  const u32 = (value: number) => begin().u32(value);
  const raw = (...parts: Buffer[]) => Buffer.concat([begin().bytes(), ...parts]);
  const packetHead = (captured: number) => [u32(0), u32(0), u32(0), u32(captured), u32(captured)];
  const large = Buffer.alloc(520_000);
  const unlike = begin().enhanced(0, 0n, A).bytes();
  unlike.writeUInt32LE(44, unlike.length - 4);
  const cases: [what: string, capture: Buffer, message: RegExp][] = [
    ['length 0', raw(u32(6), u32(0)), /a block of 0 octets/],
    ['length below its kind', raw(u32(6), u32(28), Buffer.alloc(20)), /a block of 28 octets, where 32 or more/],
    ['length no multiple of 4', raw(u32(6), u32(33), Buffer.alloc(40)), /multiple of 4/],
    ['unlike length at the end', raw(u32(4), u32(16), u32(0), u32(20)), /a block of 16 octets whose end says 20/],
    ['unlike length behind a packet', unlike, /a block of 40 octets whose end says 44/],
    [
      'packet above its block',
      begin()
        .block(6, ...packetHead(5), u32(0))
        .bytes(),
      /a packet of 5 octets in a block of/,
    ],
    [
      'packet above the limit',
      begin()
        .block(6, ...packetHead(300_000), Buffer.alloc(300_000))
        .bytes(),
      /more than 262144/,
    ],
    [
      'block above the limit',
      begin()
        .block(6, ...packetHead(4), large, large)
        .bytes(),
      /a block of .* more than 524288/,
    ],
    ['unknown byte order', raw(u32(0x0a0d0d0a), u32(28), u32(0x11223344)), /byte-order magic 0x44332211/],
    ['other version', begin().section(true, 2).bytes(), /version 2 of the pcapng format/],
    ['unknown interface', begin().enhanced(1, 0n, A).bytes(), /interface 1, which was not described/],
    ['simple without interface', Buffer.concat([begin().section().simple(A).bytes()]), /interface 0/],
  ];
  for (const [what, capture, message] of cases) {
    const { packets, error } = await collect(capture, 600_000);
    assert.equal(packets.length, 1, what);
    assert.equal(error?.code, 'GF_CAPTURE_FORMAT', what);
    assert.match(error.message, message, what);
    assert.equal(error.offset, what.startsWith('simple') ? at + 28 : at, what);
  }
});

test('a length that reaches behind the end of the file is a cut, not a wait', async () => {
  const ng = builder(true).interface(1).enhanced(0, 0n, A);
  const at = ng.bytes().length;
  for (const length of [100, 0xfffffffc]) {
    const { packets, error } = await collect(Buffer.concat([ng.bytes(), ng.u32(0x0bad), ng.u32(length), A]));
    assert.equal(packets.length, 1);
    assert.equal(error?.code, 'GF_CAPTURE_TRUNCATED');
    assert.equal(error.offset, at);
  }
});

test('a section has an upper bound of interfaces', async () => {
  const ng = builder(true);
  const one = new PcapngBuilder(true).interface(1).bytes();
  const many = Buffer.concat([ng.bytes(), ...Array.from({ length: 65_537 }, () => one)]);
  const { error } = await collect(many);
  assert.match(error!.message, /more than 65536 interfaces/);
});
