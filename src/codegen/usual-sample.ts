import { Layer, column, listOf, slotOf, wordsOf } from '../flow/fields.ts';
import type { ColumnName } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';
import { code, sequence } from './code.ts';
import { wordsUpTo } from './message-run.ts';
import type { Code } from './code.ts';
import { Source } from './source.ts';

/**
 * Reads a record of an sFlow flow sample that holds what is usual: a sampled header with an Ethernet frame of one VLAN
 * tag at most, IPv4 without options or IPv6 without extension headers, and the beginning of TCP, UDP or ICMP.
 *
 * @param at first octet of the record
 * @param end one past the last octet of the sample, all of which is in `view`
 * @returns one past the record and its padding; 0, with nothing filled, when it holds anything else
 */
export type UsualSample = (view: DataView, at: number, end: number) => number;

/** Octets in front of the frame: format and length of the record, then the members of a sampled header. */
const RECORD_HEADER = 8;
const MEMBERS = 16;

const SAMPLED_HEADER = 1;
const ETHERNET = 1;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const DOT1Q = 0x8100;

const [TCP, UDP, ICMP, ICMPV6] = [6, 17, 1, 58];

/** The columns of one word that are filled, each from the local variable that stands for it. */
const columns = {
  bytes: code`size`,
  etype: code`type`,
  vlan_id: code`vlan`,
  proto: code`protocol`,
  ip_tos: code`tos`,
  ip_ttl: code`ttl`,
  ip_flags: code`fragment >>> 13 & 7`,
  fragment_id: code`fragment >>> 16`,
  ipv6_flow_label: code`label`,
  src_port: code`ports >>> 16`,
  dst_port: code`ports & 65535`,
  tcp_flags: code`flags`,
  icmp_type: code`message >>> 8`,
  icmp_code: code`message & 255`,
  layer_stack: code`layers`,
  layer_size: code`layers`,
};

/** Most headers in one, and so most entries of its lists: Ethernet, a tag, the network layer and the transport. */
export const USUAL_LAYERS = 4;

/** Words of the columns that a usual sample may give a value, with the largest one. */
export const usualColumns = [
  ...wordsUpTo(2 ** 48 - 1, ['dst_mac', 'src_mac']),
  ...wordsUpTo(2 ** 32 - 1, ['bytes', 'src_addr', 'dst_addr']),
  ...wordsUpTo(0xf_ffff, ['ipv6_flow_label']),
  ...wordsUpTo(0xffff, ['etype', 'fragment_id', 'src_port', 'dst_port', 'vlan_id']),
  ...wordsUpTo(0xff, ['proto', 'ip_tos', 'ip_ttl', 'ip_flags', 'tcp_flags', 'icmp_type', 'icmp_code']),
  ...wordsUpTo(USUAL_LAYERS, ['layer_stack', 'layer_size']),
];

/** What the samples of a thread are read into. */
export interface SampleTarget {
  readonly flow: FlowRecord;
  /** What a flow is before its sample is read. */
  readonly base: FlowRecord;
  /** Columns that others may write once the flow was emitted. */
  readonly enriched: readonly ColumnName[];
}

/**
 * Compiles the reading for the record of one thread. It fills what the walk over records and layers fills into a copy of
 * the base: all columns that it ever fills it writes in any case, and those that others write it restores, so that the
 * flow before need not be taken back.
 */
export function compileUsualSample({ flow, base, enriched }: SampleTarget): UsualSample {
  const source = new Source();
  const words = source.bind(flow.words);
  source.emit(recordHeader);
  source.emit(link);
  source.emit(network);
  source.emit(transport);
  const before = source.bind(base.words);
  for (const word of enriched.flatMap((name) => wordsOf(column(name)))) {
    source.emit(code`${words}[${word}] = ${before}[${word}];`);
  }
  for (const [name, value] of Object.entries(columns)) {
    source.emit(code`${words}[${slotOf(name as keyof typeof columns)}] = ${value};`);
  }
  source.emit(code`${words}[${slotOf('bytes') + 1}] = 0; ${words}[${slotOf('fragment_offset')}] = 0;`);
  source.emit(mac(words, slotOf('dst_mac'), 0));
  source.emit(mac(words, slotOf('src_mac'), 6));
  source.emit(code`if (type === ${IPV4}) {
      ${ipv4(words, slotOf('src_addr'), 12)} ${ipv4(words, slotOf('dst_addr'), 16)}
    } else {
      ${ipv6(words, slotOf('src_addr'), 8)} ${ipv6(words, slotOf('dst_addr'), 24)}
    }`);
  source.emit(layers(source.bind(flow.lists)));
  source.emit(code`return next;`);
  return source.compile(['view', 'at', 'end']);
}

