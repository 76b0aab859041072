/**
 * Names of the numbers that a flow carries, as JSON and text show them.
 *
 * Protocols are the IANA registry "Protocol Numbers" as far as it goes; ranges without a name of their own come from
 * the same registry.
 */
import { FlowType, Layer } from './fields.ts';

const assigned =
  'HOPOPT, ICMP, IGMP, GGP, IPv4, ST, TCP, CBT, EGP, IGP, BBN-RCC-MON, NVP-II, PUP, ARGUS, EMCON, XNET, CHAOS, ' +
  'UDP, MUX, DCN-MEAS, HMP, PRM, XNS-IDP, TRUNK-1, TRUNK-2, LEAF-1, LEAF-2, RDP, IRTP, ISO-TP4, NETBLT, MFE-NSP, ' +
  'MERIT-INP, DCCP, 3PC, IDPR, XTP, DDP, IDPR-CMTP, TP++, IL, IPv6, SDRP, IPv6-Route, IPv6-Frag, IDRP, RSVP, ' +
  'GRE, DSR, BNA, ESP, AH, I-NLSP, SWIPE, NARP, Min-IPv4, TLSP, SKIP, IPv6-ICMP, IPv6-NoNxt, IPv6-Opts, ' +
  'any-host-internal-protocol, CFTP, any-local-network, SAT-EXPAK, KRYPTOLAN, RVD, IPPC, ' +
  'any-distributed-file-system, SAT-MON, VISA, IPCV, CPNX, CPHB, WSN, PVP, BR-SAT-MON, SUN-ND, WB-MON, WB-EXPAK, ' +
  'ISO-IP, VMTP, SECURE-VMTP, VINES, IPTM, NSFNET-IGP, DGP, TCF, EIGRP, OSPFIGP, Sprite-RPC, LARP, MTP, AX.25, ' +
  'IPIP, MICP, SCC-SP, ETHERIP, ENCAP, any-private-encryption-scheme, GMTP, IFMP, PNNI, PIM, ARIS, SCPS, QNX, ' +
  'A/N, IPComp, SNP, Compaq-Peer, IPX-in-IP, VRRP, PGM, any-0-hop-protocol, L2TP, DDX, IATP, STP, SRP, UTI, SMP, ' +
  'SM, PTP, ISIS over IPv4, FIRE, CRTP, CRUDP, SSCOPMCE, IPLT, SPS, PIPE, SCTP, FC, RSVP-E2E-IGNORE, ' +
  'Mobility Header, UDPLite, MPLS-in-IP, manet, HIP, Shim6, WESP, ROHC, Ethernet, AGGFRAG, NSH';

/** Shown for a number that is no IP protocol (over 255), and for ICMP names of other protocols. */
export const UNKNOWN = 'unknown';

/** Names of the IP protocols, one for each of 0 to 255. */
export const protocolNames: readonly string[] = [
  ...assigned.split(', '),
  ...Array.from({ length: 107 }, () => 'unassigned'),
  'experimental',
  'experimental',
  'reserved',
];

/** Names of the EtherTypes that a flow is likely to have; others have none. */
export const etherTypeNames: ReadonlyMap<number, string> = new Map([
  [0x0800, 'IPv4'],
  [0x0806, 'ARP'],
  [0x86dd, 'IPv6'],
]);

/** Names of `FlowType` by number. */
export const flowTypeNames: ReadonlyMap<number, string> = byNumber(FlowType);

/** Names of `LayerStack` by number. */
export const layerNames: ReadonlyMap<number, string> = byNumber(Layer);

function byNumber(names: Readonly<Record<string, number>>): Map<number, string> {
  return new Map(Object.entries(names).map(([name, number]) => [number, name]));
}

/** Protocols whose messages {@link icmpNames} and {@link icmpV6Names} name. */
export const ICMP = 1;
export const ICMPV6 = 58;

/** Names of ICMP types (RFC 792, RFC 1256). */
export const icmpNames: ReadonlyMap<number, string> = new Map([
  [0, 'EchoReply'],
  [3, 'DestinationUnreachable'],
  [8, 'Echo'],
  [9, 'RouterAdvertisement'],
  [10, 'RouterSolicitation'],
  [11, 'TimeExceeded'],
]);

/** Names of ICMPv6 types (RFC 4443, RFC 4861). */
export const icmpV6Names: ReadonlyMap<number, string> = new Map([
  [1, 'DestinationUnreachable'],
  [2, 'PacketTooBig'],
  [3, 'TimeExceeded'],
  [128, 'EchoRequest'],
  [129, 'EchoReply'],
  [133, 'RouterSolicitation'],
  [134, 'RouterAdvertisement'],
]);

/** Name of an IP protocol; `unknown` for what is no octet. */
export function protocolName(number: number): string {
  return protocolNames[number] ?? UNKNOWN;
}

/** Name of an EtherType, or an empty string. */
export function etherTypeName(number: number): string {
  return etherTypeNames.get(number) ?? '';
}

/** Name of an ICMP or ICMPv6 type: empty when it has none, `unknown` when the protocol is neither. */
export function icmpName(protocol: number, type: number): string {
  if (protocol === ICMP) return icmpNames.get(type) ?? '';
  if (protocol === ICMPV6) return icmpV6Names.get(type) ?? '';
  return UNKNOWN;
}
