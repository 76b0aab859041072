import type { ByteWindow } from './byte-window.ts';
import type { CaptureFormat, Step } from './capture-format.ts';
import { CaptureError } from './capture-error.ts';
import type { CapturedPacket } from './captured-packet.ts';
import { MAX_CAPTURED_PACKET } from './limits.ts';
import { setTime } from './timestamp.ts';

/** Magic number of a capture with microseconds, and of one with nanoseconds; read as big-endian. */
export const MICROSECONDS = 0xa1b2c3d4;
export const NANOSECONDS = 0xa1b23c4d;
/** The same of a capture that was written with the least significant octet first. */
export const MICROSECONDS_SWAPPED = 0xd4c3b2a1;
export const NANOSECONDS_SWAPPED = 0x4d3cb2a1;

export const FILE_HEADER = 24;
export const RECORD_HEADER = 16;

/**
 * Classic pcap (draft-ietf-opsawg-pcap):
 *
 *     file header    magic 32, version 16 + 16, reserved 64, snapshot length 32, FCS 16 + link type 16
 *     packet record  seconds 32, micro- or nanoseconds 32, captured length 32, original length 32, octets
 */
export class ClassicFormat implements CaptureFormat {
  recordAt = 0;
  readonly #window: ByteWindow;
  readonly #file: string;
  readonly #nanosecondsPerUnit: number;
  #linkType = -1;

  /** The first four octets told the byte order of the window and the unit; they are not claimed yet. */
  constructor(window: ByteWindow, file: string, nanosecondsPerUnit: 1 | 1000) {
    this.#window = window;
    this.#file = file;
    this.#nanosecondsPerUnit = nanosecondsPerUnit;
  }

  get atBoundary(): boolean {
    return this.#linkType >= 0;
  }

  next(packet: CapturedPacket): Step {
    this.recordAt = this.#window.position;
    return this.#linkType < 0 ? this.#fileHeader() : this.#record(packet);
  }

  #fileHeader(): Step {
    const window = this.#window;
    if (!window.take(FILE_HEADER)) return 'more';
    const major = window.u16(4);
    if (major !== 2) throw this.#error(`version ${major} of the pcap format is not known, only 2`);
    this.#linkType = window.u32(20) & 0xffff; // the upper half tells of frame check sequences
    return 'other';
  }

  #record(packet: CapturedPacket): Step {
    const window = this.#window;
    if (!window.take(RECORD_HEADER)) return 'more';
    const length = window.u32(8);
    if (length > MAX_CAPTURED_PACKET) {
      throw this.#error(`a packet of ${length} octets, more than ${MAX_CAPTURED_PACKET}`);
    }
    setTime(packet, window.u32(0), window.u32(4) * this.#nanosecondsPerUnit);
    packet.originalLength = window.u32(12);
    if (!window.take(length)) {
      window.back(this.recordAt);
      return 'more';
    }
    const { cursor } = window;
    packet.bytes = cursor.bytes;
    packet.view = cursor.view;
    packet.offset = cursor.at;
    packet.length = length;
    packet.linkType = this.#linkType;
    return 'packet';
  }

  #error(message: string): CaptureError {
    return new CaptureError('GF_CAPTURE_FORMAT', this.#file, this.recordAt, message);
  }
}
