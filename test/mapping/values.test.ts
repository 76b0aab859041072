import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packet } from '#src/simulate/packet.js';
import { ipv4 } from '#src/simulate/packet-ip.js';
import { ethernet } from '#src/simulate/packet-link.js';
import { udp } from '#src/simulate/packet-transport.js';
import { vxlan } from '#src/simulate/packet-tunnels.js';
import { rawHeader } from '#src/simulate/sflow-flow-records.js';
import { encodeFlowSample, encodeSFlow } from '#src/simulate/sflow.js';
import { Mapped } from '../support/mapped.ts';
import { storedDatagram } from '../support/stored-datagram.ts';
import { octetsOf, vectors } from '../support/vectors.ts';

const PEN = 9;
const VARIABLE = 65_535;
/** More than it takes for a template to be compiled. */
const RECORDS = 12;

/** What a mapped element may go to. */
const destinations = [
  'num',
  'nums',
  'oct',
  'octs',
  'in_if',
  'bytes',
  'next_hop',
  'as_path',
  'mpls_ip',
  'sampling_rate',
];

interface Row {
  readonly destination: string;
  readonly little: boolean;
}

/** A field of a template: of element 1000 + `row` of an enterprise, or of IANA's element `id`. */
interface Field {
  readonly row: number;
  readonly id: number;
  readonly length: number;
}

const anyRow: fc.Arbitrary<Row> = fc.record({ destination: fc.constantFrom(...destinations), little: fc.boolean() });
const anyLength = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(4, 16, 20, VARIABLE));
const anyField: fc.Arbitrary<Field> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ row: fc.nat(5), id: fc.constant(0), length: anyLength }) },
  fc.constantFrom({ row: -1, id: 1, length: 4 }, { row: -1, id: 8, length: 4 }, { row: -1, id: 34, length: 2 }),
);

/** Octets of values, taken one after the other. */
const anyOctets = fc.infiniteStream(fc.integer({ min: 0, max: 255 }));

const u16 = (value: number) => [value >> 8, value & 255];
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];
const set = (id: number, octets: readonly number[]) => [...u16(id), ...u16(octets.length + 4), ...octets];

function message(fields: readonly Field[], records: readonly (readonly number[][])[]): Uint8Array {
  const specifiers = fields.flatMap(({ row, id, length }) =>
    row < 0 ? [...u16(id), ...u16(length)] : [...u16(0x8000 | (1000 + row)), ...u16(length), ...u32(PEN)],
  );
  const data = records.flatMap((values) =>
    values.flatMap((octets, i) => (fields[i]!.length === VARIABLE ? [octets.length, ...octets] : octets)),
  );
  const sets = [...set(2, [...u16(256), ...u16(fields.length), ...specifiers]), ...set(256, data)];
  return Uint8Array.from([...u16(10), ...u16(16 + sets.length), ...u32(1_700_000_000), ...u32(1), ...u32(7), ...sets]);
}

function mappingOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ destination, little }, i) =>
      `    - {field: ${1000 + i}, pen: ${PEN}, destination: ${destination}, endianness: ${little ? 'little' : 'big'}}`,
  );
  return `formatter:
  fields: [sampling_rate, num, src_addr, nums, oct, octs, in_if, bytes, next_hop, as_path, mpls_ip]
  protobuf:
    - {name: num, index: 1000, type: varint}
    - {name: nums, index: 536870911, type: varint, array: true}
    - {name: oct, index: 600, type: string}
    - {name: octs, index: 42, type: bytes, array: true}
ipfix:
  mapping:
${lines.join('\n')}
`;
}

const numberOf = (octets: readonly number[], little: boolean): bigint =>
  (little ? [...octets].reverse() : octets).reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);

/** What a record gives the fields of a user, as JSON shows it. */
function expectedOf(fields: readonly Field[], values: readonly number[][], rows: readonly Row[]) {
  const hex = (octets: readonly number[]) => `"${Buffer.from(octets).toString('hex')}"`;
  const expected: Record<string, string[]> = { num: [], nums: [], oct: [], octs: [] };
  fields.forEach(({ row }, i) => {
    const { destination, little } = rows[row] ?? { destination: '', little: false };
    const octets = values[i]!;
    const number = destination === 'num' || destination === 'nums';
    if (number && octets.length <= 8) expected[destination]!.push(String(numberOf(octets, little)));
    if (destination === 'oct' || destination === 'octs') expected[destination]!.push(hex(octets));
  });
  return expected;
}

test('mapped elements: the values that the records have, compiled and interpreted alike, in every format', () => {
  const anyCase = fc.tuple(
    fc.array(anyRow, { minLength: 6, maxLength: 6 }),
    fc.array(anyField, { minLength: 1, maxLength: 12 }),
    anyOctets,
  );
  fc.assert(
    fc.property(anyCase, ([rows, fields, stream]) => {
      const take = (count: number) => Array.from({ length: count }, () => stream.next().value);
      const records = Array.from({ length: RECORDS }, () =>
        fields.map(({ length }) => take(length === VARIABLE ? take(1)[0]! % 20 : length)),
      );
      const mapped = new Mapped(mappingOf(rows));
      const datagrams = [storedDatagram(message(fields, records))];
      for (const name of ['json', 'text', 'bin']) {
        const compiled = mapped.messages(name, datagrams, true).map((octets) => Buffer.from(octets).toString('latin1'));
        const interpreted = mapped
          .messages(name, datagrams, false)
          .map((octets) => Buffer.from(octets).toString('latin1'));
        assert.deepEqual(compiled, interpreted, name);
        assert.equal(compiled.length, RECORDS);
      }
      const lines = mapped.lines('json', datagrams);
      records.forEach((values, i) => {
        const expected = expectedOf(fields, values, rows);
        const line = lines[i]!;
        for (const name of ['num', 'oct']) {
          const value = expected[name]!.at(-1);
          if (value === undefined) assert.ok(!line.includes(`"${name}":`), line);
          else assert.ok(line.includes(`"${name}":${value},`), `${name} ${value}: ${line}`);
        }
        for (const name of ['nums', 'octs']) {
          const list = expected[name]!;
          if (list.length === 0) assert.ok(!line.includes(`"${name}":`), line);
          else assert.ok(line.includes(`"${name}":[${list.join(',')}],`), `${name} ${list.join()}: ${line}`);
        }
        JSON.parse(line);
      });
    }),
    { numRuns: 60 },
  );
});

