import fc from 'fast-check';
import { MAX_LAYERS } from '#src/decode/limits.js';
import type { Layer } from '#src/simulate/packet.js';
import { data, packet } from '#src/simulate/packet.js';
import { ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import {
  authentication,
  destinationOptions,
  hopByHop,
  ipv6Fragment,
  segmentRouting,
} from '#src/simulate/packet-ipv6-extensions.js';
import { ethernet, mpls, vlan } from '#src/simulate/packet-link.js';
import { icmp, icmpv6, tcp, udp } from '#src/simulate/packet-transport.js';
import { gre } from '#src/simulate/packet-tunnels.js';
import { ipv4Text, ipv6Text, macText, octets, u16, u32, u8 } from './arbitraries.ts';
import type { Columns } from './flow-columns.ts';

/** A part of a packet: its layers, outermost first, and the columns that it must fill. */
interface Part {
  readonly layers: readonly Layer[];
  readonly columns: Partial<Columns>;
  /** Names of the layers and their octets, as `layer_stack` and `layer_size` list them. */
  readonly stack: readonly (readonly [name: string, octets: number])[];
  /** Headers that are walked over without being listed. */
  readonly unlisted?: number;
}

/** A packet that a sampler may see, with the columns that it must fill. */
export interface ArbitraryPacket {
  readonly bytes: Uint8Array;
  readonly columns: Partial<Columns>;
}

const nothing: Part = { layers: [], columns: {}, stack: [] };

/** Puts parts behind each other; what is inside of a tunnel only adds to the stack, and its ICMP when there is no other. */
function inTunnel(outer: Part, inner: Part): Part {
  const { icmp_type, icmp_code } = inner.columns;
  return {
    layers: [...outer.layers, ...inner.layers],
    columns: { ...outer.columns, ...(icmp_type === undefined ? {} : { icmp_type, icmp_code }) },
    stack: [...outer.stack, ...inner.stack],
    unlisted: (outer.unlisted ?? 0) + (inner.unlisted ?? 0),
  };
}

function behind(outer: Part, inner: Part): Part {
  return { ...inTunnel(outer, inner), columns: { ...outer.columns, ...inner.columns } };
}

/** Ports of nothing that is parsed further. */
const port = fc.integer({ min: 0, max: 1_000 });

const tcpPart: fc.Arbitrary<Part> = fc
  .record({ source: port, destination: port, flags: u8, options: octets(40) })
  .map(({ source, destination, flags, options }) => ({
    layers: [tcp({ sourcePort: source, destinationPort: destination, flags, options })],
    columns: { proto: 6n, src_port: BigInt(source), dst_port: BigInt(destination), tcp_flags: BigInt(flags) },
    stack: [['TCP', 20 + Math.ceil(options.length / 4) * 4]],
  }));

const udpPart: fc.Arbitrary<Part> = fc
  .record({ source: port, destination: port, payload: octets(20) })
  .map(({ source, destination, payload }) => ({
    layers: [udp({ sourcePort: source, destinationPort: destination }), data(payload)],
    columns: { proto: 17n, src_port: BigInt(source), dst_port: BigInt(destination) },
    stack: [['UDP', 8]],
  }));

const icmpPart = (version: 4 | 6): fc.Arbitrary<Part> =>
  fc.record({ type: u8, code: u8, rest: u32 }).map((message) => ({
    layers: [version === 4 ? icmp(message) : icmpv6(message)],
    columns: {
      proto: version === 4 ? 1n : 58n,
      icmp_type: BigInt(message.type),
      icmp_code: BigInt(message.code),
    },
    stack: [[version === 4 ? 'ICMP' : 'ICMPv6', 8]],
  }));

/** A protocol that is not parsed: ESP, OSPF, SCTP. */
const otherPart: fc.Arbitrary<Part> = fc.tuple(fc.constantFrom(50, 89, 132), octets(20)).map(([protocol, payload]) => ({
  ...nothing,
  layers: [data(payload, protocol)],
  columns: { proto: BigInt(protocol) },
}));

const greHead = fc
  .record({
    withChecksum: fc.boolean(),
    key: fc.option(u32, { nil: undefined }),
    sequence: fc.option(u32, { nil: undefined }),
  })
  .map(({ withChecksum, key, sequence }): Part => {
    const fields = [withChecksum || undefined, key, sequence].filter((field) => field !== undefined);
    const options = {
      withChecksum,
      ...(key === undefined ? {} : { key }),
      ...(sequence === undefined ? {} : { sequence }),
    };
    return { layers: [gre(options)], columns: { proto: 47n }, stack: [['GRE', 4 + 4 * fields.length]] };
  });

/** What an IP header may carry; tunnels in tunnels down to `depth`. */
function payloadPart(version: 4 | 6, depth: number): fc.Arbitrary<Part> {
  const plain = [tcpPart, udpPart, icmpPart(version), otherPart];
  if (depth === 0) return fc.oneof(...plain);
  const ipInIp = networkPart(depth - 1).map(({ part, version: inner }) =>
    inTunnel({ ...nothing, columns: { proto: inner === 4 ? 4n : 41n } }, part),
  );
  const inGre = fc
    .tuple(
      greHead,
      fc.oneof(
        networkPart(depth - 1).map(({ part }) => part),
        framePart(depth - 1),
      ),
    )
    .map(([head, inner]) => inTunnel(head, inner));
  return fc.oneof(...plain, ipInIp, inGre);
}

const ipv4Head = fc
  .record({
    source: ipv4Text,
    destination: ipv4Text,
    tos: u8,
    ttl: u8,
    identification: u16,
    flags: fc.constantFrom(0, 2),
    options: octets(40),
  })
  .map((header): Part => ({
    layers: [ipv4(header)],
    columns: {
      etype: 0x0800n,
      src_addr: header.source,
      dst_addr: header.destination,
      ip_tos: BigInt(header.tos),
      ip_ttl: BigInt(header.ttl),
      fragment_id: BigInt(header.identification),
      ip_flags: BigInt(header.flags),
    },
    stack: [['IPv4', 20 + Math.ceil(header.options.length / 4) * 4]],
  }));

const ipv6Head = fc
  .record({
    source: ipv6Text,
    destination: ipv6Text,
    trafficClass: u8,
    flowLabel: fc.integer({ min: 0, max: 0xfffff }),
    hopLimit: u8,
  })
  .map((header): Part => ({
    layers: [ipv6(header)],
    columns: {
      etype: 0x86ddn,
      src_addr: header.source,
      dst_addr: header.destination,
      ip_tos: BigInt(header.trafficClass),
      ip_ttl: BigInt(header.hopLimit),
      ipv6_flow_label: BigInt(header.flowLabel),
    },
    stack: [['IPv6', 40]],
  }));

/** A padding option of `length` octets in all, so that options have any length. */
const paddingOption = fc
  .integer({ min: 2, max: 30 })
  .map((length) => Uint8Array.of(1, length - 2, ...new Array<number>(length - 2).fill(0)));

const routing = fc
  .tuple(fc.array(ipv6Text, { minLength: 1, maxLength: 4 }), u16)
  .chain(([segments, tag]) => fc.tuple(fc.constant(segments), fc.constant(tag), fc.nat(segments.length - 1)))
  .map(([segments, tag, segmentsLeft]): Part => ({
    layers: [segmentRouting({ segments, tag, segmentsLeft })],
    columns: { ipv6_routing_header_addresses: segments, ipv6_routing_header_seg_left: BigInt(segmentsLeft) },
    stack: [['IPv6HeaderRouting', 8 + 16 * segments.length]],
  }));

/** A fragment header of a packet that is whole (RFC 6946). */
const atomicFragment = u32.map((identification): Part => ({
  layers: [ipv6Fragment({ identification })],
  columns: { fragment_id: BigInt(identification) },
  stack: [['IPv6HeaderFragment', 8]],
}));

const walkedOver = (layer: Layer): Part => ({ ...nothing, layers: [layer], unlisted: 1 });

/** Extension headers in the order of RFC 8200 section 4.1, each of them or not. */
const extensions = fc
  .tuple(
    fc.option(paddingOption.map((option) => walkedOver(hopByHop(option)))),
    fc.option(paddingOption.map((option) => walkedOver(destinationOptions(option)))),
    fc.option(routing),
    fc.option(atomicFragment),
    fc.option(u32.map((sequence) => walkedOver(authentication({ spi: 7, sequence })))),
    fc.option(paddingOption.map((option) => walkedOver(destinationOptions(option)))),
  )
  .map((parts) => parts.reduce<Part>((whole, part) => (part === null ? whole : behind(whole, part)), nothing));

function networkPart(depth: number): fc.Arbitrary<{ part: Part; version: 4 | 6 }> {
  const four = fc.tuple(ipv4Head, payloadPart(4, depth)).map(([head, payload]) => behind(head, payload));
  const six = fc
    .tuple(ipv6Head, extensions, payloadPart(6, depth))
    .map(([head, more, payload]) => behind(behind(head, more), payload));
  return fc.oneof(
    four.map((part) => ({ part, version: 4 as const })),
    six.map((part) => ({ part, version: 6 as const })),
  );
}

const tags = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 4_095 }),
    priority: fc.nat(7),
    tagType: fc.constantFrom(0x8100, 0x88a8, 0x9100),
  }),
  { maxLength: 2 },
);