/** Where the frame is, and where the record ends: with its padding, which the last one of a sample may lack. */
const recordHeader = code`
  if (end - at < ${RECORD_HEADER + MEMBERS}) return 0;
  if (view.getUint32(at) !== ${SAMPLED_HEADER} || view.getUint32(at + ${RECORD_HEADER}) !== ${ETHERNET}) return 0;
  const length = view.getUint32(at + 4);
  const captured = view.getUint32(at + ${RECORD_HEADER + 12});
  if (length > end - at - ${RECORD_HEADER} || captured > length - ${MEMBERS}) return 0;
  const size = view.getUint32(at + ${RECORD_HEADER + 4});
  const next = Math.min(at + ${RECORD_HEADER} + (length + 3 & -4), end) | 0;
  const frame = at + ${RECORD_HEADER + MEMBERS} | 0;
  const last = frame + captured | 0;`;

/** The type of the network layer and where it begins, behind a tag or none. */
const link = code`
  if (captured < 18) return 0;
  let type = view.getUint16(frame + 12), at3 = frame + 14 | 0, vlan = 0, tags = 0;
  if (type === ${DOT1Q}) {
    vlan = view.getUint16(frame + 14) & 4095; type = view.getUint16(frame + 16); at3 = frame + 18 | 0; tags = 1;
  }`;

/** The network layer, but for its addresses, and where the transport begins. */
const network = code`
  let protocol = 0, tos = 0, ttl = 0, fragment = 0, label = 0, at4 = 0;
  if (type === ${IPV4}) {
    at4 = at3 + 20 | 0;
    if (at4 > last) return 0;
    const first = view.getInt32(at3);
    fragment = view.getInt32(at3 + 4);
    if (first >>> 24 !== 69 || (fragment & 8191) !== 0) return 0;
    tos = first >>> 16 & 255;
    ttl = view.getUint8(at3 + 8); protocol = view.getUint8(at3 + 9);
  } else if (type === ${IPV6}) {
    at4 = at3 + 40 | 0;
    if (at4 > last) return 0;
    const first = view.getInt32(at3);
    if (first >>> 28 !== 6) return 0;
    tos = first >>> 20 & 255; label = first & 1048575;
    protocol = view.getUint8(at3 + 6); ttl = view.getUint8(at3 + 7);
  } else return 0;`;

/** What is behind it: its value in `layer_stack`, and its size. */
const transport = code`
  let ports = 0, flags = 0, message = 0, layer = 0, octets = 8;
  if (protocol === ${TCP}) {
    if (at4 + 20 > last) return 0;
    const control = view.getUint16(at4 + 12);
    ports = view.getInt32(at4); flags = control & 255;
    layer = ${Layer.TCP}; octets = Math.max(control >>> 12, 5) << 2;
  } else if (protocol === ${UDP}) {
    if (at4 + 8 > last) return 0;
    ports = view.getInt32(at4); layer = ${Layer.UDP};
  } else if (protocol === (type === ${IPV4} ? ${ICMP} : ${ICMPV6})) {
    if (at4 + 2 > last) return 0;
    message = view.getUint16(at4); layer = type === ${IPV4} ? ${Layer.ICMP} : ${Layer.ICMPv6};
  } else return 0;
  const layers = 3 + tags | 0;`;

function mac(words: Code, slot: number, offset: number): Code {
  return code`${words}[${slot + 1}] = view.getUint16(frame + ${offset});
    ${words}[${slot}] = view.getUint32(frame + ${offset + 2});`;
}

function ipv4(words: Code, slot: number, offset: number): Code {
  return code`${address(words, slot, offset, 1)}
    ${words}[${slot + 1}] = 0; ${words}[${slot + 2}] = 0; ${words}[${slot + 3}] = 0; ${words}[${slot + 4}] = 4;`;
}

function ipv6(words: Code, slot: number, offset: number): Code {
  return code`${address(words, slot, offset, 4)} ${words}[${slot + 4}] = 16;`;
}

/** The words of an address, in network byte order. */
function address(words: Code, slot: number, offset: number, count: number): Code {
  const order = NATIVE_LITTLE_ENDIAN ? code`true` : code`false`;
  return sequence(
    Array.from(
      { length: count },
      (_, i) => code`${words}[${slot + i}] = view.getUint32(at3 + ${offset + 4 * i}, ${order});`,
    ),
  );
}

/** The entries of the two lists. Their memory is asked for each time: it may have been grown. */
function layers(lists: Code): Code {
  return code`
    const stack = ${lists}[${listOf('layer_stack')}], sizes = ${lists}[${listOf('layer_size')}];
    stack[0] = ${Layer.Ethernet}; sizes[0] = 14;
    stack[tags] = tags === 0 ? ${Layer.Ethernet} : ${Layer.Dot1Q}; sizes[tags] = tags === 0 ? 14 : 4;
    stack[tags + 1] = type === ${IPV4} ? ${Layer.IPv4} : ${Layer.IPv6}; sizes[tags + 1] = type === ${IPV4} ? 20 : 40;
    stack[tags + 2] = layer; sizes[tags + 2] = octets;`;
}
