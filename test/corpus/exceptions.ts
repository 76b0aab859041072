import type { RecordKind } from './captures.ts';
import type { ExtraField, Field } from './values.ts';

/** Why an oracle and we may differ: a verdict of the corpus, a decision, or a line of the conformance list. */
export const rules = {
  nfdumpScales: 'verdict: nfdump multiplies bytes and packets by the sampling rate; that is not on the wire',
  samplesWithoutIp: 'verdict: sFlow samples without an IP header; sfacctd prints none, they count',
  unknownCounters: 'verdict: tshark loses what follows counter records that it does not know; skipped by length here',
  'D-17': 'several outputs (format 2) are no ifIndex: 0',
  'C-149': 'a record of a format without columns is skipped by its length',
  'C-169': 'IPv6 extension headers are walked; pmacct reads ports out of them',
  icmpHasNoPorts: 'compatibility 6.2: ICMP has no ports; tshark shows those of the packet that the error quotes',
} as const;

export type Oracle = 'manifest' | 'tshark' | 'nfdump' | 'pmacct';

/** One column of one capture in which we differ from an oracle, on purpose. */
export interface Exception {
  readonly file: string;
  readonly oracle: Oracle;
  readonly field: Field | ExtraField | `count of ${RecordKind}`;
  /** How many values differ; for counts the oracle's count minus ours. */
  readonly values: number;
  readonly rule: keyof typeof rules;
}

export const exceptions: readonly Exception[] = [];
