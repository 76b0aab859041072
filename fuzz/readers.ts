import { GoFlowError } from '#src/config/errors.js';
import { buildFilter, filterColumns, readFilter } from '#src/filter/filter.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { contextOf } from '../test/support/context.ts';
import type { Random } from './random.ts';

/**
 * What reads text of users: files and expressions. Any octets are read, or refused with an error of ours; nothing else
 * is thrown. A reader that is added here is fuzzed by `npm run fuzz` and by the tests.
 */
export interface Reader {
  readonly name: string;
  readonly seeds: readonly string[];
  /** Reads; throws a GoFlowError for what it refuses. */
  read(octets: Uint8Array): void;
}

const decoder = new TextDecoder();
const names = { columns: filterColumns(true), context: true };
const flow = new FlowRecord();

export const readers: readonly Reader[] = [
  {
    name: 'filter expressions',
    seeds: [
      'dst_port == 443 && bytes > 1000 || !(proto in ["TCP", 17])',
      'inNet(src_addr, ["10.0.0.0/8", "2001:db8::/32"]) ? packets % 3 == 1u : src_mac != "00:11:22:33:44:55"',
      'context.source_group.startsWith("web") && has(context.in_if) && "exporter" in context',
      '65001 in as_path && size(as_path) < 5 && as_path[0] * 2 - 1 >= -bytes / 0x10',
      'context.source_site.matches("^(a|b)+[0-9]{2}$") == (next_hop == "")',
    ],
    read(octets) {
      const condition = readFilter(decoder.decode(octets), names);
      const [compiled, interpreted] = [buildFilter(condition, true)(flow), buildFilter(condition, false)(flow)];
      if (compiled !== interpreted) throw new Error('compiled and interpreted differ');
    },
  },
  {
    name: 'context files',
    seeds: [
      'networks:\n  - { name: web, cidr: 10.1.0.0/24, context: { tier: frontend } }\n  - { name: r, range: 10.2.0.1-10.2.0.9 }\n',
      'exporters:\n  - name: edge1\n    address: 192.0.2.1\n    sampling: { default: 1000 }\n    interfaces: [{ index: 10, name: Gi0/0/10 }]\n',
      'applications:\n  - { name: postgres, proto: tcp, port: 5432 }\n  - { name: web, ports: 80-90, network: 10.0.0.0/8 }\n',
    ],
    read(octets) {
      contextOf(decoder.decode(octets));
    },
  },
];

/** Texts that are near to being right: seeds of the reader, changed a little. */
export function hostileText({ seeds }: Reader, random: Random): Uint8Array {
  const encoder = new TextEncoder();
  let octets = encoder.encode(random.pick(seeds));
  for (let changes = 1 + random.below(6); changes > 0; changes--) {
    const from = random.below(octets.length + 1);
    const to = Math.min(octets.length, from + random.below(8));
    const other = encoder.encode(random.pick(seeds));
    const start = random.below(other.length + 1);
    const insert = [
      other.subarray(start, start + random.below(24)),
      Uint8Array.from({ length: random.below(4) }, () => random.below(256)),
      octets.subarray(from, to),
      new Uint8Array(random.below(64)).fill(random.pick(octets.length === 0 ? [0] : octets)),
      new Uint8Array(0),
    ][random.below(5)]!;
    octets = Uint8Array.from([...octets.subarray(0, from), ...insert, ...octets.subarray(to)]);
  }
  return octets;
}

/** What a reader does wrong with a text; undefined when it reads or refuses it. */
export function examineReader(reader: Reader, octets: Uint8Array): string | undefined {
  const begin = performance.now();
  try {
    reader.read(octets);
  } catch (error) {
    if (!(error instanceof GoFlowError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const ms = performance.now() - begin;
  return ms > MOST_MS ? `took ${ms.toFixed(0)} ms` : undefined;
}

/** Of one text of a few hundred octets, on a machine that does other things too. */
const MOST_MS = 2000;
