import type { ByteWindow } from './byte-window.ts';
import { TimeResolution } from './timestamp.ts';

/** What the packets of a pcapng interface have in common. */
export interface CaptureInterface {
  readonly linkType: number;
  /** Octets kept of a packet at most; 0 for all. */
  readonly snapshotLength: number;
  readonly time: TimeResolution;
}

const OPTION_END = 0;
const OPTION_TIME_RESOLUTION = 9;
const OPTION_TIME_OFFSET = 14;

/**
 * Interface description block: link type 16, reserved 16, snapshot length 32, options.
 *
 * @param at of the body in the claimed block
 * @param end of the options in the claimed block
 */
export function readInterface(window: ByteWindow, at: number, end: number): CaptureInterface {
  const linkType = window.u16(at);
  const snapshotLength = window.u32(at + 4);
  let resolution: number | undefined;
  let offset: number | undefined;
  // Options: code 16, length 16, value padded to 32 bits. One that runs past the block ends the list.
  for (let option = at + 8; option + 4 <= end;) {
    const code = window.u16(option);
    const length = window.u16(option + 2);
    const value = option + 4;
    if (code === OPTION_END || value + length > end) break;
    if (code === OPTION_TIME_RESOLUTION && length >= 1) resolution = window.u8(value);
    if (code === OPTION_TIME_OFFSET && length === 8) offset = readOffset(window, value);
    option = value + length + (-length & 3);
  }
  return { linkType, snapshotLength, time: new TimeResolution(resolution, offset) };
}

/** A signed 64-bit number of seconds, as a double: what is lost above 2^53 is out of range anyway. */
function readOffset(window: ByteWindow, at: number): number {
  const [high, low] = window.littleEndian ? [at + 4, at] : [at, at + 4];
  return (window.u32(high) | 0) * 4294967296 + window.u32(low);
}
