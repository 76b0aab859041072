import { GoFlowError } from '../config/errors.ts';
import type { ErrorCode } from '../config/errors.ts';

/** A capture that cannot be read on. What came before the place was delivered. */
export class CaptureError extends GoFlowError {
  override name = 'CaptureError';
  readonly file: string;
  /** Octets from the beginning of the file to the packet or block at fault. */
  readonly offset: number;

  constructor(
    code: Extract<ErrorCode, 'GF_CAPTURE_FORMAT' | 'GF_CAPTURE_TRUNCATED' | 'GF_REPLAY_FILE'>,
    file: string,
    offset: number,
    message: string,
    cause?: unknown,
  ) {
    super(code, `${file}: offset ${offset}: ${message}`, cause);
    this.file = file;
    this.offset = offset;
  }
}
