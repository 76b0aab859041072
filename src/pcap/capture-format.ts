import type { CapturedPacket } from './captured-packet.ts';

/**
 * What came of looking at a capture's next octets: a packet, something else that was passed over, or `more`: the
 * window does not hold all of it yet.
 */
export type Step = 'packet' | 'other' | 'more';

/** The framing of one capture format over a {@link ByteWindow}. */
export interface CaptureFormat {
  /** Reads the next packet or block. Throws a `CaptureError` for one that cannot be. */
  next(packet: CapturedPacket): Step;
  /** Where in the file the packet or block that is being read begins. */
  readonly recordAt: number;
  /** Whether the file may end here, when all of the window was claimed. */
  readonly atBoundary: boolean;
}
