import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Cursor } from '#src/decode/cursor.js';
import { ethernet } from '#src/decode/headers/ethernet.js';
import { HeaderParser } from '#src/decode/headers/header-parser.js';
import type { LayerObserver } from '#src/decode/headers/layer-parser.js';
import { readUsualFrame } from '#src/decode/headers/usual-frame.js';
import { LIST_COUNT } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { data, packet } from '#src/simulate/packet.js';
import { ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import { ethernet as link, vlan } from '#src/simulate/packet-link.js';
import { icmp, icmpv6, tcp, udp } from '#src/simulate/packet-transport.js';
import { arbitraryFrame } from '../../support/arbitrary-packet.ts';

const eth = link({ source: 'fe:dc:ba:98:76:54', destination: '02:00:00:ff:00:02' });
const four = ipv4({ source: '192.0.2.1', destination: '198.51.100.2', tos: 0xb8, ttl: 63, identification: 0xbeef });
const six = ipv6({ source: '2001:db8::1', destination: 'fe80::2', trafficClass: 7, flowLabel: 0xabcde, hopLimit: 9 });
const ports = { sourcePort: 0xc001, destinationPort: 443 };
const message = { type: 3, code: 13 };
const payload = data(Uint8Array.from({ length: 40 }, (_, i) => 0xa0 + i));

/** Ethernet, a tag or none, IPv4 or IPv6, and each transport behind either. */
const usual = [[], [vlan({ id: 0xfed, priority: 5 })]].flatMap((tag) =>
  [four, six].flatMap((network) =>
    [tcp({ ...ports, flags: 0x12 }), udp(ports), icmp(message), icmpv6(message)].map((transport) =>
      packet(eth, ...tag, network, transport, payload),
    ),
  ),
);

/** Has every frame walked over, layer by layer. */
const walk: LayerObserver = { layer: () => {} };
const walker = new HeaderParser({ observer: walk });
const reader = new HeaderParser();

/** What a frame makes of a flow that something was filled into before. */
function filledBy(parser: HeaderParser, octets: Uint8Array, before: number): { words: number[]; lists: number[][] } {
  const flow = new FlowRecord();
  flow.words.fill(before);
  const bytes = new Uint8Array(octets.length + 64).fill(0xa5);
  bytes.set(octets, 32);
  parser.parse(flow, ethernet, bytes, new DataView(bytes.buffer), 32, 32 + octets.length);
  return { words: [...flow.words], lists: Array.from({ length: LIST_COUNT }, (_, i) => [...flow.lists[i]!]) };
}

function isUsual(octets: Uint8Array): boolean {
  const cursor = new Cursor();
  cursor.reset(octets, new DataView(octets.buffer, octets.byteOffset), 0, octets.length);
  return readUsualFrame(new FlowRecord(), cursor);
}

test('the usual frames are read at one go', () => {
  // ICMP behind IPv6 and ICMPv6 behind IPv4 are not usual
  assert.equal(usual.filter(isUsual).length, 12);
});

test('a usual frame fills what the walk over its layers fills, whatever is changed in it and wherever it is cut off', () => {
  const change = fc.tuple(
    fc.nat(90),
    fc.oneof(fc.nat(255), fc.constantFrom(0, 0x45, 0x46, 0x08, 0x81, 0x86, 0xdd, 6, 17)),
  );
  let read = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...usual),
      fc.array(change, { maxLength: 3 }),
      fc.oneof(fc.constant(1_000), fc.nat(120)),
      fc.constantFrom(0, 3),
      (frame, changes, length, before) => {
        const octets = frame.slice(0, length);
        for (const [at, value] of changes) if (at < octets.length) octets[at] = value;
        if (isUsual(octets)) read++;
        assert.deepEqual(filledBy(reader, octets, before), filledBy(walker, octets, before));
      },
    ),
    { numRuns: 2_000 },
  );
  assert.ok(read > 200, `${read} usual frames`);
});

test('any frame fills what the walk over its layers fills', () => {
  fc.assert(
    fc.property(arbitraryFrame, fc.nat(), ({ bytes }, cut) => {
      const octets = cut % 2 === 0 ? bytes : bytes.subarray(0, cut % (bytes.length + 1));
      assert.deepEqual(filledBy(reader, octets, 0), filledBy(walker, octets, 0));
    }),
    { numRuns: 500 },
  );
});
