import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MAX_YAML_BYTES } from '#src/config/yaml/limits.js';
import { readText } from '../support/mapped.ts';
import { root } from '../support/requirements.ts';

const declared = 'formatter: {protobuf: [{name: a, index: 2000, type: varint}, {name: b, index: 2001, type: bytes}]}\n';

/** Files with one mistake each, and what is said about it, with its place. */
const mistakes: readonly [text: string, message: string][] = [
  ['formater: {}', '1:11: formater: no such key is known here: did you mean formatter?'],
  ['formatter: {feilds: []}', '1:21: formatter.feilds: no such key is known here: did you mean fields?'],
  ['ipfix: {mapping: [{feild: 1}]}', 'no such key is known here: did you mean field?'],
  ['formatter: {fields: bytes}', '1:21: formatter.fields: a list is expected'],
  ['formatter: {fields: [src_adr]}', '1:22: formatter.fields.0: src_adr is no column'],
  ['formatter: {fields: [src_adr]}', 'did you mean src_addr?'],
  ['formatter: {fields: [scaled_bytes]}', 'only there with -produce.scale'],
  ['formatter: {fields: [src_country]}', 'only there with -enrich.geoip.country'],
  ['formatter: {fields: [context.]}', 'is no key of a context'],
  ['formatter: {key: [icmp_name]}', 'formatter.key.0: icmp_name is no column'],
  ['formatter: {render: {src_addr: ipp}}', 'did you mean ip?'],
  ['formatter: {render: {src_addr: 3}}', '1:32: formatter.render.src_addr: '],
  ['formatter: {render: {nothing: ip}}', 'nothing is no column'],
  ['formatter: {render: {icmp_name: ip}}', 'one look only'],
  ['formatter: {rename: {nothing: ip}}', 'nothing is no column'],
  ['formatter: {protobuf: [{name: a, index: 2000}]}', 'type: is missing'],
  ['formatter: {protobuf: [{name: a, index: 0, type: varint}]}', '1 or more is expected'],
  ['formatter: {protobuf: [{name: a, index: 18, type: varint}]}', '18 is the number of in_if'],
  ['formatter: {protobuf: [{name: a, index: 500, type: varint}]}', '500 is the number of context'],
  ['formatter: {protobuf: [{name: a, index: 19500, type: varint}]}', 'kept by protobuf'],
  ['formatter: {protobuf: [{name: in_if, index: 18, type: bytes}]}', 'of another type'],
  ['formatter: {protobuf: [{name: icmp_name, index: 2000, type: bytes}]}', 'means something else'],
  ['formatter: {protobuf: [{name: a, index: 2000, type: float}]}', 'varint or string or bytes is expected'],
  [`${declared.slice(0, -3)}, {name: a, index: 3, type: varint}]}`, 'a is declared twice'],
  [`${declared.slice(0, -3)}, {name: c, index: 2000, type: varint}]}`, '2000 is the number of a already'],
  ['ipfix: {mapping: [{field: 1, destination: in_iff}]}', 'in_iff is no column'],
  ['ipfix: {mapping: [{field: 1, destination: layer_stack}]}', 'cannot be a destination'],
  ['ipfix: {mapping: [{field: 40000, destination: in_if}]}', '1:27: ipfix.mapping.0.field: '],
  ['ipfix: {mapping: [{field: flowDirektion, destination: in_if}]}', 'did you mean flowDirection?'],
  ['ipfix: {mapping: [{field: 1, pen: 9, penprovided: false, destination: in_if}]}', 'there is none'],
  ['ipfix: {mapping: [{field: flowDirection, pen: 9, destination: in_if}]}', 'says which enterprise'],
  ['ipfix: {mapping: [{field: 1, destination: in_if, endian: midle}]}', 'big or little is expected'],
  ['ipfix: {mapping: [{field: 1, destination: in_if, endian: big, endianness: little}]}', 'contradicts'],
  ['netflowv9: {mapping: [{field: 1, pen: 9, destination: in_if}]}', 'NetFlow v9 has no enterprise numbers'],
  ['sflow: {mapping: [{layer: UDP, offset: 0, length: 8, destination: in_if}]}', 'did you mean udp?'],
  ['sflow: {mapping: [{layer: etype99999, offset: 0, length: 8, destination: in_if}]}', 'there is no layer etype99999'],
  ['sflow: {mapping: [{layer: udp, offset: 0, length: 65, destination: in_if}]}', 'a number of up to 64 bits'],
  ['sflow: {mapping: [{layer: udp, offset: 0, length: 16, destination: src_addr}]}', 'of 32 or 128 bits'],
  ['sflow: {mapping: [{layer: udp, offset: 0, length: 10, destination: in_if, endian: little}]}', 'whole octets'],
  ['sflow: {mapping: [{layer: udp, offset: x, length: 10, destination: in_if}]}', 'a number is expected'],
  ['sflow: {ports: [{proto: udp, dir: dst, port: 6081, parser: genev}]}', 'did you mean geneve?'],
  ['sflow: {ports: [{proto: udp, dir: DST, port: 6081, parser: geneve}]}', 'src or dst or both is expected'],
  ['sflow: {ports: [{proto: udp, dir: dst, port: 66000, parser: geneve}]}', '65535 or less is expected'],
  ['', 'mapping.yaml: is empty'],
  ['# nothing\n', 'mapping.yaml: is empty'],
  ['- 1', 'a map of names to values is expected'],
  ['a: [', 'mapping.yaml:1:'],
  [`# ${'x'.repeat(MAX_YAML_BYTES)}`, 'are more than'],
];

