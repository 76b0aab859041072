import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseYaml } from '#src/config/yaml/parse-yaml.js';
import { Mapped } from '../support/mapped.ts';
import { root } from '../support/requirements.ts';
import { storedDatagram } from '../support/stored-datagram.ts';
import { octetsOf, vectors } from '../support/vectors.ts';

const u16 = (value: number) => [value >> 8, value & 255];
const set = (id: number, octets: readonly number[]) => [...u16(id), ...u16(octets.length + 4), ...octets];

/** A message with one record of these elements, of two octets each: 1, 2, 3 and so on. */
function message(version: 9 | 10, elements: readonly number[]): Uint8Array {
  const template = elements.flatMap((id) => [...u16(id), ...u16(2)]);
  const record = elements.flatMap((_, i) => u16(i + 1));
  const templateSet = set(version === 9 ? 0 : 2, [...u16(256), ...u16(elements.length), ...template]);
  const sets = [...templateSet, ...set(256, record)];
  const time = [0x65, 0x53, 0xf1, 0];
  const head =
    version === 9
      ? [...u16(9), ...u16(2), 0, 0, 0, 0, ...time, 0, 0, 0, 1, 0, 0, 0, 1]
      : [...u16(10), ...u16(16 + sets.length), ...time, 0, 0, 0, 1, 0, 0, 0, 1];
  return Uint8Array.from([...head, ...sets]);
}

/** The sampled packet of a vector, for another UDP port. */
function toPort(port: number): Uint8Array {
  const { observed_when_wrapped_in_sflow: wrapped } = vectors.find(({ name }) => name === 'packet-mapping-udp-csum')!;
  const hex = Buffer.from(u16(port)).toString('hex');
  return octetsOf(wrapped!.datagram_hex.replace('ff0000350010', `ff00${hex}0010`));
}

const datagrams = [
  message(10, [61, 239, 234, 235]),
  message(9, [50, 34, 61]), // 50 is taken before 34, but for a mapping
  ...[53, 3544, 4754, 6081].map(toPort),
  ...vectors.filter(({ protocol }) => protocol === 'sflow').map(({ hex }) => octetsOf(hex)),
].map((octets) => storedDatagram(octets));

/** All that a mapping has an effect on; undefined for one that cannot be used. */
function effectsOf(document: unknown): unknown {
  let mapped: Mapped;
  try {
    mapped = new Mapped(JSON.stringify(document));
  } catch {
    return undefined;
  }
  const bin = mapped.messages('bin', datagrams).map((octets) => Buffer.from(octets).toString('hex'));
  return { lines: mapped.lines('json', datagrams), bin, keys: mapped.keys(datagrams) };
}

test('every line of cmd/goflow2plus/mapping.yaml has an effect', () => {
  const file = 'cmd/goflow2plus/mapping.yaml';
  const tree = parseYaml(readFileSync(join(root, file)), { file, code: 'GF_MAPPING_FILE' });
  const whole = JSON.stringify(tree.value);
  const effects = effectsOf(tree.value) as { lines: string[] };
  assert.ok(
    effects.lines.some((line) => line.includes('"flow_direction":1,')),
    'element 61 of IPFIX',
  );
  assert.ok(
    effects.lines.some((line) => line.includes('"sampling_rate":2,"flow_direction":3,')),
    '34 and 61 of v9',
  );
  type Document = Record<string, Record<string, unknown[] | Record<string, unknown>>>;
  let tried = 0;
  for (const [section, lists] of Object.entries(tree.value as Document)) {
    for (const [name, list] of Object.entries(lists)) {
      for (const entry of Object.keys(list)) {
        const changed = JSON.parse(whole) as Document;
        const rows = changed[section]![name]!;
        if (Array.isArray(rows)) rows.splice(Number(entry), 1);
        else delete rows[entry];
        assert.notDeepEqual(effectsOf(changed), effects, `${section}.${name}.${entry}`);
        tried++;
      }
    }
  }
  assert.equal(tried, 24 + 1 + 5 + 1 + 4 + 2 + 3 + 2);
});
