import type { SFlowRecord } from './sflow.ts';
import { addressOfFamily, macOctets } from './address-octets.ts';
import { XdrWriter } from './xdr.ts';

/**
 * Records of flow samples, one function a structure (sFlow version 5, section 5, and the later structure
 * specifications). They are in the order of their format numbers.
 */

/** `header_protocol` of a raw header; the commonest. */
export const HeaderProtocol = { ethernet: 1, tokenBus: 2, ppp: 7, ipv4: 11, ipv6: 12, mpls: 13 } as const;

/** Lists the fields of a fixed structure as unsigned integers. */
function integers(format: number, ...values: readonly number[]): SFlowRecord {
  const writer = new XdrWriter();
  for (const value of values) writer.u32(value);
  return { format, body: writer.finish() };
}

export interface RawHeader {
  readonly header: Uint8Array;
  readonly protocol?: number;
  /** Octets of the whole frame; those of `header` and `stripped` by default. */
  readonly frameLength?: number;
  /** Octets that were taken off, such as a frame check sequence. */
  readonly stripped?: number;
  /** Wrong on purpose: */
  readonly headerLength?: number;
}

/** 1 `sampled_header`. */
export function rawHeader(raw: RawHeader): SFlowRecord {
  const stripped = raw.stripped ?? 0;
  const body = new XdrWriter()
    .u32(raw.protocol ?? HeaderProtocol.ethernet)
    .u32(raw.frameLength ?? raw.header.length + stripped)
    .u32(stripped)
    .opaque(raw.header, raw.headerLength)
    .finish();
  return { format: 1, body };
}

export interface SampledEthernet {
  readonly length: number;
  readonly source: string;
  readonly destination: string;
  readonly etherType: number;
  /** Addresses in 6 octets each (a record of 20), as some agents send them, not in 8 (24). */
  readonly unpadded?: boolean;
}

/** 2 `sampled_ethernet`. */
export function sampledEthernet(frame: SampledEthernet, format = 2): SFlowRecord {
  const writer = new XdrWriter().u32(frame.length);
  if (frame.unpadded === true) writer.bytes(macOctets(frame.source)).bytes(macOctets(frame.destination));
  else writer.mac(frame.source).mac(frame.destination);
  return { format, body: writer.u32(frame.etherType).finish() };
}

export interface SampledIp {
  /** Octets of the IP packet. */
  readonly length: number;
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly tcpFlags?: number;
  /** Type of service; in IPv6 the priority. */
  readonly tos?: number;
}

/** 3 `sampled_ipv4`. */
export function sampledIPv4(ip: SampledIp, format = 3): SFlowRecord {
  return sampledIp(ip, 4, format);
}

/** 4 `sampled_ipv6`. */
export function sampledIPv6(ip: SampledIp, format = 4): SFlowRecord {
  return sampledIp(ip, 16, format);
}

function sampledIp(ip: SampledIp, family: 4 | 16, format: number): SFlowRecord {
  const body = new XdrWriter()
    .u32(ip.length)
    .u32(ip.protocol)
    .bytes(addressOfFamily(ip.source, family))
    .bytes(addressOfFamily(ip.destination, family))
    .u32(ip.sourcePort ?? 0)
    .u32(ip.destinationPort ?? 0)
    .u32(ip.tcpFlags ?? 0)
    .u32(ip.tos ?? 0)
    .finish();
  return { format, body };
}

/** 1001 `extended_switch`. */
export function extendedSwitch(source: { vlan: number; priority?: number }, destination: typeof source): SFlowRecord {
  return integers(1001, source.vlan, source.priority ?? 0, destination.vlan, destination.priority ?? 0);
}

/** 1002 `extended_router`. */
export function extendedRouter(router: {
  nextHop: string | undefined;
  sourceMask: number;
  destinationMask: number;
}): SFlowRecord {
  const body = new XdrWriter().address(router.nextHop).u32(router.sourceMask).u32(router.destinationMask).finish();
  return { format: 1002, body };
}

/** One segment of an AS path: 1 = set, 2 = sequence. */
export interface AsPathSegment {
  readonly type: 1 | 2;
  readonly numbers: readonly number[];
  /** Wrong on purpose: */
  readonly count?: number;
}

export interface ExtendedGateway {
  readonly nextHop: string | undefined;
  /** AS of the router itself. */
  readonly as: number;
  readonly sourceAs: number;
  readonly sourcePeerAs?: number;
  readonly path: readonly AsPathSegment[];
  readonly communities?: readonly number[];
  readonly localPreference?: number;
  /** Wrong on purpose: */
  readonly segmentCount?: number;
  readonly communityCount?: number;
}

/** 1003 `extended_gateway`. */
export function extendedGateway(gateway: ExtendedGateway): SFlowRecord {
  const writer = new XdrWriter()
    .address(gateway.nextHop)
    .u32(gateway.as)
    .u32(gateway.sourceAs)
    .u32(gateway.sourcePeerAs ?? 0)
    .u32(gateway.segmentCount ?? gateway.path.length);
  for (const segment of gateway.path) writer.u32(segment.type).list(segment.numbers, segment.count);
  const body = writer
    .list(gateway.communities ?? [], gateway.communityCount)
    .u32(gateway.localPreference ?? 0)
    .finish();
  return { format: 1003, body };
}

