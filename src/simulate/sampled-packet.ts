import { data, packet } from './packet.ts';
import type { Layer } from './packet.ts';
import { ipv4, ipv6 } from './packet-ip.ts';
import { ethernet, vlan } from './packet-link.ts';
import { icmp, icmpv6, tcp, udp } from './packet-transport.ts';
import { isIPv6 } from './simulated-flow.ts';
import type { SimulatedFlow } from './simulated-flow.ts';

/** One packet of a flow as an Ethernet frame with `payload` octets above the transport header. */
export function packetOf(flow: SimulatedFlow, payload = 0): Uint8Array {
  const link = ethernet({
    ...(flow.sourceMac === undefined ? {} : { source: flow.sourceMac }),
    ...(flow.destinationMac === undefined ? {} : { destination: flow.destinationMac }),
  });
  const tag = flow.vlan === undefined ? [] : [vlan({ id: flow.vlan })];
  return packet(link, ...tag, network(flow), transport(flow), data(new Uint8Array(payload)));
}

function network(flow: SimulatedFlow): Layer {
  const { source, destination } = flow;
  if (!isIPv6(flow)) {
    const identification = flow.fragmentId ?? 0;
    return ipv4({ source, destination, tos: flow.tos ?? 0, ttl: flow.ttl ?? 64, identification });
  }
  const trafficClass = flow.tos ?? 0;
  return ipv6({ source, destination, trafficClass, flowLabel: flow.flowLabel ?? 0, hopLimit: flow.ttl ?? 64 });
}

function transport(flow: SimulatedFlow): Layer {
  const ports = { sourcePort: flow.sourcePort ?? 0, destinationPort: flow.destinationPort ?? 0 };
  const message = { type: flow.icmpType ?? 0, code: flow.icmpCode ?? 0 };
  switch (flow.protocol) {
    case 1:
      return icmp(message);
    case 6:
      return tcp({ ...ports, flags: flow.tcpFlags ?? 0 });
    case 17:
      return udp(ports);
    case 58:
      return icmpv6(message);
    default:
      return (inner) => ({ ...inner, protocol: flow.protocol });
  }
}
