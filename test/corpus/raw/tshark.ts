import { existsSync, readFileSync } from 'node:fs';
import { oraclePath } from '../captures.ts';
import { workedOut } from './fields.ts';
import type { Shown, Shows } from './view.ts';

type Json = Record<string, unknown>;

const heads = 'version count len seq source_id unix_secs engine_type engine_id samplerate agent sub_agent uptime_ms';
const samples = 'seq source_class source_index rate pool drops in_if out_if header_protocol frame_length stripped';
const records = 'src dst sport dport proto bytes packets in_if out_if';

/** Every field that tshark shows of a capture, datagram by datagram; undefined where it was not asked. */
export function tsharkShows(corpus: string, file: string): Shows<Shown>[] | undefined {
  const path = oraclePath(corpus, 'tshark', file);
  if (!existsSync(path)) return undefined;
  const { datagrams } = JSON.parse(readFileSync(path, 'utf8')) as { datagrams: Json[] };
  return datagrams.map((datagram) => ({
    head: named(datagram, `${heads} num_samples`, 'head.'),
    flows: [...list(datagram['flows']).map(record), ...list(datagram['samples']).map(sample)],
    options: list(datagram['options']).map(record),
  }));
}

const list = (value: unknown): Json[] => (value ?? []) as Json[];

function named(object: Json, names: string, prefix = ''): Shown[] {
  return names.split(' ').flatMap((name) => values(prefix + name, object[name]));
}

function values(name: string, value: unknown): Shown[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((each): Shown => [name, String(each)]);
}

/** Further values of a field that has a place of its own are among the others, under another name. */
const further: Readonly<Record<string, string>> = {
  octets: 'bytes',
  inputint: 'in_if',
  outputint: 'out_if',
};

function record(object: Json): Shown[] {
  const all = { ...(object['x'] as Json | undefined) };
  const engine = all['appl_id.classification_engine_id'];
  if (engine !== undefined) {
    all['appl_id'] = `${Number(engine).toString(16).padStart(2, '0')}:${String(all['appl_id.selector_id'])}`;
  }
  const reason = all['forwarding_status_forward_code'] ?? all['forwarding_status_unknown_code'];
  if (reason !== undefined) all['forwarding_status'] = (Number(all['forwarding_status']) << 6) | Number(reason);
  const parts = /^(appl_id|forwarding_status|tcpflags)[._]./; // the whole of each is compared
  return [
    ...named(object, records),
    ...Object.entries(all)
      .filter(([name]) => !parts.test(name) && !workedOut.has(name))
      .flatMap(([name, value]) => values(further[name] ?? name, value)),
  ];
}

function sample(object: Json): Shown[] {
  const inside = list(object['records']).flatMap(({ x }) => Object.entries((x ?? {}) as Json));
  return [...named(object, samples, 'sample.'), ...inside.flatMap(([name, value]) => values(`record.${name}`, value))];
}
