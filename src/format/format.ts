import type { Home } from './home.ts';
import type { CustomField, CustomLayout } from '../flow/custom-fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { LengthPrefix } from './length-prefix.ts';
import type { OutputColumn } from './output-column.ts';

/** Fifth stage: a flow as bytes. */
export interface Format {
  /**
   * Upper bound on the octets that {@link write} takes for this flow: fixed columns at their longest plus what the
   * lists hold.
   */
  bound(flow: FlowRecord): number;
  /**
   * Writes one message, without separator. The writer has room for {@link bound} octets, all of which may be
   * overwritten: what lies between the end of the message and the bound is spoilt.
   */
  write(flow: FlowRecord, out: ByteWriter): void;
  /** What generated code needs to write the same message; undefined where none does. */
  readonly inline?: InlineMessage | undefined;
}

/** A protobuf message of nothing but columns and numbers of a user's own, out of one record into one memory. */
export interface InlineMessage {
  readonly own: readonly CustomField[];
  readonly home: Home;
  readonly prefix: LengthPrefix;
}

/** What a format is told. */
export interface FormatOptions {
  /** Columns of JSON and text in their order; all of them in their default rendering when not given. */
  readonly columns?: readonly OutputColumn[];
  /** Fields of a user's own, which records have and protobuf gets. */
  readonly custom?: CustomLayout | undefined;
  /** Whether messages have a context, as their last column. False by default. */
  readonly context?: boolean;
  /** Whether code may be generated for it; where the process forbids that it is not, whatever this says. True by default. */
  readonly codegen?: boolean;
  /** What is always written, and where, if that is so: it makes compiled writers faster. */
  readonly home?: Home | undefined;
}

/** Builds a format. */
export type FormatFactory = (options?: FormatOptions) => Format;
