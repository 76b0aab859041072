import type { FlowRecord } from '../flow/flow-record.ts';

/** Most octets of a message: so many whatever it holds, and so many for each entry of a list. */
export interface BoundPlan {
  readonly fixed: number;
  /** Where a record has the count of each list, and most octets of one of its entries. */
  readonly lists: readonly { readonly slot: number; readonly entry: number }[];
}

/** Upper bound on the octets of the message of a flow. */
export type Bound = (flow: FlowRecord) => number;

/** Interprets the plan of a bound. */
export function interpretBound({ fixed, lists }: BoundPlan): Bound {
  const slots = Int32Array.from(lists, ({ slot }) => slot);
  const entries = Int32Array.from(lists, ({ entry }) => entry);
  return ({ words }) => {
    let bound = fixed;
    for (let i = 0; i < slots.length; i++) bound += words[slots[i]!]! * entries[i]!;
    return bound;
  };
}
