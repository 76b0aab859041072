/**
 * What one instruction of a {@link Plan} does. `at` is where its field begins; columns are named by their first word
 * in the record, and `b` and `c` are described here.
 */
export const Op = {
  /** words[b] = 8, 16, 24 or 32 bits at `at + c`. */
  u8: 0,
  u16: 1,
  u24: 2,
  u32: 3,
  /** words[b], words[b + 1] = 40, 48, 56 or 64 bits. */
  u40: 4,
  u48: 5,
  u56: 6,
  u64: 7,
  /** The column at b = the address. */
  ipv4: 8,
  ipv6: 9,
  /** The same unless it is 0.0.0.0. */
  ipv4UnlessZero: 10,
  /** words[b] = c. */
  set: 11,
  /** etype = the EtherType of the family of the address at b, where that is zero of the one at c. */
  family: 12,
  /** etype = the EtherType of the IP version at `at`. */
  ipVersion: 13,
  /** The address at b becomes 0.0.0.0 if it is :: and the flow is IPv4. */
  settle: 14,
  /** words[b] >>>= c. */
  shift: 15,
  /** words[b] and words[c] = the upper and the lower octet of words[b]. */
  split: 16,
  /** Label b of the stack = the entry of c octets. */
  mplsLabel: 17,
  /** One more address in mpls_ip. */
  mplsIpv4: 18,
  mplsIpv6: 19,
  /** The time at b = the field. */
  seconds: 20,
  milliseconds: 21,
  ntpMicroseconds: 22,
  ntpNanoseconds: 23,
  /** The time at b = export time less the field of c octets, microseconds. */
  beforeExport: 24,
  /** The time at b = sysUptime of c octets, in v9. */
  sysUptime: 25,
  /** The same in IPFIX, counted from the start of the exporter, where that is known. */
  sinceStart: 26,
  /** The start of the exporter = the field, milliseconds. */
  exporterStart: 27,
  /** One end of the flow = the other one and the duration of c octets; b is a {@link Duration}. */
  duration: 28,
  /** Skips c instructions unless words[at] is b. */
  unless: 29,
  /** Skips c instructions unless field `at` has b octets; a field that has others is counted. Templates with variable
   * lengths only. */
  unlessLength: 30,
  /** words[b] (and the next one if c is 1) = a number of as many octets as the record tells. */
  unsigned: 31,
  /** words[b], words[b + 1] = 1 / the probability of c octets, a rate; 0 where that is none. */
  probability: 32,
  /** words[b] (and the next one in `little64`) = a number of c octets, the least significant one first. */
  little32: 33,
  little64: 34,
  /** Destination b of the mapping file gets the c octets of the field. */
  mapped: 35,
  /** words[b], words[b + 1] = an application id of c octets: the first one, its engine, is the top one. */
  application: 36,
} as const;

/** Which end of a flow a duration gives, and its unit. */
export const Duration = { endByMs: 0, startByMs: 1, endByUs: 2, startByUs: 3 } as const;

/** Words of an instruction: operation, `at`, b, c. */
export const OP_WORDS = 4;

/** A packet, or the beginning of one, as a field (RFC 7133). */
export interface PacketSection {
  /** Whether it begins with a frame of the link or with an IP header. */
  readonly kind: 'frame' | 'ip';
  /** Index of the field. */
  readonly field: number;
  /** Offset in a record of fixed length, and octets there. */
  readonly at: number;
  readonly length: number;
  /** Whether its length, or the size of the packet, is the best that is known of the octets; and 1 of the packets. */
  readonly bytes: boolean;
  readonly packets: boolean;
}

/**
 * How the records of a template become flows: a flat list of instructions, made once a template. Everything that the
 * template decides is decided in it: which element fills a column, where it stands, which sizes are wrong.
 */
export interface Plan {
  readonly version: 9 | 10;
  /** Whether records have fields of variable length; `at` is then the index of a field, else an offset. */
  readonly variable: boolean;
  /** Octets of a record of fixed length. */
  readonly recordLength: number;
  readonly ops: Int32Array;
  /** Numbers that are not columns: their `b` is a {@link Register}. Empty for most templates. */
  readonly registerOps: Int32Array;
  /** Bits of the registers that the template fills, `1 << register / 2`. */
  readonly registers: number;
  /** Whether they have to be read even where all samplers of the domain have one rate. */
  readonly registersTellMore: boolean;
  readonly section: PacketSection | undefined;
  /** Fields in each record that are left out for their size. */
  readonly wrongSizes: number;
  /** Whether octets and packets are totals. */
  readonly totalBytes: boolean;
  readonly totalPackets: boolean;
  /** Reverse elements without a key that tells the direction: its records are dropped (RFC 5103 section 4). */
  readonly noDirection: boolean;
}

/** Numbers of 64 bits beside the columns: two words each. */
export const Register = {
  samplingInterval: 0,
  samplerRandomInterval: 2,
  samplingPacketInterval: 4,
  samplingPacketSpace: 6,
  samplingSize: 8,
  samplingPopulation: 10,
  /** A rate, already: 1 / probability. */
  samplingProbability: 12,
  samplerId: 14,
  selectorId: 16,
  frameType: 18,
  sectionOffset: 20,
  sectionOctets: 22,
  ingressInterface: 24,
  egressInterface: 26,
  anyInterface: 28,
  systemInitMs: 30,
  /** A rate: what the mapping file sends to `sampling_rate`. */
  mappedRate: 32,
} as const;

/** Words of all registers. */
export const REGISTER_WORDS = 34;
