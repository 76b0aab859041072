import { addressText } from '#src/flow/address.js';
import { ADDRESS_WORDS, FlowType, Layer, columns } from '#src/flow/fields.js';
import type { Column, ColumnName } from '#src/flow/fields.js';
import type { FlowRecord } from '#src/flow/flow-record.js';

/** A flow as plain values: numbers as BigInt, addresses, MACs and enums as text, lists as arrays. */
export type Columns = Record<ColumnName, unknown>;

const enumNames: Partial<Record<ColumnName, Record<string, number>>> = { type: FlowType, layer_stack: Layer };

const enumName = (name: ColumnName, value: number): string =>
  Object.entries(enumNames[name]!).find(([, number]) => number === value)?.[0] ?? String(value);

const mac = (value: bigint): string =>
  value
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?!$)/g, '$&:');

function listOf(flow: FlowRecord, { name, type, slot, list }: Column): unknown[] {
  const entries = flow.lists[list]!;
  const octets = new Uint8Array(entries.buffer);
  return Array.from({ length: flow.words[slot]! }, (_, i) => {
    if (type === 'enum[]') return enumName(name, entries[i]!);
    if (type === 'u32[]') return BigInt(entries[i]!);
    return addressText(octets, i * ADDRESS_WORDS * 4, entries[i * ADDRESS_WORDS + 4]!);
  });
}

function valueOf(flow: FlowRecord, column: Column): unknown {
  const { name, type, renderer, slot, list } = column;
  if (list >= 0) return listOf(flow, column);
  if (type === 'address') return addressText(flow.octets, slot * 4, flow.words[slot + 4]!);
  if (type === 'enum') return enumName(name, flow.words[slot]!);
  const value = type === 'u64' ? flow.bigint(slot) : BigInt(flow.words[slot]!);
  return renderer === 'mac' ? mac(value) : value;
}

/** All columns of a flow. */
export function columnsOf(flow: FlowRecord): Columns {
  return Object.fromEntries(columns.map((column) => [column.name, valueOf(flow, column)])) as Columns;
}

const etypes: Record<string, bigint> = { IPv4: 0x0800n, IPv6: 0x86ddn, ARP: 0x0806n };

const protocols: Record<string, bigint> = {
  HOPOPT: 0n,
  ICMP: 1n,
  IPv4: 4n,
  TCP: 6n,
  UDP: 17n,
  'IPv6-Route': 43n,
  'IPv6-Frag': 44n,
  GRE: 47n,
  'IPv6-ICMP': 58n,
};

/**
 * A JSON line of the vectors in the same form. What its rendering hides is left out: an `etype` without a name, the
 * prefix length of a network whose address is missing.
 */
export function columnsOfJson(line: string): Partial<Columns> {
  const exact = line.replace(/(?<=[:[,])(\d+)(?=[,}\]])/g, '"number:$1"'); // numbers past 2^53 stay as they are
  const number = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(number);
    return typeof value === 'string' && value.startsWith('number:') ? BigInt(value.slice(7)) : value;
  };
  const found: Partial<Columns> = {};
  for (const [name, raw] of Object.entries(JSON.parse(exact) as Record<ColumnName, unknown>)) {
    let value = number(raw);
    if (name === 'etype') value = etypes[value as string];
    if (name === 'proto') value = protocols[value as string];
    if (name === 'src_net' || name === 'dst_net') value = prefixLength(value as string);
    if (value !== undefined) found[name as ColumnName] = value;
  }
  return found;
}

function prefixLength(network: string): bigint | undefined {
  const length = network.split('/')[1];
  return length === undefined ? undefined : BigInt(length);
}
