import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { column, columns as all, slotOf } from '#src/flow/fields.js';
import type { ColumnName } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { etherTypeName, protocolName } from '#src/flow/names.js';
import { createJsonFormat } from '#src/format/json.js';
import { ICMP_NAME } from '#src/format/output-column.js';
import type { RendererName } from '#src/format/renderers.js';
import { parseExact } from '../support/exact-json.ts';
import { inFull } from '../support/extent.ts';
import { columnsOf } from '../support/flow-columns.ts';
import { anyRecord } from '../support/random-record.ts';
import { writtenText } from '../support/written.ts';
import { networkText } from './network-text.ts';

/** A record as JSON shows it, by means of its own. */
function expected(flow: FlowRecord): Record<string, unknown> {
  const values: Record<string, unknown> = columnsOf(flow);
  values.etype = etherTypeName(flow.words[slotOf('etype')]!);
  values.proto = protocolName(flow.words[slotOf('proto')]!);
  values.src_net = networkText(flow, 'src_addr', 'src_net');
  values.dst_net = networkText(flow, 'dst_addr', 'dst_net');
  for (const name of ['src_mac', 'dst_mac'] as const) values[name] = macText(flow.bigint(slotOf(name)));
  return values;
}

test('C-074 any record parses as JSON and equals what it was, above 2^53 too', () => {
  const json = createJsonFormat();
  fc.assert(
    fc.property(anyRecord(), (flow) => {
      const parsed = parseExact(writtenText(json, flow));
      assert.deepEqual(parsed, expected(flow));
      assert.deepEqual(Object.keys(parsed as object), Object.keys(expected(flow)), 'the order of the table');
    }),
    { numRuns: 1000 },
  );
});

const macText = (value: bigint): string =>
  BigInt.asUintN(48, value).toString(16).padStart(12, '0').match(/../g)!.join(':');

/** One column of a record in one rendering, as JSON. */
function shown(name: ColumnName, renderer: RendererName, fill: (flow: FlowRecord) => void): string {
  const flow = new FlowRecord();
  fill(flow);
  return writtenText(createJsonFormat({ columns: [{ source: column(name), renderer, name: 'x' }] }), flow);
}

const word =
  (name: ColumnName, ...values: number[]) =>
  (flow: FlowRecord) =>
    flow.words.set(values, slotOf(name));
const octets = (name: ColumnName, text: string) => (flow: FlowRecord) => {
  const bytes = Buffer.from(text, 'latin1');
  flow.setAddress(slotOf(name), bytes, 0, bytes.length);
};

test('renderers: what each makes of a column', () => {
  const cases: [ColumnName, RendererName, (flow: FlowRecord) => void, string][] = [
    ['type', 'none', word('type', 3), '"NETFLOW_V9"'],
    ['type', 'type', word('type', 77), '"77"'],
    ['src_addr', 'none', octets('src_addr', '\x0a\x00\x00\xfe'), '"0a0000fe"'],
    ['src_addr', 'ip', octets('src_addr', '\x0a\x00\x00\xfe'), '"10.0.0.254"'],
    ['src_addr', 'ip', () => undefined, '""'],
    ['src_addr', 'string', octets('src_addr', 'a"\\<'), '"a\\"\\\\\\u003c"'],
    ['src_addr', 'string', octets('src_addr', '\xff\n\xc3\xa9'), '"\ufffd\\né"'],
    ['src_addr', 'mac', octets('src_addr', '\x0a\x00\x00\xfe'), '"0a0000fe"'],
    ['src_mac', 'none', word('src_mac', 0xffffffff, 0xffff), '281474976710655'],
    ['src_mac', 'mac', word('src_mac', 0x12345678, 0xabcd), '"ab:cd:12:34:56:78"'],
    ['src_port', 'mac', word('src_port', 80), '80'],
    ['src_port', 'proto', word('src_port', 17), '"UDP"'],
    ['src_port', 'proto', word('src_port', 0xffffffff), '"unknown"'],
    ['bytes', 'proto', word('bytes', 6, 0), '"TCP"'],
    ['bytes', 'proto', word('bytes', 6, 1), '"unknown"'],
    ['bytes', 'etype', word('bytes', 0x800, 0), '"IPv4"'],
    ['bytes', 'etype', word('bytes', 0x800, 1), '""'],
    ['etype', 'etype', word('etype', 0x806), '"ARP"'],
    ['etype', 'etype', word('etype', 0x8847), '""'],
    ['etype', 'none', word('etype', 0x8847), '34887'],
    ['src_net', 'none', word('src_net', 24), '24'],
    ['src_net', 'network', word('src_net', 24), '"invalid Prefix"'],
    ['src_port', 'network', word('src_port', 24), '24'],
    ['sequence_num', 'datetime', word('sequence_num', 1500), '"1970-01-01T00:25:00Z"'],
    ['sequence_num', 'datetimenano', word('sequence_num', 1500), '1500'],
    ['bytes', 'datetime', word('bytes', 1500), '"1970-01-01T00:25:00Z"'],
    ['bytes', 'datetimenano', word('bytes', 1500), '"1970-01-01T00:00:00.0000015Z"'],
    ['layer_stack', 'none', (flow) => flow.append(column('layer_stack'), 99), '["Custom"]'],
    ['as_path', 'none', (flow) => flow.append(column('as_path'), 0xffffffff), '[4294967295]'],
    ['as_path', 'layer', (flow) => flow.append(column('as_path'), 98), '["98"]'],
    [
      'mpls_ip',
      'none',
      (flow) => flow.appendAddress(column('mpls_ip'), Uint8Array.of(1, 2, 3, 4), 0, 4),
      '["01020304"]',
    ],
  ];
  for (const [name, renderer, fill, expectedText] of cases) {
    assert.equal(shown(name, renderer, fill), `{"x":${expectedText}}`, `${name} ${renderer}`);
  }
});

