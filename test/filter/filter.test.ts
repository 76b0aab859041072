import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '#src/config/errors.js';
import { buildFilter, filterColumns, readFilter } from '#src/filter/filter.js';
import { FlowType, Layer, column } from '#src/flow/fields.js';
import type { FlowRecord } from '#src/flow/flow-record.js';
import { contextOf, flowWith } from '../support/context.ts';
import { root } from '../support/requirements.ts';

const names = { columns: filterColumns(true), context: true };

/** Whether a flow is kept; compiled and interpreted agree. */
function keeps(expression: string, flow: FlowRecord): boolean {
  const read = readFilter(expression, names);
  const [compiled, interpreted] = [buildFilter(read, true)(flow), buildFilter(read, false)(flow)];
  assert.equal(compiled, interpreted, expression);
  return compiled;
}

const web = flowWith({
  type: FlowType.IPFIX,
  src_addr: '10.1.0.7',
  dst_addr: '::ffff:192.0.2.1',
  next_hop: '2001:db8::1',
  proto: 6,
  etype: 0x0800,
  src_port: 51_000,
  dst_port: 443,
  packets: 3,
  src_mac: 0x0a0b0c0d,
});
for (const as of [64_500, 65_001]) web.append(column('as_path'), as);
for (const layer of [Layer.Ethernet, Layer.IPv4, Layer.TCP]) web.append(column('layer_stack'), layer);
web.appendAddress(column('mpls_ip'), new Uint8Array([192, 0, 2, 9]), 0, 4);
web.words[column('bytes').slot] = 1; // 2^53 + 1
web.words[column('bytes').slot + 1] = 2 ** 21;
contextOf('networks: [{ name: web-servers, cidr: 10.1.0.0/24, context: { site: fra1, note: "" } }]').enricher.enrich(
  web,
);

const kept = [
  'proto == "TCP" && proto == "tcp" && proto == 6 && proto != "UDP"',
  'etype == "IPv4" && etype == 0x0800 && type == "IPFIX" && type in ["IPFIX", "SFLOW_5"]',
  'dst_port == "https" && dst_port in ["http", 443] && !(dst_port in [80, 8080])',
  'src_port in [1, 2, 3, 4, 5, 6, 7, 8, 9, 51000]',
  'src_addr == "10.1.0.7" && "10.1.0.7" == src_addr && src_addr != "10.1.0.8" && src_addr != dst_addr',
  'dst_addr == "192.0.2.1" && dst_addr == "::ffff:192.0.2.1" && next_hop == "2001:db8:0::1"',
  'inNet(src_addr, "10.0.0.0/8") && !inNet(src_addr, "10.2.0.0/16") && src_addr.inNet("10.1.0.7")',
  'inNet(dst_addr, ["192.0.2.0/24", "2001:db8::/32"]) && inNet(next_hop, ["192.0.2.0/24", "2001:db8::/32"])',
  'inNet(mpls_ip, "192.0.2.0/24") && "192.0.2.9" in mpls_ip && !("192.0.2.8" in mpls_ip)',
  'bgp_next_hop == "" && src_addr != "" && !inNet(bgp_next_hop, "0.0.0.0/0")',
  'src_mac == "00:00:0A:0b:0c:0d" && src_mac == "0-0-a-b-c-d"',
  '65001 in as_path && !(65002 in as_path) && size(as_path) == 2 && as_path.size() == 2 && as_path[1] == 65001u',
  '"TCP" in layer_stack && !("UDP" in layer_stack) && layer_stack[0] == "Ethernet"',
  'bytes == 9007199254740993 && bytes > 9007199254740992 && bytes != 9007199254740992 && bytes < 9007199254740994u',
  'bytes / packets > 1000 && bytes % 2 == 1 && bytes - 1 == 9007199254740992 && -bytes < 0 && bytes * 8 > bytes',
  'context.source_group == "web-servers" && context["source_site"].startsWith("fra") && has(context.source_site)',
  '"source_site" in context && !has(context.destination_group) && !("destination_site" in context)',
  'size(context.source_group) == 11 && context.source_note == "" && context.source_site.matches("^fra[0-9]$")',
  'context.source_site in ["fra1", "fra2"] && !(context.source_site in ["x"]) && context.source_group.contains("-")',
  'context.source_site != context.source_group && (has(context.in_if) ? context.in_if : "none") == "none"',
  'has(context.source_site) == has(context.source_group) && (dst_port == 443) != (dst_port == 80)',
  '(dst_port == 443 ? src_port : 0) == 51000 && scaled_bytes == 0 && ingress_vrf_id == 0',
  'true || context.destination_site == "x"', // what is true whatever the other side is
  'context.destination_site == "x" || true',
  '!(false && context.destination_site == "x")',
];

test('flows are kept for which an expression is true', () => {
  for (const expression of kept) assert.equal(keeps(expression, web), true, expression);
  for (const expression of kept) assert.equal(keeps(`!(${expression})`, web), false, expression);
});

test('what has no value for a flow is neither true nor false: the flow is dropped', () => {
  for (const expression of [
    'context.destination_site == "x"',
    'context.destination_site.startsWith("x")',
    'context.destination_site in ["x"]',
    'context.destination_site.matches("x")',
    'size(context.destination_site) > 3',
    'as_path[2] == 1',
    'bytes / src_vlan > 1',
    'bytes % src_vlan > 1',
    'src_port / src_vlan in [1]',
    'bytes * bytes > 1',
    'context.destination_site == "x" && true',
    '(context.destination_site == "x" ? 1 : 2) == 2',
    '(context.destination_site == "x") == false',
  ]) {
    assert.equal(keeps(expression, web), false, expression);
    assert.equal(keeps(`!(${expression})`, web), false, `!(${expression})`);
  }
});

