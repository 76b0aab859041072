import { listOf, slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import { MAX_LAYERS } from '../limits.ts';
import { Frame, UNLISTED } from './layer-parser.ts';
import type { LayerObserver, LayerParser } from './layer-parser.ts';
import { etherTypes, ipProtocols, ipv6Extensions } from './next-layer.ts';
import { beginInner, tunnelPorts } from './inner.ts';
import { layersByPort } from './port-parser.ts';
import type { PortParser } from './port-parser.ts';

const ETYPE = slotOf('etype');
const STACK = slotOf('layer_stack');
const SIZES = slotOf('layer_size');
const STACK_LIST = listOf('layer_stack');
const SIZE_LIST = listOf('layer_size');

/** What can be changed about a {@link HeaderParser}. */
export interface HeaderParserOptions {
  /** What ports of TCP and UDP carry; none by default. */
  readonly ports?: readonly PortParser[];
  /** Which packet of a tunnel the columns tell about; `inner` also knows the usual ports of tunnels. */
  readonly tunnels?: 'off' | 'inner' | undefined;
  /** Told about each layer. */
  readonly observer?: LayerObserver | undefined;
}

/**
 * Reads the headers of a sampled packet into a flow: sFlow raw headers, and the packet sections of IPFIX.
 *
 * It walks a chain of layers. Each is read by its {@link LayerParser}, which names the next; `layer_stack` and
 * `layer_size` get one entry each. The columns describe the outer packet: from the layer on that begins a tunnel (one
 * of the same or of an outer group than a layer before it), they are left alone; with `tunnels: 'inner'` the packet
 * inside takes their place.
 *
 * The walk ends quietly with what was read: where the capture ends, at a header that is not known, or after
 * {@link MAX_LAYERS}.
 *
 * @example
 * const headers = new HeaderParser();
 * headers.parse(flow, ethernet, bytes, view, 0, bytes.length);
 */
export class HeaderParser {
  readonly #frame: Frame;
  readonly #observer: LayerObserver | undefined;
  readonly #inner: boolean;
  /** Whether nobody wants to know more of a frame than its columns. */
  readonly plain: boolean;

  constructor(options: HeaderParserOptions = {}) {
    this.#inner = options.tunnels === 'inner';
    const ports = [...(this.#inner ? tunnelPorts : []), ...(options.ports ?? [])];
    this.#frame = new Frame({
      etherTypes,
      ipProtocols,
      ipv6Extensions,
      tcpPorts: layersByPort(ports, 'tcp'),
      udpPorts: layersByPort(ports, 'udp'),
    });
    this.#observer = options.observer;
    this.plain = ports.length === 0 && options.observer === undefined;
  }

  /** Reads what lies between `start` and `end` of `bytes`; `view` spans the same memory with the same origin. */
  parse(flow: FlowRecord, first: LayerParser, bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const frame = this.#frame;
    const observer = this.#observer;
    const inner = this.#inner;
    const { cursor } = frame;
    frame.begin(flow, bytes, view, start, end);
    const stack = flow.reserve(STACK_LIST, MAX_LAYERS);
    const sizes = flow.reserve(SIZE_LIST, MAX_LAYERS);
    if (first.etherType !== 0) flow.words[ETYPE] = first.etherType;

    let listed = 0;
    let at = start;
    let parser: LayerParser | undefined = first;
    for (let depth = 0; depth < MAX_LAYERS && parser !== undefined && cursor.take(parser.minimum); depth++) {
      const { via } = frame;
      frame.size = parser.minimum;
      if (inner && frame.encapsulated) beginInner(frame, parser);
      const next: LayerParser | undefined = parser.parse(frame);
      if (frame.rejected) break;
      if (parser.layer !== UNLISTED) {
        stack[listed] = parser.layer;
        sizes[listed++] = frame.size;
      }
      if (observer !== undefined) observer.layer(frame, parser, via, at);
      if (parser.group > frame.group) frame.group = parser.group;
      if (next !== undefined && !next.prolongs && next.group <= frame.group) {
        frame.encapsulated = true;
        frame.fills = inner;
      }
      at += frame.size;
      if (at > end) break;
      cursor.pos = at;
      parser = next;
    }
    flow.words[STACK] = flow.words[SIZES] = listed;
  }
}
