import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ElementRegistry } from '#src/decode/elements/registry.js';
import { counterStructures } from '#src/produce/raw/counter-structures.js';
import { flowStructures } from '#src/produce/raw/flow-structures.js';
import { RawProducer } from '#src/produce/raw/raw-producer.js';
import type { Member, MemberType } from '#src/produce/raw/structure-table.js';
import {
  encodeCounterSample,
  encodeDropSample,
  encodeExpandedFlowSample,
  encodeFlowSample,
  encodeSFlow,
} from '#src/simulate/sflow.js';
import type { SFlowRecord } from '#src/simulate/sflow.js';
import { XdrWriter } from '#src/simulate/xdr.js';
import { storedDatagram } from '../../support/stored-datagram.ts';
import { WholeChain } from '../../support/whole-chain.ts';

type Kind = 'flow' | 'counter';

interface Shown {
  readonly header: unknown;
  readonly data: Record<string, unknown>;
  readonly rest?: string;
}

interface ShownSample extends Record<string, unknown> {
  readonly records: readonly Shown[];
}

const plain = new RawProducer('json', undefined);
const named = new RawProducer('json', ElementRegistry.bundled());

/** The one sample of a datagram in a raw message. */
function sampleShown(sample: Uint8Array, producer = plain): ShownSample {
  let text = '';
  const chain = new WholeChain();
  chain.onPacket = (packet, datagram) => void (text = producer.message(packet, datagram));
  chain.take(storedDatagram(encodeSFlow({ agent: '192.0.2.9', sequence: 1, uptimeMs: 1 }, [sample])));
  return (JSON.parse(text) as { message: { samples: ShownSample[] } }).message.samples[0]!;
}

function shown(kind: Kind, record: SFlowRecord, producer = plain): Shown {
  const common = { sequence: 1, source: { index: 1 }, records: [record] };
  const rates = { samplingRate: 1, samplePool: 1, drops: 0, input: { value: 1 }, output: { value: 2 } };
  const sample = kind === 'flow' ? encodeFlowSample({ ...common, ...rates }) : encodeCounterSample(common);
  return sampleShown(sample, producer).records[0]!;
}

/** Ethernet, which by 4 octets less is what it is without padding. */
const twoLengths = new Set([2, 1021, 1022]);

/** Octets of members whose values tell them apart, and what they are in raw output: encoded without the reader's code. */
class Example {
  readonly #writer = new XdrWriter();
  #next = 0;

