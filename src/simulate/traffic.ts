import { addressOctets, canonicalAddress } from './address-octets.ts';
import { mix32, Random, unmix32 } from './random.ts';
import type { SimulatedFlow } from './simulated-flow.ts';

export interface TrafficOptions {
  /** Everything follows from it. */
  readonly seed: number;
  /** Tells the traffic of several exporters apart: 0 to 127. */
  readonly stream?: number;
  /** Unix nanoseconds at which flow 0 ends. */
  readonly start: bigint;
  /** Nanoseconds from the end of one flow to the end of the next. */
  readonly interval?: bigint;
  /** Share of flows over IPv6, 0 to 1. */
  readonly ipv6?: number;
}

/** What identifies a flow in whatever a collector delivers. */
export interface FlowIdentity {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

interface Service {
  readonly protocol: 6 | 17;
  readonly port: number;
}

/** Commoner ones more often. */
const services: readonly Service[] = [
  ...Array.from({ length: 12 }, () => ({ protocol: 6, port: 443 }) as const),
  ...Array.from({ length: 4 }, () => ({ protocol: 17, port: 443 }) as const),
  ...Array.from({ length: 4 }, () => ({ protocol: 17, port: 53 }) as const),
  { protocol: 6, port: 80 },
  { protocol: 6, port: 22 },
  { protocol: 6, port: 25 },
  { protocol: 17, port: 123 },
  { protocol: 6, port: 3306 },
];

/** Autonomous systems for documentation (RFC 5398), of 16 and of 32 bits. */
const systems = [64_496, 64_500, 64_505, 64_511, 65_536, 65_550];

/** TCP flags of a whole connection, of a refused one, of one that goes on. */
const tcpFlags = [0x1b, 0x1b, 0x1b, 0x1a, 0x14, 0x18];

const SERVERS = 200;
const FIRST_CLIENT_PORT = 32_768;

/**
 * Flows between many clients and a few popular servers, with sizes of a heavy tail. Flow `i` is a function of the seed
 * and of `i` alone, so that whoever receives a flow can tell which one it is (`identify`) and compare all of it.
 *
 * The 32 bits of `i` are scattered over the client: 17 bits are in its address (10.0.0.0/8, the stream in the second
 * octet; 2001:db8:STREAM::/48) and 15 in its port, or for ICMP in the address that it asks (198.18.0.0/16 of RFC 2544,
 * 2001:db8:ffff::/48). The low 16 bits are in the octets as well.
 */
export class Traffic {
  readonly #seed: number;
  readonly #stream: number;
  readonly #start: bigint;
  readonly #interval: bigint;
  readonly #ipv6: number;
  readonly #scatter: number;

