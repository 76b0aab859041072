import { test } from 'node:test';
import assert from 'node:assert/strict';
import { findColumn } from '#src/flow/fields.js';
import { createBinaryFormat } from '#src/format/binary.js';
import { createJsonFormat } from '#src/format/json.js';
import { ICMP_NAME, defaultColumns } from '#src/format/output-column.js';
import type { OutputColumn } from '#src/format/output-column.js';
import { createTextFormat } from '#src/format/text.js';
import { recordFromJson } from '../support/record-from-json.ts';
import { vectors } from '../support/vectors.ts';
import { written, writtenText } from '../support/written.ts';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

const withFlows = vectors
  .filter(({ mapping_yaml: mapping }) => mapping === undefined)
  .flatMap(({ name, observed, observed_when_wrapped_in_sflow: wrapped }) =>
    [observed, wrapped].map((output) => ({ name, ...output })),
  )
  .map((output) => ({ ...output, lines: (output.sample_json ?? []).filter((line) => line.startsWith('{')) }))
  .filter(({ lines }) => lines.length > 0);

test('vectors: every JSON line comes out as it went in', () => {
  const json = createJsonFormat();
  const lines = withFlows.flatMap((vector) => vector.lines);
  for (const line of lines) assert.equal(writtenText(json, recordFromJson(line)), line);
  assert.equal(lines.length, 76);
});

test('vectors: protobuf is the same octet for octet', () => {
  const binary = createBinaryFormat();
  let compared = 0;
  for (const { name, lines, sample_bin_hex: messages } of withFlows) {
    if (messages === undefined || messages.length === 0) continue;
    for (const [i, line] of lines.entries()) {
      assert.equal(hex(written(binary, recordFromJson(line))), messages[i], `${name} ${i}`);
      compared++;
    }
  }
  assert.equal(compared, 38);
});

/** The columns of a mapping file's output that are no fields of its own. */
function columnsOf(line: string): OutputColumn[] {
  return Object.keys(JSON.parse(line) as object).flatMap((name): OutputColumn[] => {
    if (name === ICMP_NAME) return [{ source: ICMP_NAME, renderer: 'none', name }];
    const source = findColumn(name);
    const renderer = name === 'time_received_ns' ? 'datetimenano' : source?.renderer;
    return source === undefined || renderer === undefined ? [] : [{ source, renderer, name }];
  });
}

test('vectors: the columns of the sample mapping in JSON and text', () => {
  const { observed } = vectors.find(({ name }) => name === 'probe-default-mapping-sflow')!;
  const line = observed!.sample_json![0]!;
  const flow = recordFromJson(line);
  const options = { columns: columnsOf(line) };
  // Without the field that the mapping adds at the end.
  assert.equal(writtenText(createJsonFormat(options), flow), line.replace(',"csum":65535', ''));
  assert.equal(writtenText(createTextFormat(options), flow), observed!.sample_text![0]!.replace(' csum=65535', ''));
});

test('the default columns are those of the table', () => {
  assert.deepEqual(
    defaultColumns().map(({ name }) => name),
    Object.keys(JSON.parse(withFlows[0]!.lines[0]!) as object),
  );
});
