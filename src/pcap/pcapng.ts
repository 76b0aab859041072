import type { ByteWindow } from './byte-window.ts';
import type { CaptureFormat, Step } from './capture-format.ts';
import { CaptureError } from './capture-error.ts';
import type { CapturedPacket } from './captured-packet.ts';
import { MAX_CAPTURED_PACKET, MAX_CAPTURE_INTERFACES, MAX_PCAPNG_BLOCK } from './limits.ts';
import { readInterface } from './pcapng-interface.ts';
import type { CaptureInterface } from './pcapng-interface.ts';

/** Block type of a section header: the same in both byte orders. */
export const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const BYTE_ORDER_SWAPPED = 0x4d3c2b1a;

/** Octets of a block before its body (type, length) and after it (length again). */
const BLOCK_HEAD = 8;
const BLOCK_TAIL = 4;

/**
 * pcapng (draft-ietf-opsawg-pcapng): blocks of
 *
 *     type 32, total length 32, body, total length 32
 *
 * A section header sets the byte order of what follows and forgets the interfaces; packets name the interface that
 * gives their link type and the unit of their time. Blocks of other kinds are passed over by their length.
 */
export class PcapngFormat implements CaptureFormat {
  recordAt = 0;
  readonly #window: ByteWindow;
  readonly #file: string;
  #interfaces: CaptureInterface[] = [];
  /** Length of the block whose body was passed over and whose tail comes next; 0 between blocks. */
  #passing = 0;

  constructor(window: ByteWindow, file: string) {
    this.#window = window;
    this.#file = file;
  }

  get atBoundary(): boolean {
    return this.#passing === 0;
  }

  next(packet: CapturedPacket): Step {
    if (this.#passing !== 0) return this.#tail();
    const window = this.#window;
    this.recordAt = window.position;
    if (!window.take(BLOCK_HEAD)) return 'more';
    const type = window.u32(0);
    if (type === SECTION_HEADER) return this.#sectionHeader();
    const length = this.#checkLength(window.u32(4), BLOCK_HEAD + BLOCK_TAIL);
    switch (type) {
      case INTERFACE_DESCRIPTION:
        return this.#take(length, 8) ? this.#interfaceDescription(length) : 'more';
      case ENHANCED_PACKET:
      case OBSOLETE_PACKET:
        return this.#take(length, 20) ? this.#timedPacket(packet, type, length) : 'more';
      case SIMPLE_PACKET:
        return this.#take(length, 4) ? this.#simplePacket(packet, length) : 'more';
      default:
        window.skip(length - BLOCK_HEAD - BLOCK_TAIL);
        this.#passing = length;
        return 'other';
    }
  }

  /** Claims a whole block from its beginning, or goes back to it when the window does not hold it. */
  #take(length: number, leastBody: number): boolean {
    this.#checkLength(length, BLOCK_HEAD + leastBody + BLOCK_TAIL);
    if (length > MAX_PCAPNG_BLOCK) {
      throw this.#error(`a block of ${length} octets, more than ${MAX_PCAPNG_BLOCK}`);
    }
    const window = this.#window;
    window.back(this.recordAt);
    if (!window.take(length)) return false;
    this.#checkTail(window.u32(length - BLOCK_TAIL), length);
    return true;
  }

  #checkLength(length: number, least: number): number {
    if (length < least || length % 4 !== 0) {
      throw this.#error(`a block of ${length} octets, where ${least} or more and a multiple of 4 are needed`);
    }
    return length;
  }

  #checkTail(again: number, length: number): void {
    if (again !== length) throw this.#error(`a block of ${length} octets whose end says ${again}`);
  }

  /** Ends a block that was passed over. */
  #tail(): Step {
    if (!this.#window.take(BLOCK_TAIL)) return 'more';
    this.#checkTail(this.#window.u32(0), this.#passing);
    this.#passing = 0;
    return 'other';
  }

  /** byte-order magic 32, version 16 + 16, section length 64, options: its length can be read after its magic. */
  #sectionHeader(): Step {
    const window = this.#window;
    window.back(this.recordAt);
    if (!window.take(BLOCK_HEAD + 4)) return 'more';
    const magic = window.cursor.u32(8);
    if (magic !== BYTE_ORDER_MAGIC && magic !== BYTE_ORDER_SWAPPED) {
      throw this.#error(`a section header with the byte-order magic 0x${magic.toString(16)}`);
    }
    window.littleEndian = magic === BYTE_ORDER_SWAPPED;
    if (!this.#take(window.u32(4), 16)) return 'more';
    const major = window.u16(12);
    if (major !== 1) throw this.#error(`version ${major} of the pcapng format is not known, only 1`);
    this.#interfaces = [];
    return 'other';
  }

  #interfaceDescription(length: number): Step {
    if (this.#interfaces.length === MAX_CAPTURE_INTERFACES) {
      throw this.#error(`more than ${MAX_CAPTURE_INTERFACES} interfaces in one section`);
    }
    this.#interfaces.push(readInterface(this.#window, BLOCK_HEAD, length - BLOCK_TAIL));
    return 'other';
  }

  /**
   * Enhanced: interface 32, time 64, captured length 32, original length 32, octets, options. The obsolete packet
   * block has the interface in 16 bits, followed by a drop count, and is alike from there on.
   */
  #timedPacket(packet: CapturedPacket, type: number, length: number): Step {
    const window = this.#window;
    const from = this.#interface(type === ENHANCED_PACKET ? window.u32(8) : window.u16(8));
    from.time.apply(packet, window.u32(12), window.u32(16));
    packet.originalLength = window.u32(24);
    return this.#packet(packet, from, 28, window.u32(20), length);
  }

  /** original length 32, octets: of the first interface, without a time: it keeps that of the packet before. */
  #simplePacket(packet: CapturedPacket, length: number): Step {
    const from = this.#interface(0);
    packet.originalLength = this.#window.u32(8);
    const snapshot = from.snapshotLength === 0 ? packet.originalLength : from.snapshotLength;
    const room = length - 12 - BLOCK_TAIL;
    return this.#packet(packet, from, 12, Math.min(packet.originalLength, snapshot, room), length);
  }

  #packet(packet: CapturedPacket, from: CaptureInterface, at: number, captured: number, length: number): Step {
    if (captured > length - at - BLOCK_TAIL) {
      throw this.#error(`a packet of ${captured} octets in a block of ${length}`);
    }
    if (captured > MAX_CAPTURED_PACKET) {
      throw this.#error(`a packet of ${captured} octets, more than ${MAX_CAPTURED_PACKET}`);
    }
    const { cursor } = this.#window;
    packet.bytes = cursor.bytes;
    packet.view = cursor.view;
    packet.offset = cursor.at + at;
    packet.length = captured;
    packet.linkType = from.linkType;
    return 'packet';
  }

  #interface(id: number): CaptureInterface {
    const found = this.#interfaces[id];
    if (found === undefined) throw this.#error(`a packet of interface ${id}, which was not described`);
    return found;
  }

  #error(message: string): CaptureError {
    return new CaptureError('GF_CAPTURE_FORMAT', this.#file, this.recordAt, message);
  }
}