test('every mistake is told with its place and with what may have been meant', () => {
  for (const [text, message] of mistakes) {
    assert.throws(
      () => readText(text),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'GF_MAPPING_FILE', text);
        assert.ok(error.message.startsWith('mapping.yaml:'), `${text}: ${error.message}`);
        assert.ok(error.message.includes(message), `${text}: ${error.message}`);
        return true;
      },
    );
  }
});

test('several mistakes are told at once, a line each', () => {
  const text =
    'formatter:\n  fields: [a, b]\nsflow:\n  mapping:\n    - {layer: x, offset: 0, length: 8, destination: y}\n';
  assert.throws(
    () => readText(text),
    (error: Error) => {
      const places = error.message
        .split('\n')
        .map((line) => /^mapping.yaml:(\d+):(\d+): /.exec(line)!.slice(1).join(':'));
      assert.deepEqual(places, ['2:12', '2:15', '5:15', '5:53']);
      return true;
    },
  );
});

test('elements by name and by number, of enterprises and not', () => {
  const { mapping, warnings } = readText(`ipfix:
  mapping:
    - {field: sourceIPv4Address, destination: SrcAddr}
    - {field: "cisco:applicationName", destination: in_if}
    - {field: "ntop:SRC_FRAGMENTS", destination: in_if}
    - {field: 5, pen: 9, destination: InIf, endianness: little}
    - {field: 5, pen: 9, penprovided: true, destination: out_if}
netflowv9:
  mapping:
    - {field: 40000, destination: in_if}
`);
  assert.deepEqual(
    mapping.elements.map(({ version, pen, id, destination, little }) => [version, pen, id, destination, little]),
    [
      [10, 0, 8, 'src_addr', false],
      [10, 0, 96, 'in_if', false],
      [10, 35632, 80, 'in_if', false],
      [10, 9, 5, 'in_if', true],
      [10, 9, 5, 'out_if', false],
      [9, 0, 40000, 'in_if', false],
    ],
  );
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^mapping.yaml:7:15: ipfix.mapping.4.field: .* the last line is used$/);
});

test('every block of docs/mapping.md is a mapping file', () => {
  const page = readFileSync(join(root, 'docs/mapping.md'), 'utf8');
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block!);
  assert.equal(blocks.length, 3);
  for (const block of blocks) assert.deepEqual(readText(block).warnings, []);
});
