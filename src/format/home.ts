import type { FlowRecord } from '../flow/flow-record.ts';

/**
 * The record that is always written or read, and the memory on the other side. What is compiled for them has their place
 * and size as constants and checks neither: up to a third more records a second, measured
 * (`docs/decisions/batch-memory.md`).
 */
export interface Home {
  readonly flow: FlowRecord;
  readonly view: DataView;
}
