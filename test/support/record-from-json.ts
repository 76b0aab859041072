import { parseAddress } from '#src/flow/address.js';
import { FlowType, Layer, findColumn } from '#src/flow/fields.js';
import type { Column } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { etherTypeNames, protocolNames } from '#src/flow/names.js';
import { parseExact } from './exact-json.ts';
import type { ExactFlow, ExactScalar } from './exact-json.ts';

/** The number behind a value as JSON shows it, by the default renderer of its column. */
function numberOf(column: Column, value: ExactScalar): bigint {
  if (typeof value === 'bigint') return value;
  const text = String(value);
  switch (column.renderer) {
    case 'type':
      return BigInt(FlowType[text as keyof typeof FlowType]);
    case 'layer':
      return BigInt(Layer[text as keyof typeof Layer]);
    case 'etype':
      return BigInt([...etherTypeNames].find(([, name]) => name === text)?.[0] ?? 0);
    case 'proto':
      return BigInt(protocolNames.indexOf(text));
    case 'mac':
      return BigInt('0x' + text.replaceAll(':', ''));
    case 'network':
      return BigInt(text.split('/')[1] ?? 0);
    case 'ip':
    case 'none':
    default:
      // A time that was rendered as a point in time.
      return dateTimeOf(text);
  }
}

function dateTimeOf(text: string): bigint {
  const match = /^([^.]*)(?:\.(\d+))?Z$/.exec(text);
  if (match === null) throw new Error(`no number: ${text}`);
  return BigInt(Date.parse(`${match[1]}Z`)) * 1_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
}

function set(flow: FlowRecord, column: Column, value: ExactScalar): void {
  if (column.type === 'address') {
    const octets = parseAddress(String(value));
    if (octets !== undefined) flow.setAddress(column.slot, octets, 0, octets.length);
    return;
  }
  const number = numberOf(column, value);
  flow.words[column.slot] = Number(number & 0xffffffffn);
  if (column.type === 'u64') flow.words[column.slot + 1] = Number(number >> 32n);
}

function append(flow: FlowRecord, column: Column, value: ExactScalar): void {
  if (column.type !== 'address[]') return flow.append(column, Number(numberOf(column, value)));
  const octets = parseAddress(String(value))!;
  flow.appendAddress(column, octets, 0, octets.length);
}

/**
 * A record that shows as this JSON line. What the line hides is zero: an EtherType without a name, the prefix length
 * of a network whose address is missing. Names that are no columns are left out.
 */
export function recordFromJson(line: string): FlowRecord {
  const flow = new FlowRecord();
  for (const [name, value] of Object.entries(parseExact(line) as ExactFlow)) {
    const column = findColumn(name);
    if (column === undefined) continue;
    if (Array.isArray(value)) for (const entry of value) append(flow, column, entry);
    else set(flow, column, value);
  }
  return flow;
}
