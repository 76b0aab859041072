import { FRAGMENT_TIMEOUT_SECONDS, MAX_FRAGMENTED_DATAGRAMS } from './limits.ts';

/** Largest IP payload that fragments may make up. */
const MAX_PAYLOAD = 65_535;
/** Fragment offsets count in units of 8 octets. */
const UNITS = 8192;

/** One fragment as its headers describe it; reused by the caller. */
export class Fragment {
  /** Memory of the packet, and where in it the addresses (source, then destination) and the payload begin. */
  bytes: Uint8Array = new Uint8Array(0);
  addressesAt = 0;
  addressLength: 4 | 16 = 4;
  payloadAt = 0;
  payloadLength = 0;
  /** Of the payload in that of the datagram; a multiple of 8. */
  offset = 0;
  /** More fragments follow. */
  more = false;
  identification = 0;
  /** IPv4: the protocol; IPv6: the next header. */
  protocol = 0;
  seconds = 0;
}

/** A datagram of which fragments are missing. Its memory is kept for the next one. */
export class PartialDatagram {
  readonly bytes = new Uint8Array(UNITS * 8);
  readonly view = new DataView(this.bytes.buffer);
  readonly addresses = new Uint8Array(32);
  addressLength: 4 | 16 = 4;
  identification = 0;
  /** Of the first fragment, which alone is to be believed (RFC 8200 section 4.5). */
  protocol = 0;
  /** Octets in all, once the last fragment is there; -1 before. */
  total = -1;
  /** Octets there. */
  received = 0;
  /** One past the last octet there. */
  highest = 0;
  startedSeconds = 0;
  /** Which units of 8 octets are there. */
  readonly covered = new Uint8Array(UNITS);
}

/** What came of a fragment; `complete`: {@link Reassembly.whole} is the datagram. */
export type FragmentOutcome = 'complete' | 'fragment' | 'malformed' | 'overlap';

/**
 * Puts fragments of IPv4 and IPv6 together.
 *
 * Memory is bounded by the number of datagrams: when all places are taken, the one that waits longest is given up.
 * A fragment that repeats what is there is passed over; one that contradicts it ends its datagram, for either family
 * (RFC 5722): no choice between two contents can be right.
 */
export class Reassembly {
  /** The payload that became complete last: `total` octets of `bytes`; valid until the next fragment. */
  whole: PartialDatagram | undefined;
  /** Datagrams given up after the time-out, and for others. */
  expired = 0;
  evicted = 0;
  /** Those that wait, in the order of their first fragment. */
  readonly #waiting: PartialDatagram[] = [];
  readonly #free: PartialDatagram[] = [];
  readonly #limit: number;

  constructor(limit = MAX_FRAGMENTED_DATAGRAMS) {
    this.#limit = limit;
  }

  /** Datagrams of which fragments are missing. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Forgets what waits and counts from zero. */
  restart(): void {
    this.#free.push(...this.#waiting);
    this.#waiting.length = 0;
    this.expired = 0;
    this.evicted = 0;
  }

  add(fragment: Fragment): FragmentOutcome {
    const { offset, payloadLength } = fragment;
    const end = offset + payloadLength;
    if (payloadLength === 0 || end > MAX_PAYLOAD || (fragment.more && payloadLength % 8 !== 0)) return 'malformed';
    this.#expire(fragment.seconds);
    const datagram = this.#find(fragment) ?? this.#begin(fragment);
    const repeated = isRepeated(datagram, fragment);
    if (repeated) return 'fragment';
    if (contradicts(datagram, fragment)) {
      this.#release(datagram);
      return 'overlap';
    }
    datagram.bytes.set(fragment.bytes.subarray(fragment.payloadAt, fragment.payloadAt + payloadLength), offset);
    datagram.covered.fill(1, offset / 8, Math.ceil(end / 8));
    datagram.received += payloadLength;
    datagram.highest = Math.max(datagram.highest, end);
    if (!fragment.more) datagram.total = end;
    if (offset === 0) datagram.protocol = fragment.protocol;
    if (datagram.received !== datagram.total) return 'fragment';
    this.#release(datagram);
    this.whole = datagram;
    return 'complete';
  }

  /** Gives up those whose time is over; also when the times of the capture jump back by as much. */
  #expire(seconds: number): void {
    for (let i = this.#waiting.length - 1; i >= 0; i--) {
      const datagram = this.#waiting[i]!;
      if (Math.abs(seconds - datagram.startedSeconds) <= FRAGMENT_TIMEOUT_SECONDS) continue;
      this.expired++;
      this.#release(datagram);
    }
  }

  #find(fragment: Fragment): PartialDatagram | undefined {
    for (const datagram of this.#waiting) if (isOf(datagram, fragment)) return datagram;
    return undefined;
  }

  #begin(fragment: Fragment): PartialDatagram {
    if (this.#waiting.length >= this.#limit) {
      this.evicted++;
      this.#release(this.#waiting[0]!);
    }
    const datagram = this.#free.pop() ?? new PartialDatagram();
    const { addressesAt, addressLength } = fragment;
    datagram.addresses.set(fragment.bytes.subarray(addressesAt, addressesAt + 2 * addressLength));
    datagram.addressLength = addressLength;
    datagram.identification = fragment.identification;
    datagram.protocol = fragment.protocol;
    datagram.total = -1;
    datagram.received = 0;
    datagram.highest = 0;
    datagram.startedSeconds = fragment.seconds;
    datagram.covered.fill(0);
    this.#waiting.push(datagram);
    return datagram;
  }

  #release(datagram: PartialDatagram): void {
    this.#waiting.splice(this.#waiting.indexOf(datagram), 1);
    this.#free.push(datagram);
  }
}

/** IPv4 tells datagrams apart by protocol, too (RFC 791 section 3.2); IPv6 does not. */
function isOf(datagram: PartialDatagram, fragment: Fragment): boolean {
  const { addressLength, bytes, addressesAt } = fragment;
  if (datagram.identification !== fragment.identification || datagram.addressLength !== addressLength) return false;
  if (addressLength === 4 && datagram.protocol !== fragment.protocol) return false;
  for (let i = 0; i < 2 * addressLength; i++) if (datagram.addresses[i] !== bytes[addressesAt + i]) return false;
  return true;
}

/** Whether all of a fragment is there already, with the same octets and the same place in the datagram. */
function isRepeated(datagram: PartialDatagram, fragment: Fragment): boolean {
  const { offset, payloadLength, payloadAt } = fragment;
  const end = offset + payloadLength;
  if (end > datagram.highest || (fragment.more ? end === datagram.total : end !== datagram.total)) return false;
  for (let unit = offset / 8; unit < Math.ceil(end / 8); unit++) if (datagram.covered[unit] === 0) return false;
  for (let i = 0; i < payloadLength; i++) {
    if (datagram.bytes[offset + i] !== fragment.bytes[payloadAt + i]) return false;
  }
  return true;
}

/** Whether a fragment overlaps what is there, or does not agree on where the datagram ends. */
function contradicts(datagram: PartialDatagram, fragment: Fragment): boolean {
  const end = fragment.offset + fragment.payloadLength;
  if (datagram.total >= 0 && (!fragment.more || end > datagram.total)) return true;
  if (!fragment.more && end < datagram.highest) return true;
  for (let unit = fragment.offset / 8; unit < Math.ceil(end / 8); unit++) if (datagram.covered[unit] === 1) return true;
  return false;
}
