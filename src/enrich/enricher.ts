import type { ColumnName } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';

/** Fourth stage: adds to a flow what is known about it. */
export interface Enricher {
  /**
   * The columns that it may write: they are restored before the next flow is filled. Without this it may write any, and
   * the whole record is restored.
   */
  readonly columns?: readonly ColumnName[];
  /** Changes the record, and nothing else; called once for each flow. */
  enrich(flow: FlowRecord): void;
}
