import type { FlowRecord } from '../flow/flow-record.ts';

/**
 * The record that is always written, and the memory that it is always written to. A writer compiled for them has their
 * place and size as constants and checks neither: up to a third more records a second, measured
 * (`docs/decisions/batch-memory.md`).
 */
export interface Home {
  readonly flow: FlowRecord;
  readonly view: DataView;
}
