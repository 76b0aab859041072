// docs/protocols.md: what fills which column. NetFlow v9 and IPFIX from src/produce/templated/element-map.ts, the
// columns from src/flow/fields.ts; NetFlow v1, v5, v7 and sFlow have no table in the code: columns.tsv.
import { columns } from '../../dist/flow/fields.js';
import { elementMap, fixedSizes } from '../../dist/produce/templated/element-map.js';
import { code, page, table } from '../markdown.mjs';
import { readTable } from './table.mjs';

/** What fills a column of templates otherwise than by an element. */
const others = {
  type: '`NETFLOW_V9` or `IPFIX`',
  time_received_ns: 'when the datagram was received',
  sequence_num: 'sequence number of the header',
  sampling_rate: '[sampling](#sampling)',
  sampler_address: 'source of the datagram',
  etype: 'by the addresses',
  observation_domain_id: 'source id, or observation domain',
};

/** Columns that a packet inside of a record fills beside its elements. */
const packetColumns = new Set(
  columns
    .map(({ name }) => name)
    .filter((name) =>
      /^(src_|dst_)(addr|port|mac)$|^(etype|proto|vlan_id|ip_|tcp_|icmp_|ipv6_|fragment_|mpls_(ttl|label)|layer_)/.test(
        name,
      ),
    ),
);

/** The elements of a column: first choices, then what stands in for them. */
function elementsOf(name) {
  const rows = elementMap.filter(
    ({ column, id }) => column === name || (name === 'icmp_code' && (id === 32 || id === 139)),
  );
  const ranks = [...new Set(rows.map(({ rank }) => rank))].sort((a, b) => a - b);
  const groups = ranks.map((rank) =>
    rows
      .filter((row) => row.rank === rank)
      .map(({ id }) => id)
      .join(', '),
  );
  const parts = [groups.join('; else '), others[name] ?? ''].filter((part) => part !== '');
  return parts.join('; else ');
}

const sizes = {
  unsigned: '1 to 8',
  icmp_type_code: '1 to 8',
  ip_version: '1 to 8',
  fragment_flags: '1 to 8',
  mpls_label: '1 to 8',
  sysuptime: '1 to 8',
  before_export: '1 to 8',
};

function columnRows() {
  const sources = new Map(readTable('columns.tsv')[0].rows.map(([name, v5 = '', sflow = '']) => [name, [v5, sflow]]));
  for (const { name } of columns) if (!sources.has(name)) throw new Error(`tools/docs/columns.tsv lacks ${name}`);
  if (sources.size !== columns.length) throw new Error('tools/docs/columns.tsv has a column that is none');
  return columns.map(({ name }) => {
    const [v5, sflow] = sources.get(name);
    return [code(name), v5, elementsOf(name), sflow];
  });
}

function elementRows() {
  const byId = new Map();
  for (const row of elementMap) byId.set(row.id, [...(byId.get(row.id) ?? []), row]);
  return [...byId.entries()]
    .sort(([a], [b]) => a - b)
    .map(([id, rows]) => [
      String(id),
      rows[0].name,
      rows.map(({ column }) => code(column)).join(', '),
      String(fixedSizes[rows[0].read] ?? sizes[rows[0].read]),
      [...new Set(rows.map(({ note }) => note).filter((note) => note !== undefined))].join('; '),
    ]);
}

function render() {
  return page(
    '# Protocols',
    'What comes in, and which column of the flow message it fills. This page is made from the tables that the ' +
      'program itself uses: `npm run generate`. What this collector does beyond, or otherwise than, GoFlow2 is in ' +
      '[compatibility](compatibility.md); what the standards ask is in [conformance](conformance.md).',
    [
      '- NetFlow v1, v5 and v7: the record formats of Cisco Systems. v6 and v8 are counted and not decoded ([why](decisions/netflow-v8.md)).',
      '- NetFlow v9: [RFC 3954](https://www.rfc-editor.org/rfc/rfc3954)',
      '- IPFIX: [RFC 7011](https://www.rfc-editor.org/rfc/rfc7011), with the ' +
        '[registry of elements](https://www.iana.org/assignments/ipfix)',
      '- sFlow v5: [sflow.org](https://sflow.org/sflow_version_5.txt)',
    ].join('\n'),
    '## Columns',
    'Of NetFlow v9 and IPFIX the numbers of elements are given; the two share them. Where a template has several ' +
      'elements for one column, the first choice that is there is used, wherever it stands in the template. A column ' +
      'that nothing fills is 0 or empty.',
    table(['column', 'NetFlow v1, v5, v7', 'NetFlow v9 and IPFIX', 'sFlow v5'], columnRows()),
    '## Elements',
    'Numbers have 1 to 8 octets; a column of 32 bits keeps the low ones. A field of a size that its type does not ' +
      'allow is left out and counted as `field_size`; a field of no octets is as good as absent. Of an element that ' +
      'a template has twice, the last one fills the column; lists take all. Elements of enterprises fill no column by ' +
      'themselves: a mapping can give them one. Structured data (291 to 293) is stepped over.',
    table(['element', 'name', 'column', 'octets', 'note'], elementRows()),
    '## Times',
    'Both ends of a flow are the time of the header (v9) or the export time (IPFIX) until an element tells better. ' +
      'With one end and a duration (161, 162) the other end is computed. sysUptime (21, 22) wraps every 49.7 days and ' +
      'the seconds of NTP (154 to 157) every 136 years: the time that is nearest to the header is taken. An NTP time ' +
      'of zero is none. All times are exact in nanoseconds.',
    '## Sampling',
    'The rate of a flow is the first of these that is known:',
    [
      '1. what its own record says: 305 with 306, 305, 50, 34, 309 with 310, or 311;',
      '2. what options data has told of its sampler (48) or selector (302);',
      '3. what options data has told of its interface: scope 10 or 14, in v9 the scope type 2;',
      '4. the rate of the whole domain, or the only one that options data has told of it;',
      '5. else 0, which is unknown, and counted as `sampling_unknown`.',
    ].join('\n'),
    'Options data is kept by address, version and domain. It holds for all flows of its own packet, earlier ones too. ' +
      '`bytes` and `packets` are as they were sent: they are not multiplied.',
    '## Packets inside of records',
    'Elements 315 and 104 are the beginning of a frame, 313 that of an IP packet. Their headers are read as those of ' +
      'sFlow are ([packet headers](packet-headers.md)) and fill ' +
      `${[...packetColumns].map(code).join(', ')}. ` +
      'Elements of the record come first. Where the record has no octets they are 312, else the length by the IP ' +
      'header (313) or of the section; where it has no packets, it is 1. With 408 of another link than Ethernet, or a ' +
      '409 that is not 0, the packet is left alone.',
  );
}

export const pages = [{ file: 'docs/protocols.md', render }];
