import type { WireNumber } from './wire-writer.ts';

/** A flow as an exporter saw it. Whatever is left out is sent as zero, where the layout has a place for it. */
export interface SimulatedFlow {
  /** IPv4 or IPv6, both of one family. */
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly octets: WireNumber;
  readonly packets: WireNumber;
  /** First and last packet, Unix nanoseconds. */
  readonly start: bigint;
  readonly end: bigint;
  readonly tcpFlags?: number;
  /** Type of service or traffic class. */
  readonly tos?: number;
  readonly ttl?: number;
  readonly flowLabel?: number;
  /** IP identification of the first packet. */
  readonly fragmentId?: number;
  readonly inputInterface?: number;
  readonly outputInterface?: number;
  readonly sourceMac?: string;
  readonly destinationMac?: string;
  readonly vlan?: number;
  readonly sourceAs?: number;
  readonly destinationAs?: number;
  /** Of the flow's own family. */
  readonly nextHop?: string;
  readonly bgpNextHop?: string;
  readonly sourcePrefixLength?: number;
  readonly destinationPrefixLength?: number;
  readonly forwardingStatus?: number;
  /** 0 ingress, 1 egress. */
  readonly direction?: number;
  /** Which sampler of the exporter took it. */
  readonly samplerId?: number;
  /** Interval of the sampler, for layouts that tell it in each record. */
  readonly samplingInterval?: number;
}

/** Whether a flow is IPv6. */
export function isIPv6(flow: SimulatedFlow): boolean {
  return flow.source.includes(':');
}
