import { Cursor } from '../decode/cursor.ts';
import { MAX_IPV6_EXTENSIONS } from '../decode/limits.ts';
import { CapturedDatagram } from './captured-datagram.ts';
import type { CapturedPacket } from './captured-packet.ts';
import { enterFrame } from './link-layer.ts';
import { newCounts, outcomeNames } from './outcome.ts';
import type { CaptureCounts, Outcome } from './outcome.ts';
import { Fragment, Reassembly } from './reassembly.ts';

const UDP = 17;
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;

/**
 * Finds the UDP datagram in a captured packet: link layer, IPv4 or IPv6, fragments put together, UDP.
 *
 * Checksums are not looked at: a capture from the sending host holds what its network card was to fill in.
 */
export class UdpExtractor {
  /** What {@link extract} found last, when it said `datagram`; valid until the next call. */
  readonly datagram = new CapturedDatagram();
  readonly #counts = newCounts();
  readonly #cursor = new Cursor();
  readonly #fragment = new Fragment();
  readonly #reassembly: Reassembly;
  #packet: CapturedPacket | undefined;

  constructor(reassembly = new Reassembly()) {
    this.#reassembly = reassembly;
  }

  /** Packets by what became of them. */
  get counts(): Readonly<CaptureCounts> {
    this.#counts.fragments_expired = this.#reassembly.expired;
    this.#counts.fragments_evicted = this.#reassembly.evicted;
    return this.#counts;
  }

  /** Datagrams of which fragments are missing so far. */
  get incomplete(): number {
    return this.#reassembly.waiting;
  }

  /** Begins with another capture: counts from zero, without the fragments that wait. */
  restart(): void {
    this.#reassembly.restart();
    for (const outcome of outcomeNames) this.#counts[outcome] = 0;
  }

  extract(packet: CapturedPacket): Outcome {
    this.#packet = packet;
    this.#cursor.reset(packet.bytes, packet.view, packet.offset, packet.offset + packet.length);
    const outcome = this.#network(packet);
    this.#counts[outcome]++;
    return outcome;
  }

  #network(packet: CapturedPacket): Outcome {
    const protocol = enterFrame(this.#cursor, packet.linkType);
    if (protocol === 'ipv4') return this.#ipv4();
    if (protocol === 'ipv6') return this.#ipv6();
    return protocol === 'short' ? this.#tooShort() : protocol;
  }

