import type { FixedVersion } from '../decode/netflow-fixed/layout.ts';
import { addressOfFamily } from './address-octets.ts';
import type { SimulatedFlow } from './simulated-flow.ts';
import { sysUptimeMs } from './uptime.ts';
import { WireWriter } from './wire-writer.ts';
import type { WireNumber } from './wire-writer.ts';

/** The header; v1 has none of what follows the sequence number, v7 only that. */
export interface NetFlowV5Header {
  sysUptimeMs: number;
  unixSeconds: number;
  unixNanoseconds?: number;
  /** Flows that were exported before this datagram. */
  sequence: number;
  engineType?: number;
  engineId?: number;
  /** Two bits: 1 = deterministic, 2 = random. */
  samplingMode?: number;
  /** 14 bits. */
  samplingInterval?: number;
  /** Wrong on purpose: */
  version?: number;
  count?: number;
}

/** A record; v1 has neither AS numbers nor masks. */
export interface NetFlowV5Record {
  source: string;
  destination: string;
  nextHop?: string;
  input?: number;
  output?: number;
  packets: WireNumber;
  octets: WireNumber;
  /** sysUptime at the first and the last packet, milliseconds. */
  first: number;
  last: number;
  sourcePort?: number;
  destinationPort?: number;
  tcpFlags?: number;
  protocol: number;
  tos?: number;
  sourceAs?: number;
  destinationAs?: number;
  sourceMask?: number;
  destinationMask?: number;
  /** v7: router that the switch has taken the flow over from. */
  routerShortcut?: string;
}

/** A NetFlow v5 datagram (Cisco, NetFlow Export Datagram Format, version 5). */
export function encodeNetFlowV5(header: NetFlowV5Header, records: readonly NetFlowV5Record[]): Uint8Array {
  return encodeFixed(5, header, records);
}

/** A datagram of NetFlow v1, v5 or v7 (the same document), with what the version has of header and records. */
export function encodeFixed(
  version: FixedVersion,
  header: NetFlowV5Header,
  records: readonly NetFlowV5Record[],
): Uint8Array {
  const writer = new WireWriter()
    .u16(header.version ?? version)
    .u16(header.count ?? records.length)
    .u32(header.sysUptimeMs)
    .u32(header.unixSeconds)
    .u32(header.unixNanoseconds ?? 0);
  if (version !== 1) writer.u32(header.sequence);
  if (version === 7) writer.u32(0);
  if (version === 5) {
    writer
      .u8(header.engineType ?? 0)
      .u8(header.engineId ?? 0)
      .u16(((header.samplingMode ?? 0) << 14) | (header.samplingInterval ?? 0));
  }
  for (const record of records) writeRecord(writer, version, record);
  return writer.finish();
}

function writeRecord(writer: WireWriter, version: FixedVersion, record: NetFlowV5Record): void {
  writer
    .bytes(addressOfFamily(record.source, 4))
    .bytes(addressOfFamily(record.destination, 4))
    .bytes(addressOfFamily(record.nextHop ?? '0.0.0.0', 4))
    .u16(record.input ?? 0)
    .u16(record.output ?? 0)
    .integer(record.packets, 4)
    .integer(record.octets, 4)
    .u32(record.first)
    .u32(record.last)
    .u16(record.sourcePort ?? 0)
    .u16(record.destinationPort ?? 0)
    .u8(0)
    .u8(version === 1 ? 0 : (record.tcpFlags ?? 0))
    .u8(record.protocol)
    .u8(record.tos ?? 0);
  if (version === 1) {
    writer
      .u8(record.tcpFlags ?? 0)
      .u8(0)
      .u16(0)
      .u32(0);
    return;
  }
  writer
    .u16(record.sourceAs ?? 0)
    .u16(record.destinationAs ?? 0)
    .u8(record.sourceMask ?? 0)
    .u8(record.destinationMask ?? 0)
    .u16(0);
  if (version === 7) writer.bytes(addressOfFamily(record.routerShortcut ?? '0.0.0.0', 4));
}

/** The record of a flow, which has to be IPv4; an AS number above 16 bits becomes AS_TRANS (RFC 6793). */
export function netFlowV5Record(flow: SimulatedFlow, boot: bigint): NetFlowV5Record {
  const icmp = ((flow.icmpType ?? 0) << 8) | (flow.icmpCode ?? 0); // ICMP goes where the destination port is
  return {
    source: flow.source,
    destination: flow.destination,
    nextHop: flow.nextHop ?? '0.0.0.0',
    input: flow.inputInterface ?? 0,
    output: flow.outputInterface ?? 0,
    packets: flow.packets,
    octets: flow.octets,
    first: sysUptimeMs(boot, flow.start),
    last: sysUptimeMs(boot, flow.end),
    sourcePort: flow.sourcePort ?? 0,
    destinationPort: flow.protocol === 1 ? icmp : (flow.destinationPort ?? 0),
    tcpFlags: flow.tcpFlags ?? 0,
    protocol: flow.protocol,
    tos: flow.tos ?? 0,
    sourceAs: asTwoOctets(flow.sourceAs ?? 0),
    destinationAs: asTwoOctets(flow.destinationAs ?? 0),
    sourceMask: flow.sourcePrefixLength ?? 0,
    destinationMask: flow.destinationPrefixLength ?? 0,
  };
}

function asTwoOctets(number: number): number {
  return number > 65_535 ? 23_456 : number;
}
