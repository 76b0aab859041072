import { writeFileSync } from 'node:fs';

/** One frame of a capture. */
export interface CapturedFrame {
  readonly bytes: Uint8Array;
  /** Unix nanoseconds. */
  readonly time: bigint;
}

/** Writes Ethernet frames as a classic capture file with nanosecond times. */
export function writeCapture(path: string, frames: readonly CapturedFrame[]): void {
  const length = frames.reduce((sum, frame) => sum + 16 + frame.bytes.length, 24);
  const out = Buffer.alloc(length);
  out.writeUInt32LE(0xa1b23c4d, 0);
  out.writeUInt16LE(2, 4);
  out.writeUInt16LE(4, 6);
  out.writeUInt32LE(262_144, 16);
  out.writeUInt32LE(1, 20);
  let at = 24;
  for (const { bytes, time } of frames) {
    out.writeUInt32LE(Number(time / 1_000_000_000n), at);
    out.writeUInt32LE(Number(time % 1_000_000_000n), at + 4);
    out.writeUInt32LE(bytes.length, at + 8);
    out.writeUInt32LE(bytes.length, at + 12);
    out.set(bytes, at + 16);
    at += 16 + bytes.length;
  }
  writeFileSync(path, out);
}
