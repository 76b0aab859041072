import { addressOfFamily, macOctets } from './address-octets.ts';
import { shifted } from './packet.ts';
import type { Layer } from './packet.ts';
import { WireWriter } from './wire-writer.ts';

export interface EthernetOptions {
  source?: string;
  destination?: string;
  /** EtherType, or a length up to 1500 for an IEEE 802.3 frame. */
  etherType?: number;
}

/** Ethernet II, without preamble and frame check sequence (IEEE 802.3 section 3.1.1). */
export function ethernet(options: EthernetOptions = {}): Layer {
  return (inner) => ({
    bytes: new WireWriter()
      .bytes(macOctets(options.destination ?? '02:00:00:00:00:0b'))
      .bytes(macOctets(options.source ?? '02:00:00:00:00:0a'))
      .u16(options.etherType ?? inner.etherType)
      .bytes(inner.bytes)
      .finish(),
    etherType: 0x6558, // transparent Ethernet bridging
    protocol: 143, // Ethernet within SRv6 (RFC 8986)
  });
}

export interface VlanOptions {
  id: number;
  priority?: number;
  dropEligible?: boolean;
  /** How the tag itself is announced: 0x8100 (802.1Q), 0x88a8 (802.1ad), 0x9100. */
  tagType?: number;
  /** EtherType of what follows. */
  etherType?: number;
}

/** One VLAN tag (IEEE 802.1Q section 9.6); two of them are QinQ. */
export function vlan(options: VlanOptions): Layer {
  const control = ((options.priority ?? 0) << 13) | (options.dropEligible === true ? 0x1000 : 0) | options.id;
  return (inner) => ({
    ...inner,
    bytes: new WireWriter()
      .u16(control)
      .u16(options.etherType ?? inner.etherType)
      .bytes(inner.bytes)
      .finish(),
    etherType: options.tagType ?? 0x8100,
    ...shifted(inner.checksum, 4),
  });
}

export interface MplsEntry {
  label: number;
  ttl?: number;
  trafficClass?: number;
  /** Bottom of the stack; the last entry by default. */
  bottom?: boolean;
}

/** An MPLS label stack, top first (RFC 3032 section 2.1). It does not say what it carries. */
export function mpls(entries: readonly MplsEntry[], etherType = 0x8847): Layer {
  return (inner) => {
    const writer = new WireWriter();
    entries.forEach((entry, i) => {
      const bottom = entry.bottom ?? i === entries.length - 1;
      writer.u24((entry.label << 4) | ((entry.trafficClass ?? 0) << 1) | (bottom ? 1 : 0)).u8(entry.ttl ?? 64);
    });
    return { bytes: writer.bytes(inner.bytes).finish(), etherType, protocol: 137 };
  };
}

export interface ArpOptions {
  senderMac?: string;
  sender: string;
  targetMac?: string;
  target: string;
  /** 1 request, 2 reply. */
  operation?: number;
}

/** ARP for IPv4 over Ethernet (RFC 826). */
export function arp(options: ArpOptions): Layer {
  return () => ({
    bytes: new WireWriter()
      .u16(1)
      .u16(0x0800)
      .u8(6)
      .u8(4)
      .u16(options.operation ?? 1)
      .bytes(macOctets(options.senderMac ?? '02:00:00:00:00:0a'))
      .bytes(addressOfFamily(options.sender, 4))
      .bytes(macOctets(options.targetMac ?? '00:00:00:00:00:00'))
      .bytes(addressOfFamily(options.target, 4))
      .finish(),
    etherType: 0x0806,
    protocol: 54, // NARP; ARP is not carried by IP
  });
}