test('icmp_name is made of proto and icmp_type', () => {
  const json = createJsonFormat({ columns: [{ source: ICMP_NAME, renderer: 'none', name: ICMP_NAME }] });
  const flow = new FlowRecord();
  const show = (proto: number, type: number): string => {
    flow.words[slotOf('proto')] = proto;
    flow.words[slotOf('icmp_type')] = type;
    return writtenText(json, flow);
  };
  assert.equal(show(1, 8), '{"icmp_name":"Echo"}');
  assert.equal(show(58, 135), '{"icmp_name":""}');
  assert.equal(show(58, 256 + 128), '{"icmp_name":""}');
  assert.equal(show(17, 8), '{"icmp_name":"unknown"}');
});

test('columns stand in the order and under the names asked for, which are escaped', () => {
  const columns = (['dst_port', 'src_port', 'dst_port'] as const).map((name, i) => ({
    source: column(name),
    renderer: 'none' as const,
    name: ['__proto__', 'a"\n<b>\u2028é', ''][i]!,
  }));
  const flow = new FlowRecord();
  flow.words[slotOf('dst_port')] = 53;
  assert.equal(
    writtenText(createJsonFormat({ columns }), flow),
    '{"__proto__":53,"a\\"\\n\\u003cb\\u003e\\u2028é":0,"":53}',
  );
  assert.equal(writtenText(createJsonFormat({ columns: [] }), flow), '{}');
});

test('several messages follow each other in one buffer', () => {
  const json = createJsonFormat({ columns: [{ source: column('src_port'), renderer: 'none', name: 'p' }] });
  const first = new FlowRecord();
  assert.equal(writtenText(json, first) + writtenText(json, first), '{"p":0}{"p":0}');
});

test('S-13 octets from the network, shown as strings, stay inside of their value and on their line', () => {
  const columns = all.map((each) => ({ source: each, renderer: 'string' as const, name: each.name }));
  const json = createJsonFormat({ columns });
  const prototype = Object.getOwnPropertyNames(Object.prototype);
  const hostile = fc.oneof(
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    fc
      .constantFrom('","__proto__":{"', '\\","x":1,"y":"\\\\', '}\n{"type":"IPFIX')
      .map((text) => Buffer.from(text.padEnd(16))),
    fc.constant(Buffer.from('\u2028\u2029\u0000\u001f<!-->&"\\')),
  );
  fc.assert(
    fc.property(anyRecord(), hostile, (flow, octets) => {
      flow.setAddress(slotOf('src_addr'), octets, 0, 16);
      flow.appendAddress(column('mpls_ip'), octets, 0, 16);
      const line = writtenText(json, flow);
      assert.doesNotMatch(line, /[\n\r\u2028\u2029]/);
      const parsed = JSON.parse(line) as Record<string, unknown>;
      assert.deepEqual(
        Object.keys(parsed),
        all.map(({ name }) => name),
      );
      const shownAs = new TextDecoder('utf-8', { ignoreBOM: true }).decode(flow.address(slotOf('src_addr')));
      assert.equal(parsed.src_addr, shownAs);
      assert.equal((parsed.mpls_ip as string[]).at(-1), shownAs);
    }),
    { numRuns: inFull ? 20_000 : 300 },
  );
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), prototype);
});
