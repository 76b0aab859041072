import { isIPv6 } from '#src/simulate/simulated-flow.js';
import type { SimulatedFlow } from '#src/simulate/simulated-flow.js';
import { packetOf } from '#src/simulate/sampled-packet.js';
import type { FlowRow } from './tshark-flows.ts';

const noMac = '00:00:00:00:00:00';

/** The columns that a flow must have after it came by NetFlow v5. Columns that are not named stay zero. */
export function expectedV5(flow: SimulatedFlow): FlowRow {
  const icmp = flow.protocol === 1;
  return {
    ...expectedCore(flow),
    dst_port: BigInt(icmp ? ((flow.icmpType ?? 0) << 8) | (flow.icmpCode ?? 0) : (flow.destinationPort ?? 0)),
    src_as: twoOctets(flow.sourceAs),
    dst_as: twoOctets(flow.destinationAs),
    src_net: BigInt(flow.sourcePrefixLength ?? 0),
    dst_net: BigInt(flow.destinationPrefixLength ?? 0),
    next_hop: flow.nextHop ?? '0.0.0.0',
    bytes: BigInt(flow.octets),
    packets: BigInt(flow.packets),
    time_flow_start_ns: milliseconds(flow.start),
    time_flow_end_ns: milliseconds(flow.end),
  };
}

/** The columns of a flow that came in the usual layout of NetFlow v9 or IPFIX. */
export function expectedTemplated(flow: SimulatedFlow): FlowRow {
  return {
    ...expectedCore(flow),
    ...expectedPacketFields(flow),
    src_as: BigInt(flow.sourceAs ?? 0),
    dst_as: BigInt(flow.destinationAs ?? 0),
    src_net: BigInt(flow.sourcePrefixLength ?? 0),
    dst_net: BigInt(flow.destinationPrefixLength ?? 0),
    next_hop: flow.nextHop ?? (isIPv6(flow) ? '::' : '0.0.0.0'),
    bgp_next_hop: flow.bgpNextHop ?? (isIPv6(flow) ? '::' : '0.0.0.0'),
    forwarding_status: BigInt(flow.forwardingStatus ?? 0),
    bytes: BigInt(flow.octets),
    packets: BigInt(flow.packets),
    time_flow_start_ns: milliseconds(flow.start),
    time_flow_end_ns: milliseconds(flow.end),
  };
}

/** The columns of a packet of the flow, sampled by sFlow with its extended records. */
export function expectedSFlow(flow: SimulatedFlow): FlowRow {
  const payload = Number(BigInt(flow.octets) % 1_400n);
  return {
    ...expectedCore(flow),
    ...expectedPacketFields(flow),
    src_vlan: BigInt(flow.vlan ?? 0),
    dst_vlan: BigInt(flow.vlan ?? 0),
    src_as: BigInt(flow.sourceAs ?? 0),
    dst_as: BigInt(flow.destinationAs ?? 0),
    src_net: BigInt(flow.sourcePrefixLength ?? 0),
    dst_net: BigInt(flow.destinationPrefixLength ?? 0),
    next_hop: flow.nextHop ?? '',
    bgp_next_hop: flow.bgpNextHop ?? '',
    bytes: BigInt(packetOf(flow, payload).length + 4),
  };
}

/** What every protocol carries of the packets themselves. */
function expectedCore(flow: SimulatedFlow): FlowRow {
  return {
    src_addr: flow.source,
    dst_addr: flow.destination,
    proto: BigInt(flow.protocol),
    src_port: BigInt(flow.sourcePort ?? 0),
    dst_port: BigInt(flow.destinationPort ?? 0),
    tcp_flags: BigInt(flow.tcpFlags ?? 0),
    ip_tos: BigInt(flow.tos ?? 0),
    in_if: BigInt(flow.inputInterface ?? 0),
    out_if: BigInt(flow.outputInterface ?? 0),
  };
}

function expectedPacketFields(flow: SimulatedFlow): FlowRow {
  return {
    src_mac: flow.sourceMac ?? noMac,
    dst_mac: flow.destinationMac ?? noMac,
    vlan_id: BigInt(flow.vlan ?? 0),
    ip_ttl: BigInt(flow.ttl ?? 0),
    icmp_type: BigInt(flow.icmpType ?? 0),
    icmp_code: BigInt(flow.icmpCode ?? 0),
    ...(isIPv6(flow)
      ? { ipv6_flow_label: BigInt(flow.flowLabel ?? 0) }
      : { fragment_id: BigInt(flow.fragmentId ?? 0) }),
  };
}

function twoOctets(as = 0): bigint {
  return as > 65_535 ? 23_456n : BigInt(as);
}

/** Cut to milliseconds. */
function milliseconds(time: bigint): bigint {
  return time - (time % 1_000_000n);
}
