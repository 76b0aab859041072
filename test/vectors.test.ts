import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cursor } from '#src/decode/cursor.js';
import { dot1q } from '#src/decode/headers/dot1q.js';
import { ethernet } from '#src/decode/headers/ethernet.js';
import { HeaderParser } from '#src/decode/headers/header-parser.js';
import { icmp } from '#src/decode/headers/icmp.js';
import { icmpv6 } from '#src/decode/headers/icmpv6.js';
import { ipv4 } from '#src/decode/headers/ipv4.js';
import { ipv6Fragment } from '#src/decode/headers/ipv6-fragment.js';
import { ipv6Routing } from '#src/decode/headers/ipv6-routing.js';
import { ipv6 } from '#src/decode/headers/ipv6.js';
import type { LayerParser } from '#src/decode/headers/layer-parser.js';
import { mpls } from '#src/decode/headers/mpls.js';
import { Layer } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { createBinaryFormat } from '#src/format/binary.js';
import { createJsonFormat } from '#src/format/json.js';
import { columnsOf } from './support/flow-columns.ts';
import { storedDatagram } from './support/stored-datagram.ts';
import { expectedLines } from './support/vector-lines.ts';
import { datagramVectors, datagramsOf, octetsOf, vectors } from './support/vectors.ts';
import type { Vector } from './support/vectors.ts';
import { WholeChain } from './support/whole-chain.ts';
import { written, writtenText } from './support/written.ts';

const json = createJsonFormat();
const binary = createBinaryFormat();

/** The flows of the last datagram of a vector, in JSON and as protobuf. */
function flowsOf(vector: Vector) {
  const lines: string[] = [];
  const messages: string[] = [];
  const chain = new WholeChain((flow) => {
    lines.push(writtenText(json, flow));
    messages.push(Buffer.from(written(binary, flow)).toString('hex'));
  });
  const datagrams = datagramsOf(vector);
  for (const octets of datagrams.slice(0, -1)) chain.take(storedDatagram(octets));
  assert.deepEqual(lines, [], 'templates and options make no flows');
  chain.take(storedDatagram(datagrams.at(-1)!));
  return { lines, messages };
}

for (const vector of datagramVectors) {
  const { name, differs, observed } = vector;
  test(`vector ${name}: ${vector.correct ?? 'the same octets'}`, () => {
    const { lines, messages } = flowsOf(vector);
    assert.deepEqual(lines, expectedLines(vector));
    const theirs = observed?.sample_bin_hex?.slice(0, -1);
    if (theirs !== undefined && differs === undefined) assert.deepEqual(messages, theirs);
  });
}

/** Vectors of one layer alone: the parser, and the columns that it has to fill. */
const layers: Record<string, readonly [LayerParser, Record<string, unknown>]> = {
  'parse-ethernet': [ethernet, { etype: 0x86ddn, dst_mac: '00:53:00:00:00:01', src_mac: '00:53:00:00:00:02' }],
  'parse-dot1q': [dot1q, { vlan_id: 20n, etype: 0x0800n }],
  'parse-mpls': [mpls, { mpls_label: [18n, 16n], mpls_ttl: [255n, 255n] }],
  'parse-ipv4': [ipv4, { src_addr: '10.0.0.1', dst_addr: '10.0.0.2', fragment_id: 0xababn, ip_ttl: 255n, proto: 1n }],
  'parse-ipv6': [
    ipv6,
    { src_addr: 'fd01::1', dst_addr: 'fd01::2', ip_ttl: 64n, proto: 58n, ipv6_flow_label: 0x010101n },
  ],
  'parse-ipv6-fragment': [ipv6Fragment, { fragment_id: 2_810_719_913n, fragment_offset: 0n, ip_flags: 1n }],
  'parse-ipv6-routing': [
    ipv6Routing,
    {
      ipv6_routing_header_seg_left: 1n,
      ipv6_routing_header_addresses: ['2001:baba:2:e002::', '2001:baba:1::', '2001:baba:3:e007::'],
      layer_size: [56n],
    },
  ],
  'parse-icmp': [icmp, { icmp_type: 1n, icmp_code: 1n }],
  'parse-icmpv6': [icmpv6, { icmp_type: 128n, icmp_code: 128n }],
};

function parse(headers: HeaderParser, first: LayerParser, octets: Uint8Array) {
  const flow = new FlowRecord();
  headers.parse(flow, first, octets, new DataView(octets.buffer), 0, octets.length);
  return columnsOf(flow);
}

const vectorOf = (name: string) => vectors.find((vector) => vector.name === name)!;

for (const [name, [layer, expected]] of Object.entries(layers)) {
  test(`vector ${name}: one layer alone`, () => {
    const found = parse(new HeaderParser(), layer, octetsOf(vectorOf(name).hex)) as Record<string, unknown>;
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((column) => [column, found[column]])), expected);
  });
}

test('vector packet-custom-port-parser: a layer of a user behind a port', () => {
  let payload = '';
  const dns: LayerParser = {
    ...icmp,
    layer: Layer.Custom,
    minimum: 0,
    parse(frame) {
      const { cursor } = frame;
      frame.size = cursor.left;
      payload = Buffer.from(cursor.bytes.subarray(cursor.pos, cursor.end)).toString('hex');
      return undefined;
    },
  };
  const headers = new HeaderParser({ ports: [{ protocol: 'udp', direction: 'dst', port: 53, parser: dns }] });
  const found = parse(headers, ethernet, octetsOf(vectorOf('packet-custom-port-parser').hex));
  assert.equal(payload.slice(26, 48), '6578616d706c6503636f6d');
  assert.deepEqual(found.layer_stack, ['Ethernet', 'IPv4', 'UDP', 'Custom']);
  assert.deepEqual(found.layer_size, [14n, 20n, 8n, 29n]);
});

test('vector binary-read-u32: network byte order', () => {
  const octets = octetsOf(vectorOf('binary-read-u32').hex);
  const cursor = new Cursor();
  cursor.reset(octets, new DataView(octets.buffer), 0, octets.length);
  assert.ok(cursor.take(4));
  assert.equal(cursor.u32(0), 0x01020304);
});

test('every vector is tested', () => {
  const elsewhere = ['bit-extract', 'json-custom-fields']; // mapping/vectors.test.ts
  const alone = new Set([
    ...elsewhere,
    ...Object.keys(layers),
    'packet-custom-port-parser',
    'binary-read-u32',
    'ntp-epoch',
  ]);
  const untested = vectors.filter(
    ({ name, protocol, observed_when_wrapped_in_sflow: wrapped }) =>
      !alone.has(name) && protocol.includes(':') && wrapped === undefined,
  );
  assert.deepEqual(
    untested.map(({ name }) => name),
    [],
  );
  assert.equal(vectors.length, 83);
});

test('every corrected vector says by which rule and, where flows come out, how they differ', () => {
  for (const { name, verdict, rule, correct, differs } of vectors) {
    if (verdict === 'corrected') assert.ok(rule !== undefined && correct !== undefined, name);
    if (differs !== undefined) assert.ok(rule !== undefined, name);
  }
});
