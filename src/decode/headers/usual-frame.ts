import { Layer, listOf, slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import type { Cursor } from '../cursor.ts';
import { MAX_LAYERS } from '../limits.ts';

const SRC_MAC = slotOf('src_mac');
const DST_MAC = slotOf('dst_mac');
const ETYPE = slotOf('etype');
const VLAN_ID = slotOf('vlan_id');
const SRC_ADDR = slotOf('src_addr');
const DST_ADDR = slotOf('dst_addr');
const PROTO = slotOf('proto');
const IP_TOS = slotOf('ip_tos');
const IP_TTL = slotOf('ip_ttl');
const IP_FLAGS = slotOf('ip_flags');
const FRAGMENT_ID = slotOf('fragment_id');
const FRAGMENT_OFFSET = slotOf('fragment_offset');
const FLOW_LABEL = slotOf('ipv6_flow_label');
const SRC_PORT = slotOf('src_port');
const DST_PORT = slotOf('dst_port');
const TCP_FLAGS = slotOf('tcp_flags');
const ICMP_TYPE = slotOf('icmp_type');
const ICMP_CODE = slotOf('icmp_code');
const STACK = slotOf('layer_stack');
const SIZES = slotOf('layer_size');
const STACK_LIST = listOf('layer_stack');
const SIZE_LIST = listOf('layer_size');

/** Answer of the functions below when the octets are not what is usual. */
const OTHER = 0;

/**
 * Reads the frames that most samples hold: Ethernet, one VLAN tag at most, IPv4 without options or IPv6 without extension
 * headers, and the beginning of TCP, UDP or ICMP. What it fills is what the walk over the layers fills, which a test
 * holds it to; it takes half the time, since nothing has to be looked up.
 *
 * @param cursor the frame, none of it claimed yet
 * @returns false, with nothing filled, for all other frames
 */
export function readUsualFrame(flow: FlowRecord, cursor: Cursor): boolean {
  if (!cursor.take(14)) return false;
  let type = cursor.u16(12);
  let network = 14;
  if (type === 0x8100) {
    if (!cursor.extend(4)) return false;
    type = cursor.u16(16);
    network = 18;
  }
  const inner =
    type === 0x0800 ? readIpv4(flow, cursor, network) : type === 0x86dd ? readIpv6(flow, cursor, network) : OTHER;
  if (inner === OTHER) return false;

  const { words } = flow;
  words[DST_MAC + 1] = cursor.u16(0);
  words[DST_MAC] = cursor.u32(2);
  words[SRC_MAC + 1] = cursor.u16(6);
  words[SRC_MAC] = cursor.u32(8);
  words[ETYPE] = type;
  if (network === 18) words[VLAN_ID] = cursor.u16(14) & 0xfff;
  putLayers(flow, network === 18, type === 0x0800, inner);
  return true;
}

/** The layers up to the network, and the one behind it as {@link readTransport} has told. */
function putLayers(flow: FlowRecord, tagged: boolean, ipv4: boolean, transport: number): void {
  const stack = flow.reserve(STACK_LIST, MAX_LAYERS);
  const sizes = flow.reserve(SIZE_LIST, MAX_LAYERS);
  stack[0] = Layer.Ethernet;
  sizes[0] = 14;
  let count = 1;
  if (tagged) {
    stack[1] = Layer.Dot1Q;
    sizes[1] = 4;
    count = 2;
  }
  stack[count] = ipv4 ? Layer.IPv4 : Layer.IPv6;
  sizes[count] = ipv4 ? 20 : 40;
  stack[count + 1] = transport >>> 8;
  sizes[count + 1] = transport & 0xff;
  flow.words[STACK] = flow.words[SIZES] = count + 2;
}

/** Reads the packet that begins at `at` of the claim; what {@link readTransport} returns. */
function readIpv4(flow: FlowRecord, cursor: Cursor, at: number): number {
  if (!cursor.extend(20)) return OTHER;
  const first = cursor.u32(at);
  const second = cursor.u32(at + 4);
  if (first >>> 24 !== 0x45 || (second & 0x1fff) !== 0) return OTHER;
  const third = cursor.u16(at + 8);
  const protocol = third & 0xff;
  const transport =
    protocol === 1 ? readIcmp(flow, cursor, at + 20, Layer.ICMP) : readTransport(flow, cursor, at + 20, protocol);
  if (transport === OTHER) return OTHER;

  const { words } = flow;
  flow.setIPv4(SRC_ADDR, cursor.view, cursor.at + at + 12);
  flow.setIPv4(DST_ADDR, cursor.view, cursor.at + at + 16);
  words[PROTO] = protocol;
  words[IP_TOS] = (first >>> 16) & 0xff;
  words[IP_TTL] = third >>> 8;
  words[IP_FLAGS] = (second >>> 13) & 7;
  words[FRAGMENT_ID] = second >>> 16;
  words[FRAGMENT_OFFSET] = 0;
  return transport;
}

/** The same for IPv6. */
function readIpv6(flow: FlowRecord, cursor: Cursor, at: number): number {
  if (!cursor.extend(40)) return OTHER;
  const first = cursor.u32(at);
  if (first >>> 28 !== 6) return OTHER;
  const second = cursor.u16(at + 6);
  const protocol = second >>> 8;
  const transport =
    protocol === 58 ? readIcmp(flow, cursor, at + 40, Layer.ICMPv6) : readTransport(flow, cursor, at + 40, protocol);
  if (transport === OTHER) return OTHER;

  const { words } = flow;
  flow.setIPv6(SRC_ADDR, cursor.view, cursor.at + at + 8);
  flow.setIPv6(DST_ADDR, cursor.view, cursor.at + at + 24);
  words[PROTO] = protocol;
  words[IP_TOS] = (first >>> 20) & 0xff;
  words[FLOW_LABEL] = first & 0xf_ffff;
  words[IP_TTL] = second & 0xff;
  return transport;
}

/** Reads TCP or UDP at `at` of the claim's end; its layer, and its size in the lower 8 bits. */
function readTransport({ words }: FlowRecord, cursor: Cursor, at: number, protocol: number): number {
  if (protocol === 6) {
    if (!cursor.extend(20)) return OTHER;
    const offsetAndFlags = cursor.u16(at + 12);
    const size = (offsetAndFlags >>> 12) * 4;
    words[TCP_FLAGS] = offsetAndFlags & 0xff;
    putPorts(words, cursor.u32(at));
    return (Layer.TCP << 8) | Math.max(size, 20);
  }
  if (protocol !== 17 || !cursor.extend(8)) return OTHER;
  putPorts(words, cursor.u32(at));
  return (Layer.UDP << 8) | 8;
}

function putPorts(words: Uint32Array, ports: number): void {
  words[SRC_PORT] = ports >>> 16;
  words[DST_PORT] = ports & 0xffff;
}

/** Reads ICMP, of which type and code are enough; what {@link readTransport} returns. */
function readIcmp({ words }: FlowRecord, cursor: Cursor, at: number, layer: number): number {
  if (!cursor.extend(2)) return OTHER;
  const typeAndCode = cursor.u16(at);
  words[ICMP_TYPE] = typeAndCode >>> 8;
  words[ICMP_CODE] = typeAndCode & 0xff;
  return (layer << 8) | 8;
}