/** MIBenum of UTF-8, for user names. */
const UTF_8 = 106;

/** 1004 `extended_user`. */
export function extendedUser(source: string, destination: string): SFlowRecord {
  return { format: 1004, body: new XdrWriter().u32(UTF_8).string(source).u32(UTF_8).string(destination).finish() };
}

/** 1005 `extended_url`; direction 1 = source, 2 = destination. */
export function extendedUrl(direction: 1 | 2, url: string, host: string): SFlowRecord {
  return { format: 1005, body: new XdrWriter().u32(direction).string(url).string(host).finish() };
}

/** 1006 `extended_mpls`: label stacks, top first, each entry with its 32 bits. */
export function extendedMpls(
  nextHop: string | undefined,
  inStack: readonly number[],
  outStack: readonly number[],
): SFlowRecord {
  return { format: 1006, body: new XdrWriter().address(nextHop).list(inStack).list(outStack).finish() };
}

/** 1007 `extended_nat`: addresses after translation. */
export function extendedNat(source: string, destination: string): SFlowRecord {
  return { format: 1007, body: new XdrWriter().address(source).address(destination).finish() };
}

/** 1008 `extended_mpls_tunnel`. */
export function extendedMplsTunnel(name: string, id: number, cos: number): SFlowRecord {
  return { format: 1008, body: new XdrWriter().string(name).u32(id).u32(cos).finish() };
}

/** 1009 `extended_mpls_vc`. */
export function extendedMplsVc(name: string, id: number, cos: number): SFlowRecord {
  return { format: 1009, body: new XdrWriter().string(name).u32(id).u32(cos).finish() };
}

/** 1010 `extended_mpls_FTN`. */
export function extendedMplsFtn(description: string, mask: number): SFlowRecord {
  return { format: 1010, body: new XdrWriter().string(description).u32(mask).finish() };
}

/** 1011 `extended_mpls_LDP_FEC`. */
export function extendedMplsLdpFec(prefixLength: number): SFlowRecord {
  return integers(1011, prefixLength);
}

/** 1012 `extended_vlantunnel`: stripped 802.1Q tags, TPID and TCI in 32 bits each. */
export function extendedVlanTunnel(tags: readonly number[]): SFlowRecord {
  return { format: 1012, body: new XdrWriter().list(tags).finish() };
}

/** 1020 `extended_nat_port`. */
export function extendedNatPort(source: number, destination: number): SFlowRecord {
  return integers(1020, source, destination);
}

/** Which side of a tunnel a record tells of; its number is added to that of the egress structure. */
export type TunnelSide = 'egress' | 'ingress';

const side = (egressFormat: number, at: TunnelSide) => (at === 'egress' ? egressFormat : egressFormat + 1);

/** 1021, 1022 `extended_L2_tunnel_egress`, `_ingress`. */
export function extendedL2Tunnel(at: TunnelSide, frame: SampledEthernet): SFlowRecord {
  return sampledEthernet(frame, side(1021, at));
}

/** 1023, 1024 `extended_ipv4_tunnel_egress`, `_ingress`. */
export function extendedIPv4Tunnel(at: TunnelSide, ip: SampledIp): SFlowRecord {
  return sampledIPv4(ip, side(1023, at));
}

/** 1025, 1026 `extended_ipv6_tunnel_egress`, `_ingress`. */
export function extendedIPv6Tunnel(at: TunnelSide, ip: SampledIp): SFlowRecord {
  return sampledIPv6(ip, side(1025, at));
}

/** 1027, 1028 `extended_decapsulate_egress`, `_ingress`: where the inner header begins in the sampled one. */
export function extendedDecapsulate(at: TunnelSide, innerHeaderOffset: number): SFlowRecord {
  return integers(side(1027, at), innerHeaderOffset);
}

/** 1029, 1030 `extended_vni_egress`, `_ingress`. */
export function extendedVni(at: TunnelSide, vni: number): SFlowRecord {
  return integers(side(1029, at), vni);
}

/** 1036 `extended_egress_queue`. */
export function extendedEgressQueue(queue: number): SFlowRecord {
  return integers(1036, queue);
}

/** 1037 `extended_acl`; direction 0 unknown, 1 ingress, 2 egress. */
export function extendedAcl(number: number, name: string, direction: 0 | 1 | 2): SFlowRecord {
  return { format: 1037, body: new XdrWriter().u32(number).string(name).u32(direction).finish() };
}

/** 1038 `extended_function`: where in the forwarding software the packet was dropped. */
export function extendedFunction(symbol: string): SFlowRecord {
  return { format: 1038, body: new XdrWriter().string(symbol).finish() };
}

/** A record of any format, with a body as it is: for structures that nobody knows. */
export function opaqueRecord(enterprise: number, format: number, body: Uint8Array): SFlowRecord {
  return { enterprise, format, body };
}
