import { slotOf } from '../../flow/fields.ts';
import { FlowRecord } from '../../flow/flow-record.ts';
import { Cursor } from '../cursor.ts';
import { MAX_IPV6_EXTENSIONS } from '../limits.ts';

const PROTO = slotOf('proto');

/**
 * One kind of header: a row of the table of layers. Built-in ones are in `layers.ts`; others can be put behind a
 * port, see {@link file://./port-parser.ts}.
 */
export interface LayerParser {
  /** Name in configuration, such as `ipv6-route`. */
  readonly name: string;
  /** Value in `layer_stack`; {@link UNLISTED} for headers that are walked over without an entry. */
  readonly layer: number;
  /** Names by which a mapping refers to this layer. */
  readonly keys: readonly string[];
  /** Where the layer belongs: 20 link, 25 tags, 30 network, 35 extensions, 40 transport and tunnels, 70 control. */
  readonly group: number;
  /** Never begins an encapsulation: tags, labels and headers that only prolong the layer before them. */
  readonly prolongs: boolean;
  /** Octets that have to be there; with fewer the chain ends and the layer is not listed. */
  readonly minimum: number;
  /** EtherType of the flow when this is the first layer; 0 when the layer tells it itself or has none. */
  readonly etherType: number;
  /**
   * Reads one header, of which the first `minimum` octets are claimed in `frame.cursor`. Columns are only filled
   * while `frame.fills` is true. Sets `frame.size` when the header is not `minimum` octets long.
   *
   * @returns what follows; undefined ends the chain
   */
  parse(frame: Frame): LayerParser | undefined;
}

/** `layer` of headers without a value in `layer_stack`: IPv6 hop-by-hop and destination options, AH and the like. */
export const UNLISTED = -1;

/**
 * Sees every layer that was read, in order: for mappings of single bits. `frame.size` is the length of the header as
 * it says itself, which may be more than was captured; `frame.encapsulated` tells whether it is inside of a tunnel.
 */
export interface LayerObserver {
  /**
   * @param via how the layer was chosen, a {@link Via} plus the number
   * @param start first octet of the layer, absolute in `frame.cursor.bytes`; the packet ends at `frame.cursor.end`
   */
  layer(frame: Frame, parser: LayerParser, via: number, start: number): void;
}

/** Layers by what the layer before says of them; a number without a layer ends the chain. */
export interface NextLayers {
  /** By EtherType, 16 bits. */
  readonly etherTypes: readonly (LayerParser | undefined)[];
  /** By IP protocol, 8 bits. */
  readonly ipProtocols: readonly (LayerParser | undefined)[];
  /** By next header, 8 bits: extension headers, only behind an IPv6 header. */
  readonly ipv6Extensions: readonly (LayerParser | undefined)[];
  /** Absent when no port of the protocol is configured. */
  readonly tcpPorts: LayersByPort | undefined;
  readonly udpPorts: LayersByPort | undefined;
}

export interface LayersByPort {
  readonly source: ReadonlyMap<number, LayerParser>;
  readonly destination: ReadonlyMap<number, LayerParser>;
}

/** How a layer was chosen, in the upper half of {@link Frame.via}; the lower half is the number. */
export const Via = {
  /** By its predecessor, or as the first layer. */
  direct: 0,
  etherType: 1 << 16,
  ipProtocol: 2 << 16,
  tcpPort: 3 << 16,
  udpPort: 4 << 16,
} as const;

/** A sampled packet on its way through the layers: what a {@link LayerParser} reads from and answers to. */
export class Frame {
  /** The packet. When a layer is read, its first octets are claimed. */
  readonly cursor = new Cursor();
  /** The flow that is filled, and its words. */
  flow: FlowRecord;
  words: Uint32Array;
  /** Whether this layer is inside of a tunnel. */
  encapsulated = false;
  /** Whether its values go to the columns, which tell about the outer packet, or where that was asked for the inner one. */
  fills = true;
  /** The deepest group so far: 30 once a network layer was seen. */
  group = 0;
  /** Octets of the header that is being read; the parser changes it where it is not the minimum. */
  size = 0;
  /** Set by {@link reject}. */
  rejected = false;
  /** Whether an ICMP header was seen. */
  icmp = false;
  /** How the layer was chosen: a {@link Via} plus the number. Once a parser has answered: how the next one was. */
  via = 0;
  #extensions = 0;
  readonly #next: NextLayers;

  constructor(next: NextLayers) {
    this.#next = next;
    this.flow = new FlowRecord();
    this.words = this.flow.words;
  }

  /** Begins another packet, between `start` and `end` of `bytes`. */
  begin(flow: FlowRecord, bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.cursor.reset(bytes, view, start, end);
    this.flow = flow;
    this.words = flow.words;
    this.encapsulated = this.rejected = this.icmp = false;
    this.fills = true;
    this.group = this.via = 0;
  }

  /** Answer of a parser when the octets are no header of its kind: the layer is not listed and the chain ends. */
  reject(): undefined {
    this.rejected = true;
    return undefined;
  }

  /** What follows by EtherType. */
  byEtherType(type: number): LayerParser | undefined {
    this.via = Via.etherType | type;
    return this.#next.etherTypes[type];
  }

  /** What follows an IPv4 header. */
  byIpProtocol(protocol: number): LayerParser | undefined {
    this.via = Via.ipProtocol | protocol;
    return this.#next.ipProtocols[protocol];
  }

  /** Forgets the extension headers of an outer IPv6 packet. */
  beginIpv6(): void {
    this.#extensions = 0;
  }

  /**
   * What follows an IPv6 header or one of its extension headers (RFC 8200 section 4). `proto` tells the last one that
   * was reached: the transport's.
   */
  byNextHeader(nextHeader: number): LayerParser | undefined {
    this.via = Via.ipProtocol | nextHeader;
    if (this.fills) this.words[PROTO] = nextHeader;
    const extension = this.#next.ipv6Extensions[nextHeader];
    if (extension === undefined) return this.#next.ipProtocols[nextHeader];
    return ++this.#extensions > MAX_IPV6_EXTENSIONS ? undefined : extension;
  }

  /** What follows UDP, by its ports as they stand in the header: the source in the upper 16 bits. */
  byUdpPort(ports: number): LayerParser | undefined {
    const table = this.#next.udpPorts;
    return table === undefined ? undefined : this.#byPort(table, Via.udpPort, ports);
  }

  /** What follows TCP, by its ports as they stand in the header: the source in the upper 16 bits. */
  byTcpPort(ports: number): LayerParser | undefined {
    const table = this.#next.tcpPorts;
    return table === undefined ? undefined : this.#byPort(table, Via.tcpPort, ports);
  }

  /** The destination port goes before the source port. */
  #byPort(table: LayersByPort, via: number, ports: number): LayerParser | undefined {
    const source = ports >>> 16;
    const destination = ports & 0xffff;
    const byDestination = table.destination.get(destination);
    this.via = via | (byDestination === undefined ? source : destination);
    return byDestination ?? table.source.get(source);
  }
}