const mistakes: readonly (readonly [expression: string, message: string])[] = [
  ['', 'column 1: an expression is missing'],
  ['dst_port ==', 'column 10: "=" cannot stand here'],
  ['dst_prt == 443', 'column 1: unknown column dst_prt: did you mean dst_port?'],
  ['1 == 1 || source_group == "a"', 'column 11: unknown column source_group: did you mean context.source_group?'],
  ['bytes > 0 &&\n dst_prt == 1', 'line 2, column 2: unknown column dst_prt: did you mean dst_port?'],
  ['context.group == "a"', 'column 8: no context has the key "group": docs/context.md lists them'],
  ['bytes == "many"', 'column 10: "many" is text, and bytes is a number'],
  ['proto == "TPC"', 'column 10: "TPC" is no protocol that is known: did you mean TCP?'],
  ['dst_port == "htps"', 'column 13: "htps" is no port that is known: did you mean https?'],
  ['proto > "TCP"', 'column 9: names have no order: only == and != go with them'],
  ['src_addr == 1', 'column 10: an address cannot be compared with a number'],
  ['src_addr < dst_addr', 'column 10: an address has no order'],
  ['src_addr == "10.0.0.0/8"', 'column 13: this is a network, not an address: ask for it with inNet()'],
  ['src_addr.startsWith("10.")', 'column 1: this is an address, and has to be text: ask for networks with inNet()'],
  [
    'inNet(src_addr, "10.0.0.1/8")',
    'column 17: "10.0.0.1/8" has bits set behind its prefix: 10.0.0.0/8 is the network',
  ],
  ['inNet(bytes, "10.0.0.0/8")', 'column 7: this is a number, and has to be a column with addresses'],
  ['dst_port', 'column 1: this is a number, and has to be true or false'],
  ['bytes > 1.5', 'column 9: all numbers of a flow are whole: a fraction cannot stand here'],
  ['bytes / (3 - 3) == 1', 'column 7: a division by zero'],
  ['bytes < 18446744073709551615u + 1', 'column 31: the result has more than 64 bits'],
  ['context.source_site.matches("(a")', 'column 29: error parsing regexp: missing closing ): `(a`'],
  [
    'context.source_site.matches(context.source_group)',
    'column 36: the pattern of matches() is written out, so that it can be checked',
  ],
  ['has(src_addr)', 'column 1: has() takes a key of the context: has(context.source_group)'],
  ['inNets(src_addr)', 'column 1: there is no function inNets(): did you mean inNet?'],
  ['as_path.exists(a, a > 64511)', 'column 8: lists cannot be gone through: ask with `in` what they have'],
  ['as_path == [1]', 'column 9: a list cannot be compared'],
  ['src_port.x == 1', 'column 9: .x: only context has keys'],
  [`${'('.repeat(8000)}true${')'.repeat(8000)}`, 'nested too deep'],
  [`bytes${' + bytes'.repeat(300)} > 0`, 'column 407: nested too deep'],
  [`dst_port == ${'1'.repeat(40_000)}`, 'longer than 32768 characters'],
];

test('a mistake is told with its column, and what may have been meant', () => {
  for (const [expression, message] of mistakes) {
    assert.throws(
      () => readFilter(expression, names),
      (error) => error instanceof ConfigError && error.code === 'GF_FILTER' && error.message === `-filter: ${message}`,
      `${expression.slice(0, 80)}: ${message}`,
    );
  }
  assert.throws(() => readFilter('has(context.exporter)', { ...names, context: false }), /flows have no context/);
  assert.throws(() => readFilter('scaled_bytes > 1', { ...names, columns: filterColumns(false) }), /unknown column/);
});

test('columns beside the table are known when they are named', () => {
  const custom = { ...column('src_vlan'), name: 'customer' };
  assert.equal(buildFilter(readFilter('customer == 0', { columns: [custom], context: false }))(web), true);
});

test('a pattern takes linear time, whatever it is', () => {
  const { enricher } = contextOf(`networks: [{ name: a, cidr: 10.0.0.0/8, context: { x: ${'a'.repeat(200)}b } }]`);
  const flow = flowWith({ src_addr: '10.0.0.1' });
  enricher.enrich(flow);
  const begin = performance.now();
  assert.equal(keeps('context.source_x.matches("^(a|a)*(a+)+(aa|a)*$")', flow), false);
  assert.ok(performance.now() - begin < 5000);
});

test('an expression of a kind that grows by what it is made of is refused', () => {
  let expression = 'context.source_site == "x"';
  for (let i = 0; i < 20; i++) expression = `(${expression}) == (context.source_group == "${i}")`;
  assert.throws(() => readFilter(expression, names), /the expression is too large/);
});

test('every expression of docs/filter.md can be read', () => {
  const text = readFileSync(join(root, 'docs/filter.md'), 'utf8');
  const expressions = [...text.matchAll(/^```cel\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block!.trim().split('\n'));
  assert.ok(expressions.length >= 15, `${expressions.length} expressions`);
  for (const expression of expressions) assert.equal(typeof keeps(expression, web), 'boolean');
  // every function has its row
  for (const name of ['inNet', 'has', 'size', 'startsWith', 'endsWith', 'contains', 'matches']) {
    assert.match(text, new RegExp(`^\\| \`.*${name}\\(`, 'm'));
  }
});