  constructor(options: TrafficOptions) {
    this.#seed = options.seed;
    this.#stream = options.stream ?? 0;
    this.#start = options.start;
    this.#interval = options.interval ?? 1_000_000n;
    this.#ipv6 = options.ipv6 ?? 0.3;
    this.#scatter = mix32(options.seed);
    if (this.#stream < 0 || this.#stream > 127) throw new RangeError('stream: 0 to 127');
  }

  /** Flow `index`, 0 to 2^32 - 1. */
  flow(index: number): SimulatedFlow {
    const random = new Random(this.#seed, this.#stream, index);
    const ipv6 = random.chance(this.#ipv6);
    const bits = mix32(index ^ this.#scatter);
    const client = this.#client(bits >>> 15, ipv6);
    const kind = random.chance(0.05) ? icmpKind(random, ipv6) : random.pick(services);
    const server = random.zipf(SERVERS, 0.8);
    const end = this.#start + BigInt(index) * this.#interval;
    const octets = 64 + random.zipf(60_000, 1.2) * 65_536 - 65_536 + (index & 0xffff);
    const common = {
      octets,
      packets: Math.ceil(octets / random.between(200, 1_400)),
      start: end - BigInt(random.zipf(60_000)) * 1_000_000n,
      end,
      tos: random.chance(0.1) ? 0xb8 : 0,
      ttl: random.between(40, 64),
      inputInterface: random.between(1, 8),
      outputInterface: random.between(9, 16),
      vlan: random.between(1, 4_094),
      forwardingStatus: 0x40,
      direction: 0,
      ...(ipv6 ? { flowLabel: random.below(0x100000) } : { fragmentId: random.below(65_536) }),
    };
    const towards = {
      ...common,
      source: client,
      sourceMac: '02:00:00:00:00:0a',
      destinationMac: '02:00:00:00:00:0b',
      sourceAs: 64_496,
      destinationAs: systems[server % systems.length]!,
      sourcePrefixLength: ipv6 ? 48 : 16,
      destinationPrefixLength: ipv6 ? 48 : 24,
      nextHop: ipv6 ? '2001:db8:fe::1' : '192.0.2.129',
      bgpNextHop: ipv6 ? '2001:db8:fe::2' : '192.0.2.130',
    };
    if ('type' in kind) {
      const destination = icmpTarget(bits & 0x7fff, ipv6);
      return { ...towards, destination, protocol: kind.protocol, icmpType: kind.type, icmpCode: kind.code };
    }
    const ask: SimulatedFlow = {
      ...towards,
      destination: ipv6 ? `2001:db8:f0::${server.toString(16)}` : `203.0.113.${server}`,
      protocol: kind.protocol,
      sourcePort: FIRST_CLIENT_PORT + (bits & 0x7fff),
      destinationPort: kind.port,
      ...(kind.protocol === 6 ? { tcpFlags: random.pick(tcpFlags) } : {}),
    };
    return random.chance(0.5) ? ask : reversed(ask);
  }

  /** Flows `from` to before `to`. */
  *flows(from: number, to: number): Generator<SimulatedFlow> {
    for (let i = from; i < to; i++) yield this.flow(i);
  }

  /** Which flow it is; undefined when it is none of this stream. Compare with `flow(i)` to be sure of all of it. */
  identify(flow: FlowIdentity): number | undefined {
    const icmp = flow.protocol === 1 || flow.protocol === 58;
    let client = this.#clientBits(flow.source);
    let low = icmp ? icmpTargetBits(flow.destination) : flow.sourcePort - FIRST_CLIENT_PORT;
    if (client === undefined && !icmp) {
      client = this.#clientBits(flow.destination);
      low = flow.destinationPort - FIRST_CLIENT_PORT;
    }
    if (client === undefined || client > 0x1ffff) return undefined;
    if (low === undefined || low < 0 || low > 0x7fff) return undefined;
    return (unmix32(((client << 15) | low) >>> 0) ^ this.#scatter) >>> 0;
  }

  #client(bits: number, ipv6: boolean): string {
    if (!ipv6) return `10.${this.#stream * 2 + (bits >>> 16)}.${(bits >>> 8) & 255}.${bits & 255}`;
    const low = `${(bits >>> 16).toString(16)}:${(bits & 0xffff).toString(16)}`;
    return canonicalAddress(`2001:db8:${this.#stream.toString(16)}::${low}`);
  }

  /** The 17 bits of {@link #client}. */
  #clientBits(text: string): number | undefined {
    const octets = addressOctets(text);
    const view = new DataView(octets.buffer);
    if (octets.length === 4) {
      if (octets[0] !== 10 || octets[1]! >> 1 !== this.#stream) return undefined;
      return view.getUint32(0) & 0x1ffff;
    }
    if (view.getUint32(0) !== 0x2001_0db8 || view.getUint16(4) !== this.#stream) return undefined;
    return view.getUint32(12);
  }
}

function reversed(flow: SimulatedFlow): SimulatedFlow {
  return {
    ...flow,
    source: flow.destination,
    destination: flow.source,
    sourcePort: flow.destinationPort!,
    destinationPort: flow.sourcePort!,
    inputInterface: flow.outputInterface!,
    outputInterface: flow.inputInterface!,
    sourceMac: flow.destinationMac!,
    destinationMac: flow.sourceMac!,
    sourceAs: flow.destinationAs!,
    destinationAs: flow.sourceAs!,
    sourcePrefixLength: flow.destinationPrefixLength!,
    destinationPrefixLength: flow.sourcePrefixLength!,
  };
}

function icmpKind(random: Random, ipv6: boolean): { protocol: number; type: number; code: number } {
  if (ipv6) return { protocol: 58, type: random.pick([128, 129, 1, 3]), code: 0 };
  const type = random.pick([8, 8, 0, 3, 11]);
  return { protocol: 1, type, code: type === 3 ? random.below(16) : 0 };
}

function icmpTarget(bits: number, ipv6: boolean): string {
  return ipv6 ? canonicalAddress(`2001:db8:ffff::${bits.toString(16)}`) : `198.18.${bits >>> 8}.${bits & 255}`;
}

function icmpTargetBits(text: string): number | undefined {
  const octets = addressOctets(text);
  if (octets.length === 4 ? octets[0] !== 198 || octets[1] !== 18 : octets[4] !== 255 || octets[5] !== 255)
    return undefined;
  return new DataView(octets.buffer).getUint16(octets.length - 2);
}
