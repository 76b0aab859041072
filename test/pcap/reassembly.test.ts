import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fragment, Reassembly } from '#src/pcap/reassembly.js';

interface Part {
  offset: number;
  octets: string | Uint8Array;
  more?: boolean;
  id?: number;
  seconds?: number;
  protocol?: number;
  family?: 4 | 16;
}

function fragment({ offset, octets, more = true, id = 1, seconds = 0, protocol = 17, family = 4 }: Part): Fragment {
  const payload = Buffer.from(octets as string);
  const made = new Fragment();
  made.bytes = Buffer.concat([new Uint8Array(2 * family).fill(9), payload]);
  made.addressLength = family;
  made.payloadAt = 2 * family;
  made.payloadLength = payload.length;
  Object.assign(made, { offset, more, identification: id, seconds, protocol });
  return made;
}

const A = 'aaaaaaaa';
const B = 'bbbbbbbb';

function whole(reassembly: Reassembly): string {
  const { bytes, total } = reassembly.whole!;
  return Buffer.from(bytes.subarray(0, total)).toString();
}

test('a datagram is whole when its last gap is filled, in whatever order', () => {
  const parts: Part[] = [
    { offset: 0, octets: A },
    { offset: 8, octets: B },
    { offset: 16, octets: 'end', more: false },
  ];
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
    [2, 0, 1],
  ]) {
    const reassembly = new Reassembly();
    const came = order.map((i) => reassembly.add(fragment(parts[i]!)));
    assert.deepEqual(came, ['fragment', 'fragment', 'complete']);
    assert.equal(whole(reassembly), `${A}${B}end`);
    assert.equal(reassembly.waiting, 0);
  }
});

test('datagrams are told apart by identification and addresses, in IPv4 by protocol too', () => {
  const reassembly = new Reassembly();
  const last = { offset: 8, octets: B, more: false };
  assert.equal(reassembly.add(fragment({ offset: 0, octets: A })), 'fragment');
  assert.equal(reassembly.add(fragment({ ...last, id: 2 })), 'fragment');
  assert.equal(reassembly.add(fragment({ ...last, protocol: 6 })), 'fragment');
  assert.equal(reassembly.add(fragment({ ...last, family: 16 })), 'fragment');
  const elsewhere = fragment(last);
  elsewhere.bytes[0] = 1;
  assert.equal(reassembly.add(elsewhere), 'fragment');
  assert.equal(reassembly.add(fragment(last)), 'complete');
  assert.equal(reassembly.waiting, 4);
});

test('in IPv6 the next header of the first fragment counts', () => {
  const reassembly = new Reassembly();
  reassembly.add(fragment({ offset: 8, octets: B, more: false, family: 16, protocol: 60 }));
  assert.equal(reassembly.add(fragment({ offset: 0, octets: A, family: 16, protocol: 17 })), 'complete');
  assert.equal(reassembly.whole!.protocol, 17);
});

test('a repeated fragment is passed over', () => {
  const reassembly = new Reassembly();
  const first = { offset: 0, octets: A };
  const last = { offset: 16, octets: 'end', more: false };
  for (const part of [first, first, last, last, first]) assert.equal(reassembly.add(fragment(part)), 'fragment');
  assert.equal(reassembly.add(fragment({ offset: 8, octets: B })), 'complete');
  assert.equal(whole(reassembly), `${A}${B}end`);
});

test('a fragment that contradicts what is there ends its datagram', () => {
  const contradictions: [have: Part, then: Part][] = [
    [
      { offset: 0, octets: A },
      { offset: 0, octets: B },
    ],
    [
      { offset: 0, octets: A + A },
      { offset: 8, octets: B + B },
    ],
    [
      { offset: 8, octets: A },
      { offset: 0, octets: A + A },
    ],
    [
      { offset: 16, octets: A },
      { offset: 8, octets: 'end', more: false },
    ],
    [
      { offset: 16, octets: 'end', more: false },
      { offset: 16, octets: 'ends', more: false },
    ],
    [
      { offset: 16, octets: 'end', more: false },
      { offset: 24, octets: A },
    ],
    [
      { offset: 8, octets: A, more: false },
      { offset: 8, octets: A },
    ],
  ];
  for (const [have, then] of contradictions) {
    const reassembly = new Reassembly();
    assert.equal(reassembly.add(fragment(have)), 'fragment');
    assert.equal(reassembly.add(fragment(then)), 'overlap', JSON.stringify([have, then]));
    assert.equal(reassembly.waiting, 0);
  }
});

test('fragments that no sender makes are refused', () => {
  const reassembly = new Reassembly();
  const impossible: Part[] = [
    { offset: 0, octets: '' },
    { offset: 0, octets: 'seven..' },
    { offset: 65_528, octets: A, more: false },
  ];
  for (const part of impossible) assert.equal(reassembly.add(fragment(part)), 'malformed');
  assert.equal(reassembly.waiting, 0);
  assert.equal(reassembly.add(fragment({ offset: 65_528, octets: 'seven..', more: false })), 'fragment');
});

test('a datagram is given up after 30 seconds of the capture, also when its times jump back', () => {
  for (const [seconds, expired] of [
    [1030, 0],
    [1031, 1],
    [969, 1],
  ] as const) {
    const reassembly = new Reassembly();
    reassembly.add(fragment({ offset: 0, octets: A, seconds: 1000 }));
    const came = reassembly.add(fragment({ offset: 8, octets: B, more: false, seconds }));
    assert.equal(came, expired === 0 ? 'complete' : 'fragment');
    assert.equal(reassembly.expired, expired);
  }
});

test('no more datagrams wait than allowed: the oldest is given up', () => {
  const reassembly = new Reassembly(3);
  for (let id = 1; id <= 5; id++) reassembly.add(fragment({ offset: 0, octets: A, id }));
  assert.deepEqual([reassembly.waiting, reassembly.evicted], [3, 2]);
  const last = { offset: 8, octets: B, more: false };
  assert.equal(reassembly.add(fragment({ ...last, id: 5 })), 'complete');
  assert.equal(reassembly.add(fragment({ ...last, id: 3 })), 'complete');
  assert.equal(reassembly.add(fragment({ ...last, id: 1 })), 'fragment', 'its first half is gone');
});

test('memory that is used again does not mix datagrams', () => {
  const reassembly = new Reassembly(1);
  reassembly.add(fragment({ offset: 0, octets: A + A + A, id: 1 }));
  reassembly.add(fragment({ offset: 0, octets: B, id: 2 }));
  assert.equal(reassembly.add(fragment({ offset: 16, octets: 'end', more: false, id: 2 })), 'fragment');
  assert.equal(reassembly.add(fragment({ offset: 8, octets: B, id: 2 })), 'complete');
  assert.equal(whole(reassembly), `${B}${B}end`);
});
