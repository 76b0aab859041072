import type { FlowRecord } from '../flow/flow-record.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Fifth stage: a flow as bytes. */
export interface Format {
  /**
   * Upper bound on the octets that {@link write} takes for this flow: fixed columns at their longest plus what the
   * lists hold.
   */
  bound(flow: FlowRecord): number;
  /** Writes one message, without separator. The writer has room for {@link bound} octets. */
  write(flow: FlowRecord, out: ByteWriter): void;
}
