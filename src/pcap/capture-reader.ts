import { ByteWindow } from './byte-window.ts';
import type { ByteSource } from './byte-source.ts';
import { CaptureError } from './capture-error.ts';
import type { CaptureFormat } from './capture-format.ts';
import { CapturedPacket } from './captured-packet.ts';
import { ClassicFormat, MICROSECONDS, MICROSECONDS_SWAPPED, NANOSECONDS, NANOSECONDS_SWAPPED } from './classic.ts';
import { PcapngFormat, SECTION_HEADER } from './pcapng.ts';

/**
 * The packets of a capture, classic pcap or pcapng, in the order of the file. A fixed part of the file is in memory.
 *
 * @example
 *     const reader = new CaptureReader(source, path);
 *     await reader.open();
 *     do {
 *       while (reader.next()) look(reader.packet);
 *     } while (await reader.fill());
 */
export class CaptureReader {
  /** The packet that {@link next} found; valid until the next call. */
  readonly packet = new CapturedPacket();
  readonly #window: ByteWindow;
  readonly #file: string;
  #format: CaptureFormat | undefined;

  /** @param file name for messages */
  constructor(source: ByteSource, file: string, windowSize?: number) {
    this.#window = new ByteWindow(source, windowSize);
    this.#file = file;
  }

  /**
   * Reads as much as tells what the file is; has to be called first.
   *
   * @throws CaptureError when it is no capture, or of a version that is not known
   */
  async open(): Promise<void> {
    for (;;) {
      this.#format ??= this.#detect();
      if (this.#format !== undefined && this.#format.next(this.packet) !== 'more') return;
      await this.fill();
    }
  }

  /** Begins again with the first packet. @throws CaptureError like {@link open} */
  async rewind(): Promise<void> {
    this.#window.rewind();
    this.#format = undefined;
    await this.open();
  }

  /**
   * Goes to the next packet in memory; false when the file has to be read on first.
   *
   * @throws CaptureError `GF_CAPTURE_FORMAT` for a packet or block that cannot be
   */
  next(): boolean {
    const format = this.#format;
    if (format === undefined) throw new Error('the capture is not open');
    for (;;) {
      const step = format.next(this.packet);
      if (step !== 'other') return step === 'packet';
    }
  }

  /**
   * Reads the file on; false at its end.
   *
   * @throws CaptureError `GF_CAPTURE_TRUNCATED` when the end is within a packet, block or header: all before it was
   *   delivered; `GF_REPLAY_FILE` when reading failed
   */
  async fill(): Promise<boolean> {
    const more = await this.#window.fill().catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CaptureError('GF_REPLAY_FILE', this.#file, this.#window.position, `cannot be read: ${why}`, cause);
    });
    if (more) return true;
    if (this.#format === undefined) throw this.#truncated(0, 'too short for a capture');
    if (this.#window.left > 0 || !this.#format.atBoundary) {
      throw this.#truncated(this.#format.recordAt, 'the file ends within a packet or block');
    }
    return false;
  }

  /** The format that the first four octets tell; undefined when they are not there yet. */
  #detect(): CaptureFormat | undefined {
    const window = this.#window;
    if (!window.take(4)) return undefined;
    const magic = window.cursor.u32(0);
    window.back(0);
    if (magic === SECTION_HEADER) return new PcapngFormat(window, this.#file);
    window.littleEndian = magic === MICROSECONDS_SWAPPED || magic === NANOSECONDS_SWAPPED;
    switch (magic) {
      case MICROSECONDS:
      case MICROSECONDS_SWAPPED:
        return new ClassicFormat(window, this.#file, 1000);
      case NANOSECONDS:
      case NANOSECONDS_SWAPPED:
        return new ClassicFormat(window, this.#file, 1);
      default:
        throw new CaptureError('GF_CAPTURE_FORMAT', this.#file, 0, whatItIs(magic));
    }
  }

  #truncated(offset: number, message: string): CaptureError {
    return new CaptureError('GF_CAPTURE_TRUNCATED', this.#file, offset, message);
  }
}

function whatItIs(magic: number): string {
  if (magic >>> 16 === 0x1f8b) return 'compressed with gzip: unpack it first';
  return `neither pcap nor pcapng: it begins with 0x${magic.toString(16).padStart(8, '0')}`;
}
