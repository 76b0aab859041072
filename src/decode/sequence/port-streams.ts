import type { SequencedProtocol } from '../../metrics/reasons.ts';
import { MAX_PORTS_PER_ADDRESS } from '../limits.ts';
import { SequenceStream } from './stream.ts';

/** Ports in a row, none of them known, that show that the ports of an address mean nothing. */
const CHANGING_PORTS = 8;

/**
 * The streams of one domain of an address: one a port, because exporters behind one address count for themselves; one
 * for all where no port comes twice, because an exporter may change its port with every datagram (D-6).
 */
export class PortStreams {
  readonly #protocol: SequencedProtocol;
  readonly #ports: number[] = [];
  readonly #streams: SequenceStream[] = [];
  /** Set while ports mean nothing; #ports are then the latest ones, without streams. */
  #any: SequenceStream | undefined;
  #newInARow = 0;
  /** The port that was seen last, and its stream. */
  #lastPort = -1;
  #lastStream: SequenceStream | undefined;
  /** Streams that were given up: to be ended and taken out of the list. */
  readonly gone: SequenceStream[] = [];

  constructor(protocol: SequencedProtocol) {
    this.#protocol = protocol;
  }

  get size(): number {
    return this.#streams.length + (this.#any === undefined ? 0 : 1);
  }

  /** The stream of a datagram from this port; what had to go for it is in {@link gone}. */
  choose(port: number): SequenceStream {
    return this.again(port) ?? this.#search(port);
  }

  /** The stream of a datagram that comes from the same port as the one before; undefined when it does not. */
  again(port: number): SequenceStream | undefined {
    if (port !== this.#lastPort || this.#any !== undefined) return undefined;
    this.#newInARow = 0;
    return this.#lastStream;
  }

  *[Symbol.iterator](): Generator<SequenceStream> {
    if (this.#any !== undefined) yield this.#any;
    yield* this.#streams;
  }

  #search(port: number): SequenceStream {
    const at = this.#ports.indexOf(port);
    if (this.#any !== undefined) return at >= 0 ? this.#tellApart(port) : this.#withoutPort(port);
    if (at >= 0) {
      this.#newInARow = 0;
      this.#lastPort = port;
      return (this.#lastStream = this.#streams[at]!);
    }
    if (++this.#newInARow > CHANGING_PORTS) return this.#putTogether(port);
    return this.#open(port);
  }

  #open(port: number): SequenceStream {
    const stream = new SequenceStream(this.#protocol);
    if (this.#ports.length >= MAX_PORTS_PER_ADDRESS) {
      // one that nothing has followed yet goes first: forged ports do not drive out a real one
      const at = Math.max(
        0,
        this.#streams.findIndex(({ window }) => !window.confirmed),
      );
      this.#ports.splice(at, 1);
      this.gone.push(this.#streams.splice(at, 1)[0]!);
    }
    this.#ports.push(port);
    this.#streams.push(stream);
    this.#lastPort = port;
    return (this.#lastStream = stream);
  }

  #putTogether(port: number): SequenceStream {
    this.gone.push(...this.#streams);
    this.#streams.length = 0;
    this.#ports.length = 0;
    this.#any = new SequenceStream(this.#protocol);
    return this.#withoutPort(port);
  }

  #withoutPort(port: number): SequenceStream {
    if (this.#ports.length >= CHANGING_PORTS) this.#ports.shift();
    this.#ports.push(port);
    return this.#any!;
  }

  /** A port has come twice: ports mean something after all. */
  #tellApart(port: number): SequenceStream {
    this.gone.push(this.#any!);
    this.#any = undefined;
    this.#ports.length = 0;
    this.#newInARow = 0;
    return this.#open(port);
  }
}