/** Labels that name no payload (RFC 3032 section 2.1 reserves those below 16). */
const labels = fc.array(fc.record({ label: fc.integer({ min: 16, max: 0xfffff }), ttl: u8, trafficClass: fc.nat(7) }), {
  maxLength: 4,
});

function framePart(depth: number): fc.Arbitrary<Part> {
  return fc
    .record({ source: macText, destination: macText, tags, labels, network: networkPart(depth) })
    .map(({ source, destination, tags: given, labels: entries, network }) => {
      let frame: Part = {
        layers: [ethernet({ source, destination })],
        columns: { src_mac: source, dst_mac: destination },
        stack: [['Ethernet', 14]],
      };
      for (const tag of given) {
        frame = behind(frame, { layers: [vlan(tag)], columns: { vlan_id: BigInt(tag.id) }, stack: [['Dot1Q', 4]] });
      }
      if (entries.length > 0) frame = behind(frame, stackOf(entries));
      return behind(frame, network.part);
    });
}

function stackOf(entries: { label: number; ttl: number }[]): Part {
  return {
    layers: [mpls(entries)],
    columns: {
      mpls_label: entries.map(({ label }) => BigInt(label)),
      mpls_ttl: entries.map(({ ttl }) => BigInt(ttl)),
    },
    stack: [['MPLS', 4 * entries.length]],
  };
}

/** Whether a parser with the limit reads all of it. */
function withinLimit({ stack, unlisted = 0 }: Part): boolean {
  return stack.length + unlisted <= MAX_LAYERS;
}

function finished({ layers, columns, stack }: Part): ArbitraryPacket {
  const listed = { layer_stack: stack.map(([name]) => name), layer_size: stack.map(([, size]) => BigInt(size)) };
  return { bytes: packet(...layers), columns: { ...columns, ...listed } };
}

/** Ethernet frames with tags, labels, both families, extension headers, options, transports and two levels of tunnels. */
export const arbitraryFrame: fc.Arbitrary<ArbitraryPacket> = framePart(2).filter(withinLimit).map(finished);

/** IP packets without a link layer, of one family. */
export const arbitraryIpPacket: fc.Arbitrary<ArbitraryPacket & { version: 4 | 6 }> = networkPart(1)
  .filter(({ part }) => withinLimit(part))
  .map(({ part, version }) => ({ ...finished(part), version }));
