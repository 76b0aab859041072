import type { Frame, LayerObserver, LayerParser } from '../../decode/headers/layer-parser.ts';
import { UNLISTED, Via } from '../../decode/headers/layer-parser.ts';
import type { CustomLayout } from '../../flow/custom-fields.ts';
import { alignNumber, copyBits } from './bits.ts';
import { destinationOf, numberSlot, storeOf } from './destinations.ts';
import type { Store } from './destinations.ts';

/** Bits of a layer that go to a column or to a field of a user's own: a row of `sflow.mapping`. */
export interface LayerMapping {
  /** A key of a layer, `etype2048`, `etype0x0800`, `proto17`, `udp6081`, or one of {@link places}. */
  readonly layer: string;
  /** Whether it is about layers inside of a tunnel, or about those outside. */
  readonly encap: boolean;
  /** Bits from the beginning of the layer; also below 0. */
  readonly offset: number;
  /** How many bits. */
  readonly length: number;
  readonly destination: string;
  readonly little: boolean;
}

/** Most bits of one mapping. */
export const MAX_MAPPED_BITS = 16_384;

/** Names of places that are no headers: the packet, what follows TCP or UDP, and ARP, whose header is not parsed. */
export const places = ['0', '7', 'arp'] as const;

/** Names that are one: how the documents of mapping files call a layer. */
export const layerAliases: ReadonlyMap<string, string> = new Map([['icmp6', 'icmpv6']]);

const ARP = 0x0806;
const NETWORK_GROUP = 30;
const vias: readonly [via: number, name: string][] = [
  [Via.etherType, 'etype'],
  [Via.ipProtocol, 'proto'],
  [Via.tcpPort, 'tcp'],
  [Via.udpPort, 'udp'],
];

interface Row extends LayerMapping {
  readonly store: Store;
  /** Whether the bits are one number. */
  readonly number: boolean;
}

/** How a layer was chosen, of a name like `udp6081`; undefined for any other name. */
export function viaOf(name: string): number | undefined {
  const parts = /^(etype|proto|tcp|udp)(0x[0-9a-f]{4}|0|[1-9][0-9]{0,4})$/.exec(name);
  if (parts === null) return undefined;
  const number = Number(parts[2]);
  const hexadecimal = parts[2]!.startsWith('0x');
  const most = parts[1] === 'proto' ? 0xff : 0xffff;
  if (number > most || (hexadecimal && parts[1] !== 'etype')) return undefined;
  return vias.find(([, prefix]) => prefix === parts[1])![0] | number;
}

/** Takes bits out of the layers of sampled packets. */
export class LayerMappings implements LayerObserver {
  /** Values that are left out for their size, since somebody set this to 0. */
  wrongSizes = 0;
  readonly #rows: readonly Row[];
  readonly #byParser = new Map<LayerParser, readonly Row[]>();
  readonly #byVia = new Map<number, readonly Row[]>();
  readonly #packet: readonly Row[];
  readonly #payload: readonly Row[];
  readonly #arp: readonly Row[];
  readonly #scratch = new Uint8Array(MAX_MAPPED_BITS / 8);
  #first = 0;

  constructor(mappings: readonly LayerMapping[], layout: CustomLayout) {
    this.#rows = mappings.map((mapping): Row => {
      const to = destinationOf(mapping.destination, layout);
      const number =
        numberSlot(to) !== undefined || ('field' in to ? to.field.type === 'varint' : to.column.type === 'u32[]');
      const layer = layerAliases.get(mapping.layer) ?? mapping.layer;
      return { ...mapping, layer, number, store: storeOf(to, mapping.little) };
    });
    for (const row of this.#rows) {
      const via = viaOf(row.layer);
      if (via !== undefined) this.#byVia.set(via, [...(this.#byVia.get(via) ?? []), row]);
    }
    this.#packet = this.#named('0');
    this.#payload = this.#named('7');
    this.#arp = this.#named('arp');
  }

  layer(frame: Frame, parser: LayerParser, via: number, start: number): void {
    const { encapsulated } = frame;
    if (via === Via.direct) {
      this.#first = start;
      this.#take(this.#packet, frame, start, false);
    }
    let rows = this.#byParser.get(parser);
    if (rows === undefined) {
      rows = this.#rows.filter(({ layer }) => parser.keys.includes(layer));
      this.#byParser.set(parser, rows);
    }
    this.#take(rows, frame, start, encapsulated);
    if (via !== Via.direct && this.#byVia.size > 0) this.#take(this.#byVia.get(via), frame, start, encapsulated);
    const next = start + frame.size;
    if (next > frame.cursor.end) return;
    if (parser.keys.includes('4')) this.#take(this.#payload, frame, next, encapsulated);
    if (frame.via === (Via.etherType | ARP) && parser.layer !== UNLISTED) {
      this.#take(this.#arp, frame, next, encapsulated || Math.max(frame.group, parser.group) >= NETWORK_GROUP);
    }
  }

  #named(name: string): readonly Row[] {
    return this.#rows.filter(({ layer }) => layer === name);
  }

  #take(rows: readonly Row[] | undefined, frame: Frame, start: number, encapsulated: boolean): void {
    if (rows === undefined) return;
    const { bytes, end } = frame.cursor;
    const scratch = this.#scratch;
    for (let i = 0; i < rows.length; i++) {
      const { encap, offset, length, number, store } = rows[i]!;
      if (encap !== encapsulated) continue;
      const octets = copyBits(scratch, bytes, this.#first, start, end, offset, length, !number);
      if (number) alignNumber(scratch, octets, length);
      if (!store(frame.flow, scratch, 0, octets)) this.wrongSizes++;
    }
  }
}