  object(members: readonly Member[]): Record<string, unknown> {
    return Object.fromEntries(members.flatMap(([key, held]) => this.#member(key, held)));
  }

  get octets(): Uint8Array {
    return this.#writer.finish();
  }

  #member(key: string, held: Member[1]): [string, unknown][] {
    if (typeof held !== 'string') {
      this.#writer.u32(2);
      return [[key, [this.object(held), this.object(held)]]];
    }
    if (held !== 'address') return [[key, this.#value(held)]];
    const text = `2001:db8::${this.#number()}`;
    this.#writer.address(text);
    return [
      [`${key}-ip-version`, 2],
      [key, text],
    ];
  }

  /** Numbers of one digit in hexadecimal, so that texts of addresses are simple. */
  #number(): number {
    this.#next = (this.#next % 9) + 1;
    return this.#next;
  }

  #value(type: Exclude<MemberType, 'address'>): unknown {
    const writer = this.#writer;
    const n = this.#number();
    switch (type) {
      case 'u8':
        writer.u8(n);
        return n;
      case 'u32':
        writer.u32(n + 0x8000_0000);
        return n + 0x8000_0000;
      case 'i32':
        writer.u32(0x1_0000_0000 - n);
        return -n;
      case 'u64':
        writer.u32(n).u32(n);
        return n * 0x1_0000_0001;
      case 'float':
        writer.float32(n + 0.5);
        return n + 0.5;
      case 'ipv4':
        writer.bytes(Uint8Array.of(192, 0, 2, n));
        return `192.0.2.${n}`;
      case 'ipv6':
        writer
          .bytes(Uint8Array.of(0x20, 1, 0xd, 0xb8))
          .zeros(11)
          .u8(n);
        return `2001:db8::${n}`;
      case 'mac':
        writer.mac(`02:00:00:00:00:0${n}`);
        return `02:00:00:00:00:0${n}`;
      case 'mac6':
        writer.bytes(Uint8Array.of(2, 0, 0, 0, 0, n));
        return `02:00:00:00:00:0${n}`;
      case 'uuid':
        writer.zeros(15).u8(n);
        return `${'0'.repeat(31)}${n}`;
      case 'string':
        writer.string('text!'.slice(0, (n % 5) + 1));
        return 'text!'.slice(0, (n % 5) + 1);
      case 'opaque':
        writer.opaque(Uint8Array.of(n, n));
        return Buffer.of(n, n).toString('base64');
      case 'u32[]':
        writer.list([n, n + 1]);
        return [n, n + 1];
      case 'i32[]':
        writer.list([n, 0xffff_ffff]);
        return [n, -1];
      case 'mac[]':
        writer.u32(2).mac(`02:00:00:00:00:0${n}`).mac('02:00:00:00:00:ff');
        return [`02:00:00:00:00:0${n}`, '02:00:00:00:00:ff'];
    }
  }
}

for (const [kind, table] of [
  ['flow', flowStructures],
  ['counter', counterStructures],
] as const) {
  test(`raw: every ${kind} record of the table is read as it was encoded, and is octets where it ends too soon`, () => {
    for (const [format, { members, optional }] of table) {
      const example = new Example();
      const data = example.object(members);
      const octets = example.octets;
      const header = { 'data-format': format, length: octets.length };
      assert.deepEqual(shown(kind, { format, body: octets }), { header, data }, `${kind} ${format}`);
      assert.deepEqual(Object.keys(shown(kind, { format, body: octets }).data), Object.keys(data), `${kind} ${format}`);
      // the last member is whole, or it is not there: never a part of it
      const short = octets.slice(0, twoLengths.has(format) ? -8 : -4);
      assert.deepEqual(shown(kind, { format, body: short }).data, { data: base64(short) }, `short ${kind} ${format}`);
      const later = new Example();
      const all = later.object([...members, ...optional]);
      assert.deepEqual(shown(kind, { format, body: later.octets }).data, all, `optional ${kind} ${format}`);
    }
  });
}

const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
const ascending = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Counters 1, 2, 3 ... of 4 octets, then others of 8. */
function numbered(words: number, longs = 0, writer = new XdrWriter()): Uint8Array {
  for (const i of ascending(1, words)) writer.u32(i);
  for (const i of ascending(words + 1, words + longs)) writer.integer(i, 8);
  return writer.finish();
}

/** By the published structures, not by the table: length, and keys at places where a slip would show. */
const published: readonly [
  kind: Kind,
  format: number,
  body: Uint8Array,
  some: Record<string, unknown>,
  keys: number,
][] = [
  ['flow', 1020, numbered(2), { 'src-port': 1, 'dst-port': 2 }, 2],
  ['flow', 2209, numbered(12), { direction: 1, retrans: 6, rtt: 8, 'min-rtt': 12 }, 12],
  ['flow', 2210, numbered(4), { 'src-ds-class': 1, 'dst-ds-index': 4 }, 4],
  ['flow', 2208, numbered(23), { type: 1, 'fetch-start': 8, 'load-event-end': 23 }, 23],
  [
    'flow',
    2202,
    new XdrWriter()
      .string('shop')
      .string('pay')
      .string('cc=visa')
      .string('ok')
      .integer(5, 8)
      .integer(6, 8)
      .u32(7)
      .u32(8)
      .finish(),
    { application: 'shop', operation: 'pay', attributes: 'cc=visa', 'status-descr': 'ok', 'duration-us': 7, status: 8 },
    8,
  ],
  ['counter', 6, numbered(20), { 'dot11-retry-count': 4, 'dot11-qos-cf-polls-lost-count': 20 }, 20],
  ['counter', 8, numbered(6), { 'cam-miss': 3, cntrl: 6 }, 6],
  ['counter', 2201, numbered(15), { 'method-get-count': 2, 'status-1xx-count': 10, 'status-other-count': 15 }, 15],
  ['counter', 2202, numbered(11, 0, new XdrWriter().string('shop')), { success: 1, unauthorized: 11 }, 12],
  ['counter', 2204, numbered(27, 4), { 'cmd-set': 1, 'total-items': 27, 'limit-maxbytes': 31 }, 31],
  ['counter', 2205, numbered(23), { 'rtt-avg-ms': 12, 'usb-tx-bytes': 23 }, 23],
  ['counter', 2206, numbered(5), { 'workers-active': 1, 'req-dropped': 5 }, 5],
  ['counter', 3000, numbered(6), { voltage: 1, 'power-factor': 4, errors: 6 }, 6],
  ['counter', 4413 * 4096 + 3, numbered(36), { 'mac-entries': 15, 'acl-egress-slices-max': 36 }, 36],
  ['counter', 1003, numbered(13), { 'segment-size': 2, dropped: 13 }, 13],
];

test('raw: sFlow structures by their published members', () => {
  for (const [kind, format, body, some, keys] of published) {
    const { data } = shown(kind, { format, body });
    assert.equal(Object.keys(data).length, keys, `${kind} ${format}`);
    for (const [key, value] of Object.entries(some)) assert.equal(data[key], value, `${kind} ${format} ${key}`);
  }
});

test('raw: adapters of a host, lanes of an optical module, port states of a LAG', () => {
  const adapters = new XdrWriter().u32(2).u32(7).u32(1).mac('02:00:00:00:00:01').u32(8).u32(0).finish();
  assert.deepEqual(shown('counter', { format: 2001, body: adapters }).data, {
    adapters: [
      { 'if-index': 7, 'mac-addresses': ['02:00:00:00:00:01'] },
      { 'if-index': 8, 'mac-addresses': [] },
    ],
  });
  const optics = new XdrWriter().u32(1).u32(4).u32(3300).u32(0xffff_ffff).u32(1).bytes(numbered(10)).finish();
  const { data } = shown('counter', { format: 10, body: optics });
  assert.equal(data['module-temperature'], -1);
  const [lane] = data['lanes'] as Record<string, number>[];
  assert.deepEqual(Object.values(lane!), ascending(1, 10));
  const lag = new XdrWriter()
    .mac('02:00:00:00:00:01')
    .mac('02:00:00:00:00:02')
    .u32(9)
    .u32(0x01_02_03_04)
    .bytes(numbered(8));
  const { data: port } = shown('counter', { format: 7, body: lag.finish() });
  assert.deepEqual(
    [port['actor-admin-port-state'], port['partner-oper-port-state'], port['marker-response-pdus-tx']],
    [1, 4, 8],
  );
  const lying = new XdrWriter().u32(0xffff_ffff).u32(7).u32(0).finish();
  assert.deepEqual(shown('counter', { format: 2001, body: lying }).data, { data: base64(lying) });
});

test('raw: frames of an aggregate have flow records of their own, and hold no aggregates', () => {
  const queue = { format: 1036, body: new XdrWriter().u32(5).finish() };
  const unknown = { format: 999, body: Uint8Array.of(1, 2, 3) };
  const inner = { format: 1016, body: new XdrWriter().u32(0).finish() };
  const writer = new XdrWriter().u32(2).u32(2);
  for (const { format, body } of [queue, unknown]) writer.u32(format).opaque(body);
  writer.u32(1).u32(inner.format).opaque(inner.body);
  assert.deepEqual(shown('flow', { format: 1016, body: writer.finish() }).data, {
    pdus: [
      {
        'flow-records': [
          { header: { 'data-format': 1036, length: 4 }, data: { queue: 5 } },
          { header: { 'data-format': 999, length: 3 }, data: { data: 'AQID' } },
        ],
      },
      { 'flow-records': [{ header: { 'data-format': 1016, length: 4 }, data: { data: 'AAAAAA==' } }] },
    ],
  });
  const lying = new XdrWriter().u32(1).u32(0xffff_ffff).u32(1036).u32(4).u32(5).finish();
  assert.deepEqual(shown('flow', { format: 1016, body: lying }).data, { data: base64(lying) });
});

test('raw: outer Ethernet of a tunnel with addresses of 6 octets, as of a sampled frame', () => {
  const body = new XdrWriter()
    .u32(64)
    .bytes(Uint8Array.of(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2))
    .u32(0x800)
    .finish();
  for (const format of [2, 1021, 1022]) {
    const { data } = shown('flow', { format, body });
    assert.deepEqual(data, {
      length: 64,
      'src-mac': '02:00:00:00:00:01',
      'dst-mac': '02:00:00:00:00:02',
      'eth-type': 2048,
    });
  }
});

test('raw: names add the reason of a drop and what stands behind the members that are known', () => {
  const records = [{ format: 1036, body: new XdrWriter().u32(5).u32(6).finish() }];
  const header = { sequence: 1, source: { index: 1 }, records };
  const drop = (reason: number) => encodeDropSample({ ...header, drops: 0, input: 1, output: 2, reason });
  for (const [code, name] of [
    [0, 'net_unreachable'],
    [15, 'precedence_cutoff'],
    [256, 'unknown'],
    [258, 'acl'],
    [281, 'non_routable_packet'],
    [303, 'split_horizon'],
    [304, undefined],
    [16, undefined],
  ] as const) {
    assert.equal(sampleShown(drop(code), named)['reason-name'], name);
  }
  assert.equal('reason-name' in sampleShown(drop(258)), false);
  assert.equal(sampleShown(drop(258), named).records[0]!.rest, 'AAAABg==');
  assert.equal(sampleShown(drop(258)).records[0]!.rest, undefined);
  const rates = { samplingRate: 1, samplePool: 1, drops: 0, input: { value: 1 }, output: { format: 1, value: 260 } };
  const sample = { ...header, ...rates };
  for (const octets of [encodeFlowSample(sample), encodeExpandedFlowSample(sample)]) {
    assert.equal(sampleShown(octets, named)['reason-name'], 'red');
  }
});
