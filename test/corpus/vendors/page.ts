import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { ElementRegistry } from '#src/decode/elements/registry.js';
import { columns } from '#src/flow/fields.js';
import { elementMap } from '#src/produce/templated/element-map.js';
import { columnsOf } from '../../support/flow-columns.ts';
import { readCapture } from '../../support/stored-datagram.ts';
import { WholeChain } from '../../support/whole-chain.ts';

/** Columns that every flow has. */
const ofEveryFlow = new Set(['type', 'time_received_ns', 'sequence_num', 'sampler_address']);

/** Elements that fill columns otherwise than by a row of the element map: sampled packets (RFC 5477, RFC 7270). */
const packets = new Set([104, 313, 314, 315]);

/** Elements that fill a column of messages: some fill one that only the context looks at. */
const shown = new Set<string>(columns.map(({ name }) => name));
const mapped = new Set([...elementMap.filter(({ column }) => shown.has(column)).map(({ id }) => id), ...packets]);

/** Captures of the corpus whose sender is no device or program that somebody uses. */
const nobody = /^(hand-made|malformed|invalid|unknown|real-looking|vendor|goflow2|sFlow|-|\?)/;

/** What the captures of a vendor show. */
export interface Vendor {
  readonly columns: Set<string>;
  /** Mapping lines of elements that no column has, by section of a mapping file. */
  readonly lines: Map<string, string>;
}

/** The vendors of the corpus by name. */
export async function vendors(corpus: string): Promise<Map<string, Vendor>> {
  const [head, ...rows] = readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => row.split('\t'));
  const [file, name] = ['file', 'vendor'].map((title) => head!.indexOf(title)) as [number, number];
  const found = new Map<string, Vendor>();
  for (const row of rows) {
    if (nobody.test(row[name]!)) continue;
    let vendor = found.get(row[name]!);
    if (vendor === undefined) found.set(row[name]!, (vendor = { columns: new Set(), lines: new Map() }));
    await look(vendor, join(corpus, row[file]!));
  }
  return new Map([...found].sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
}

async function look(vendor: Vendor, path: string): Promise<void> {
  const registry = ElementRegistry.bundled();
  const chain = new WholeChain((flow) => {
    for (const [name, value] of Object.entries(columnsOf(flow))) {
      if (!ofEveryFlow.has(name) && !isZero(value)) vendor.columns.add(name);
    }
  });
  chain.onPacket = (packet) => {
    if (packet.kind !== 'netflow_v9' && packet.kind !== 'ipfix') return;
    const section = packet.kind === 'ipfix' ? 'ipfix' : 'netflowv9';
    for (const { kind, template } of packet.sets.slice(0, packet.setCount)) {
      if (kind !== 'data') continue;
      for (const { id, pen } of template!.fields) {
        if (pen === 0 && mapped.has(id)) continue;
        const name = registry.find(pen, id)?.name;
        vendor.lines.set(`${section} ${pen}/${id} ${name ?? ''}`, line(pen, id, name));
      }
    }
  };
  for (const datagram of await readCapture(path)) chain.take(datagram);
}

const isZero = (value: unknown) =>
  value === 0n || value === '' || value === '00:00:00:00:00:00' || (Array.isArray(value) && value.length === 0);

function line(pen: number, id: number, name: string | undefined): string {
  const destination = (name ?? `pen${pen}_${id}`).replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  return `{ field: ${id}${pen === 0 ? '' : `, pen: ${pen}`}, destination: ${destination.replace(/[^a-z0-9_]/g, '_')} }`;
}

const intro = `# What devices send

What the captures that this program is tested with gave, by what sent them: the columns that are not zero without any
setting, and the elements in the data that no column has. Each of those is in [raw messages](raw.md), and reaches a
field of your own by the line beside it, in the section that is named of a [mapping file](mapping.md); its destination
is declared under \`formatter.protobuf\` there. Another version or another setting of a device may send other elements.
The columns \`type\`, \`time_received_ns\`, \`sequence_num\` and \`sampler_address\` are in every flow and not listed.
`;

/** The page about them. */
export function vendorsPage(found: ReadonlyMap<string, Vendor>): string {
  const order = columns.map(({ name }) => name as string);
  const parts = [...found].map(([name, vendor]) => {
    const used = order.filter((column) => vendor.columns.has(column)).map((column) => `\`${column}\``);
    const text = `## ${name}\n\nColumns: ${used.join(', ') || 'none, it has no flows'}.\n`;
    if (vendor.lines.size === 0) return text;
    const rows = [...vendor.lines].map(([key, mapping]) => {
      const [section, number, element] = key.split(' ') as [string, string, string];
      return `| ${section} | ${number.replace(/^0\//, '')} | ${element === '' ? '' : `\`${element}\``} | \`${mapping}\` |`;
    });
    return `${text}\n| section | element | name | mapping line |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return [intro, ...parts].join('\n');
}
