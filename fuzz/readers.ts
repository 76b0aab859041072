import { GoFlowError } from '#src/config/errors.js';
import { defaultTemplateSettings } from '#src/decode/templates/build-store.js';
import { templatesText } from '#src/decode/templates/template-json.js';
import { templatesFromJson } from '#src/decode/templates/templates-from-json.js';
import { AddressTable } from '#src/enrich/geoip/address-table.js';
import { attributeOf, attributes } from '#src/enrich/geoip/attribute.js';
import { compileTable } from '#src/enrich/geoip/compile-table.js';
import { MmdbError } from '#src/enrich/geoip/mmdb-data.js';
import { MmdbFile } from '#src/enrich/geoip/mmdb-file.js';
import { buildFilter, filterColumns, readFilter } from '#src/filter/filter.js';
import { parseAddress } from '#src/flow/address.js';
import { slotOf } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { SharedState } from '#src/pipeline/state/shared-state.js';
import { stateFromJson, stateText } from '#src/pipeline/state/state-json.js';
import { contextOf } from '../test/support/context.ts';
import { asnMmdb, countryMmdb, writeMmdb } from '../test/support/mmdb-writer.ts';
import { mappingFiles } from './mapping-reader.ts';
import type { Random } from './random.ts';

/**
 * What reads files and expressions of users. Any octets are read, or refused with an error of ours; nothing else
 * is thrown. A reader that is added here is fuzzed by `npm run fuzz` and by the tests.
 */
export interface Reader {
  readonly name: string;
  readonly seeds: readonly (string | Uint8Array)[];
  /** Reads; throws a GoFlowError or a MmdbError for what it refuses. */
  read(octets: Uint8Array): void;
}

const decoder = new TextDecoder();
const names = { columns: filterColumns(true), context: true };
const flow = new FlowRecord();
const SRC_ADDR = slotOf('src_addr');
const addresses = ['10.1.2.3', '192.0.2.1', '255.255.255.255', '2001:db8::1', '3fff::', '::1'].map((text) =>
  parseAddress(text)!,
);

const recordSizes = [24, 28, 32] as const;
const databases = {
  asn: recordSizes.map((recordSize) =>
    asnMmdb({ '10.0.0.0/8': 64_500, '192.0.2.0/24': 64_501, '2001:db8::/32': 4_200_000_000 }, { recordSize }),
  ),
  country: [
    ...recordSizes.map((recordSize) => countryMmdb({ '10.0.0.0/8': 'DE', '2001:db8::/32': 'SE' }, { recordSize })),
    writeMmdb([['192.0.2.0/24', { country_code: 'NL' }]], { ipVersion: 4 }),
  ],
};

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
  mappingFiles,
  {
    name: 'files of templates',
    seeds: [
      '{"192.0.2.1:50000":{"9/256/260":{"template-id":260,"field-count":1,"fields":[{"pen-provided":false,"type":2,"length":4,"pen":0}]}}}',
      '{"[2001:db8::1]:2055":{"10/7/258":{"template-id":258,"field-count":2,"scope-field-count":1,"options":[{"pen-provided":true,"type":33073,"length":65535,"pen":2636}],"scopes":[{"pen-provided":false,"type":346,"length":4,"pen":0}]}}}',
      '{"192.0.2.2:1":{"9/0/257":{"template-id":257,"scope-length":4,"option-length":0,"scopes":[{"pen-provided":false,"type":1,"length":4,"pen":0}],"options":null}},"192.0.2.3:9":{}}',
    ],
    read(octets) {
      const read = unlessRefused(() => templatesFromJson(JSON.parse(decoder.decode(octets))));
      const state = new SharedState(defaultTemplateSettings);
      for (const filed of read ?? []) state.take({ about: 'template', ...filed, exportSeconds: 0 });
      const text = [...templatesText(state.templates())].join('');
      const again = new SharedState(defaultTemplateSettings);
      for (const filed of templatesFromJson(JSON.parse(text))) {
        again.take({ about: 'template', ...filed, exportSeconds: 0 });
      }
      if ([...templatesText(again.templates())].join('') !== text) throw new Error('written and read again differs');
    },
  },
  {
    name: 'files of learned state',
    seeds: [
      '{"version":1,"clocks":[{"address":"192.0.2.1","port":50000,"domain":256,"sys_uptime_ms":5000,"export_seconds":1700000000,"sequence":77}],"exporters":[]}',
      '{"version":1,"clocks":[],"exporters":[{"address":"192.0.2.1","version":9,"domain":1,"started_ms":-1,"sampling":[{"sampler":3,"rate":1000},{"in_if":7,"out_if":8,"selector":1,"rate":4294967297},{"rate":1}]}]}',
    ],
    read(octets) {
      const read = unlessRefused(() => stateFromJson(JSON.parse(decoder.decode(octets))));
      if (read === undefined) return;
      const text = [...stateText(read)].join('');
      const again = stateFromJson(JSON.parse(text));
      if ([...stateText(again)].join('') !== text) throw new Error('written and read again differs');
    },
  },
  ...(['asn', 'country'] as const).map((name) => ({
    name: `databases of ${name === 'asn' ? 'AS numbers' : 'countries'}`,
    seeds: databases[name],
    read: (octets: Uint8Array) => {
      const file = new MmdbFile(octets);
      const table = new AddressTable(compileTable(file, attributes[name]));
      for (const address of addresses) {
        const record = file.find(address);
        const expected = record === undefined ? 0 : attributeOf(record, attributes[name]);
        flow.setAddress(SRC_ADDR, address, 0, address.length);
        if (table.lookup(flow, SRC_ADDR) !== expected >>> 0) throw new Error('table and file differ');
      }
    },
  })),
];

/** What is read, or undefined where the text is refused; a fault of the program passes. */
function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError || (error as Error).constructor === Error) return undefined;
    throw error;
  }
}

/** The octets of a seed. */
export const octetsOf = (seed: string | Uint8Array): Uint8Array =>
  typeof seed === 'string' ? new TextEncoder().encode(seed) : seed;

/** Files that are near to being right: seeds of the reader, changed a little. */
export function hostileText({ seeds }: Reader, random: Random): Uint8Array {
  let octets = octetsOf(random.pick(seeds));
  for (let changes = 1 + random.below(6); changes > 0; changes--) {
    const from = random.below(octets.length + 1);
    const to = Math.min(octets.length, from + random.below(8));
    const other = octetsOf(random.pick(seeds));
    const start = random.below(other.length + 1);
    // As many octets for as many keep what a binary file says of places within it.
    const insert = [
      Uint8Array.from({ length: to - from }, () => random.below(256)),
      other.subarray(start, start + random.below(24)),
      Uint8Array.from({ length: random.below(4) }, () => random.below(256)),
      octets.subarray(from, to),
      new Uint8Array(random.below(64)).fill(random.pick(octets.length === 0 ? [0] : octets)),
      new Uint8Array(0),
    ][random.below(6)]!;
    octets = Uint8Array.from([...octets.subarray(0, from), ...insert, ...octets.subarray(to)]);
  }
  return octets;
}

/** What a reader does wrong with a text; undefined when it reads or refuses it. */
export function examineReader(reader: Reader, octets: Uint8Array): string | undefined {
  const begin = process.cpuUsage();
  try {
    reader.read(octets);
  } catch (error) {
    if (!(error instanceof GoFlowError || error instanceof MmdbError))
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(begin);
  const ms = (user + system) / 1000;
  return ms > MOST_MS ? `took ${ms.toFixed(0)} ms` : undefined;
}

/** Of work for one text of a few hundred octets; what the machine does beside it does not count. */
const MOST_MS = 2000;
