import type { FlowRecord } from '../flow/flow-record.ts';

/** Fourth stage: adds to a flow what is known about it. */
export interface Enricher {
  /** Changes the record, and nothing else; called once for each flow. */
  enrich(flow: FlowRecord): void;
}
