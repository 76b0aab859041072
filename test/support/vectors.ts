import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './requirements.ts';

/** One row of `test/fixtures/goflow2-vectors.json`. */
export interface Vector {
  readonly name: string;
  readonly protocol: string;
  readonly hex: string;
  readonly expectation: string;
  readonly verdict: 'same' | 'corrected';
  readonly rule?: string;
  readonly correct?: string;
  /**
   * Where what comes out here differs from `observed`: for each flow a JSON object with the columns that do, in the
   * rendering of the lines (as text, so that 64-bit numbers survive). Where it is there it has one entry a flow.
   */
  readonly differs?: readonly string[];
  readonly setup_hex?: readonly string[];
  readonly mapping_yaml?: string;
  readonly observed?: Observed;
  readonly observed_when_wrapped_in_sflow?: Observed & { readonly datagram_hex: string };
}

/** What the original printed: JSON lines, then `OK`, or one line that begins with `ERROR`. */
export interface Observed {
  readonly sample_json?: readonly string[];
  readonly sample_bin_hex?: readonly string[];
  readonly sample_text?: readonly string[];
  readonly raw_json?: readonly string[];
}

/** All vectors. */
export const vectors = JSON.parse(
  readFileSync(join(root, 'test/fixtures/goflow2-vectors.json'), 'utf8'),
) as readonly Vector[];

/** Octets of a vector. */
export const octetsOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** Those that are a datagram with flows out of it, or what the original wrapped in one. */
export const datagramVectors = vectors.filter(
  ({ protocol, mapping_yaml: mapping, observed_when_wrapped_in_sflow: wrapped }) =>
    mapping === undefined && (!protocol.includes(':') || wrapped !== undefined),
);

/** The datagrams of a vector, in their order: what comes before, and the one that flows come out of. */
export const datagramsOf = ({ hex, setup_hex: setup = [], observed_when_wrapped_in_sflow: wrapped }: Vector) =>
  [...setup, wrapped?.datagram_hex ?? hex].map(octetsOf);