test('bits of a layer: any number of up to 64, anywhere, as the octets have it', () => {
  const vector = vectors.find(({ name }) => name === 'packet-mapping-udp-csum')!;
  const datagram = storedDatagram(octetsOf(vector.observed_when_wrapped_in_sflow!.datagram_hex));
  const packet = octetsOf(vector.hex);
  const bits = [...packet].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const udp = 8 * (14 + 20);
  const anyBits = fc.tuple(fc.integer({ min: -400, max: 200 }), fc.integer({ min: 1, max: 64 }));
  fc.assert(
    fc.property(anyBits, ([offset, length]) => {
      const at = (bit: number) => bits[bit] ?? '0';
      const digits = Array.from({ length }, (_, i) => at(udp + offset + i)).join('');
      const there = udp + offset <= bits.length && udp + offset + length > 0;
      const mapped = new Mapped(`formatter:
  fields: [num, oct]
  protobuf: [{name: num, index: 1000, type: varint}, {name: oct, index: 1001, type: bytes}]
sflow:
  mapping:
    - {layer: udp, offset: ${offset}, length: ${length}, destination: num}
    - {layer: udp, offset: ${offset}, length: ${length - (length % 8)}, destination: oct}
`);
      const line = mapped.lines('json', [datagram])[0]!;
      assert.equal(/"num":(\d+)/.exec(line)![1], String(there ? BigInt(`0b${digits}`) : 0n), `${offset} ${length}`);
      const octets = /.{8}/g[Symbol.match](digits) ?? [];
      const hex = octets.map((octet) => parseInt(octet, 2).toString(16).padStart(2, '0')).join('');
      const whole = length - (length % 8);
      const octetsThere = whole > 0 && udp + offset <= bits.length && udp + offset + whole > 0;
      assert.equal(/"oct":"([0-9a-f]*)"/.exec(line)![1], octetsThere ? hex : '', `${offset} ${length}`);
    }),
    { numRuns: 100 },
  );
});

test('layers by every kind of name', () => {
  const vector = vectors.find(({ name }) => name === 'packet-mapping-udp-csum')!;
  const datagrams = [storedDatagram(octetsOf(vector.observed_when_wrapped_in_sflow!.datagram_hex))];
  const first = (layer: string, encap = false) => {
    const mapped = new Mapped(`formatter:
  fields: [num]
  protobuf: [{name: num, index: 1000, type: varint}]
sflow: {mapping: [{layer: ${layer}, offset: 0, length: 16, destination: num, encap: ${encap}}]}
`);
    return (JSON.parse(mapped.lines('json', datagrams)[0]!) as { num?: number }).num;
  };
  // ethernet 00 53 ..., ipv4 45 00 ..., udp ff 00 ..., payload 00 00
  for (const layer of ['ethernet', '2', '0']) assert.equal(first(layer), 0x0053, layer);
  for (const layer of ['ipv4', 'ip', '3', 'etype2048', 'etype0x0800']) assert.equal(first(layer), 0x4500, layer);
  for (const layer of ['udp', '4', 'proto17']) assert.equal(first(layer), 0xff00, layer);
  assert.equal(first('7'), 0);
  for (const layer of ['tcp', 'arp', 'icmp6', 'icmpv6', 'udp53', 'etype34525', 'proto6'])
    assert.equal(first(layer), undefined);
  assert.equal(first('udp', true), undefined);
});

test('inside of a VXLAN tunnel on a port of the file', () => {
  const header = packet(
    ethernet(),
    ipv4({ source: '192.0.2.1', destination: '198.51.100.2' }),
    udp({ sourcePort: 50_000, destinationPort: 4789 }),
    vxlan(42),
    ethernet(),
    ipv4({ source: '10.0.0.1', destination: '10.0.0.2' }),
  );
  const sample = {
    sequence: 1,
    source: { index: 3 },
    samplingRate: 1,
    samplePool: 1,
    input: { value: 1 },
    output: { value: 2 },
    records: [rawHeader({ header })],
  };
  const datagram = encodeSFlow({ agent: '192.0.2.9', sequence: 7, uptimeMs: 1000 }, [encodeFlowSample(sample)]);
  const mapped = new Mapped(`formatter:
  fields: [src_addr, inner_src, vni]
  protobuf: [{name: inner_src, index: 1000, type: bytes}, {name: vni, index: 1001, type: varint}]
  render: {inner_src: ip}
sflow:
  ports: [{proto: udp, dir: dst, port: 4789, parser: vxlan}]
  mapping:
    - {layer: vxlan, encap: true, offset: 32, length: 24, destination: vni}
    - {layer: ipv4, encap: true, offset: 96, length: 32, destination: inner_src}
`);
  assert.deepEqual(JSON.parse(mapped.lines('json', [storedDatagram(datagram)])[0]!), {
    src_addr: '192.0.2.1',
    inner_src: '10.0.0.1',
    vni: 42,
  });
});