  /** Less was captured than the headers announce: the capture's doing, or a lie. */
  #tooShort(): Outcome {
    return this.#packet!.originalLength > this.#packet!.length ? 'cut' : 'malformed';
  }

  /** RFC 791 section 3.1. */
  #ipv4(): Outcome {
    const cursor = this.#cursor;
    if (!cursor.take(20)) return this.#tooShort();
    const at = cursor.at;
    const headerLength = (cursor.u8(0) & 15) * 4;
    const payloadLength = cursor.u16(2) - headerLength;
    if (cursor.u8(0) >> 4 !== 4 || headerLength < 20 || payloadLength < 0) return 'malformed';
    if (cursor.u8(9) !== UDP) return 'not_udp';
    const fragmentation = cursor.u16(6);
    const identification = cursor.u16(4);
    if (!cursor.take(headerLength - 20) || payloadLength > cursor.left) return this.#tooShort();
    cursor.end = cursor.pos + payloadLength;
    this.#setSource(cursor.bytes, at + 12, 4);
    if ((fragmentation & 0x3fff) === 0) return this.#udp();

    return this.#fragmented(
      at + 12,
      4,
      UDP,
      identification,
      (fragmentation & 0x1fff) * 8,
      (fragmentation & 0x2000) !== 0,
    );
  }

  /** RFC 8200 section 3. */
  #ipv6(): Outcome {
    const cursor = this.#cursor;
    if (!cursor.take(40)) return this.#tooShort();
    if (cursor.u8(0) >> 4 !== 6) return 'malformed';
    const payloadLength = cursor.u16(4);
    const nextHeader = cursor.u8(6);
    const addressesAt = cursor.at + 8;
    this.#setSource(cursor.bytes, addressesAt, 16);
    // What was cut off may not have been UDP; the headers that are there tell.
    const whole = payloadLength <= cursor.left;
    if (whole) cursor.end = cursor.pos + payloadLength;
    return this.#extensions(nextHeader, addressesAt, whole);
  }

  /**
   * Walks extension headers (RFC 8200 section 4) to UDP.
   *
   * @param addressesAt of the IPv6 header; -1 in a payload that was put together, where no fragment may be
   * @param whole all of the payload is there
   */
  #extensions(firstHeader: number, addressesAt: number, whole: boolean): Outcome {
    const cursor = this.#cursor;
    let header = firstHeader;
    for (let count = 0; count <= MAX_IPV6_EXTENSIONS; count++) {
      if (header === UDP) return whole ? this.#udp() : this.#tooShort();
      if (!isExtension(header)) return 'not_udp';
      if (!cursor.take(8)) return this.#tooShort();
      const next = cursor.u8(0);
      if (header === FRAGMENT) {
        const position = cursor.u16(2);
        if ((position & 0xfff9) !== 0) {
          if (addressesAt < 0) return 'malformed';
          if (next !== UDP && !isExtension(next)) return 'not_udp';
          if (!whole) return this.#tooShort();
          return this.#fragmented(addressesAt, 16, next, cursor.u32(4), position & 0xfff8, (position & 1) !== 0);
        }
      } else {
        const length = header === AUTHENTICATION ? (cursor.u8(1) + 2) * 4 : (cursor.u8(1) + 1) * 8;
        if (!cursor.take(length - 8)) return this.#tooShort();
      }
      header = next;
    }
    return 'malformed';
  }

  /** The rest of the cursor is a part of a payload. */
  #fragmented(
    addressesAt: number,
    addressLength: 4 | 16,
    protocol: number,
    identification: number,
    offset: number,
    more: boolean,
  ): Outcome {
    const cursor = this.#cursor;
    const fragment = this.#fragment;
    fragment.bytes = cursor.bytes;
    fragment.addressesAt = addressesAt;
    fragment.addressLength = addressLength;
    fragment.payloadAt = cursor.pos;
    fragment.payloadLength = cursor.left;
    fragment.protocol = protocol;
    fragment.identification = identification;
    fragment.offset = offset;
    fragment.more = more;
    fragment.seconds = this.#packet!.seconds;
    const outcome = this.#reassembly.add(fragment);
    if (outcome !== 'complete') return outcome;

    const whole = this.#reassembly.whole!;
    cursor.reset(whole.bytes, whole.view, 0, whole.total);
    this.#setSource(whole.addresses, 0, addressLength);
    return addressLength === 4 ? this.#udp() : this.#extensions(whole.protocol, -1, true);
  }

  /** RFC 768: source port 16, destination port 16, length 16, checksum 16. Octets behind its length are not its. */
  #udp(): Outcome {
    const cursor = this.#cursor;
    if (!cursor.take(8)) return 'malformed';
    const { datagram } = this;
    const length = cursor.u16(4) - 8;
    if (length < 0 || length > cursor.left) return 'malformed';
    const packet = this.#packet!;
    datagram.bytes = cursor.bytes;
    datagram.view = cursor.view;
    datagram.offset = cursor.pos;
    datagram.length = length;
    datagram.sourcePort = cursor.u16(0);
    datagram.destinationPort = cursor.u16(2);
    datagram.seconds = packet.seconds;
    datagram.nanoseconds = packet.nanoseconds;
    return 'datagram';
  }

  #setSource(bytes: Uint8Array, at: number, length: 4 | 16): void {
    const { datagram } = this;
    datagram.sourceBytes = bytes;
    datagram.sourceAt = at;
    datagram.sourceLength = length;
  }
}

/** Headers that have the next header first and their length second, and the fragment header. */
function isExtension(header: number): boolean {
  return (
    header === HOP_BY_HOP ||
    header === ROUTING ||
    header === FRAGMENT ||
    header === AUTHENTICATION ||
    header === DESTINATION_OPTIONS ||
    header === MOBILITY
  );
}
