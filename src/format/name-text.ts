/**
 * Names of numbers, as constants that are written without building strings. Numbers have 32 bits; the highest one may
 * come as a sign.
 */
import {
  ICMP,
  ICMPV6,
  UNKNOWN,
  etherTypeName,
  etherTypeNames,
  flowTypeNames,
  icmpName,
  layerNames,
  protocolNames,
} from '../flow/names.ts';
import { writeU32 } from './decimal.ts';
import { Literal, writeLiteral } from './literal.ts';

/** Constants by number; numbers without a name have none. */
type NameTable = readonly (Literal | undefined)[];

function table(names: ReadonlyMap<number, string>): NameTable {
  const size = Math.max(...names.keys()) + 1;
  return Array.from({ length: size }, (_, number) => {
    const name = names.get(number);
    return name === undefined ? undefined : new Literal(name);
  });
}

const flowTypes = table(flowTypeNames);
const layers = table(layerNames);
const protocols = protocolNames.map((name) => new Literal(name));
const icmpTypes = Array.from({ length: 256 }, (_, type) => new Literal(icmpName(ICMP, type)));
const icmpV6Types = Array.from({ length: 256 }, (_, type) => new Literal(icmpName(ICMPV6, type)));
const unknown = new Literal(UNKNOWN);
const none = new Literal('');
const ipv4 = new Literal(etherTypeName(0x0800));
const ipv6 = new Literal(etherTypeName(0x86dd));
const etherTypes = new Map([...etherTypeNames].map(([number, name]) => [number, new Literal(name)]));

/** Longest text of each kind: names, or the digits of a number that has none. */
export const nameBounds = {
  flowType: longest([...flowTypeNames.values(), '4294967295']),
  layer: longest([...layerNames.values(), '4294967295']),
  etherType: longest([...etherTypeNames.values()]),
  protocol: longest([...protocolNames, UNKNOWN]),
  icmp: Math.max(...[...icmpTypes, ...icmpV6Types, unknown].map((literal) => literal.length)),
};

function longest(names: readonly string[]): number {
  return Math.max(...names.map((name) => name.length));
}

function writeName(view: DataView, pos: number, names: NameTable, number: number): number {
  const name = number >>> 0 < names.length ? names[number] : undefined;
  return name === undefined ? writeU32(view, pos, number) : writeLiteral(view, pos, name);
}

/** Name of a `FlowType`; its number when it has none. */
export function writeFlowType(view: DataView, pos: number, number: number): number {
  return writeName(view, pos, flowTypes, number);
}

/** Name of a `LayerStack`; its number when it has none. */
export function writeLayer(view: DataView, pos: number, number: number): number {
  return writeName(view, pos, layers, number);
}

/** Name of an EtherType; nothing when it has none. */
export function writeEtherType(view: DataView, pos: number, number: number): number {
  // The two that nearly every flow has are compared, not looked up.
  if (number === 0x0800) return writeLiteral(view, pos, ipv4);
  if (number === 0x86dd) return writeLiteral(view, pos, ipv6);
  return writeLiteral(view, pos, etherTypes.get(number) ?? none);
}

/** Name of an IP protocol. */
export function writeProtocol(view: DataView, pos: number, number: number): number {
  return writeLiteral(view, pos, number >>> 0 < 256 ? protocols[number]! : unknown);
}

/** Name of an ICMP type of the protocol. */
export function writeIcmpName(view: DataView, pos: number, protocol: number, type: number): number {
  if (protocol !== ICMP && protocol !== ICMPV6) return writeLiteral(view, pos, unknown);
  if (type >>> 0 > 255) return pos;
  return writeLiteral(view, pos, (protocol === ICMP ? icmpTypes : icmpV6Types)[type]!);
}
