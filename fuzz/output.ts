import { fromBinary } from '@bufbuild/protobuf';
import { sizeDelimitedPeek } from '@bufbuild/protobuf/wire';
import { slotOf } from '#src/flow/fields.js';
import type { FlowRecord } from '#src/flow/flow-record.js';
import { createBinaryFormat } from '#src/format/binary.js';
import { createJsonFormat } from '#src/format/json.js';
import { createTextFormat } from '#src/format/text.js';
import { FlowMessageSchema } from '../test/gen/flow_pb.ts';
import { written, writtenText } from '../test/support/written.ts';

const json = createJsonFormat();
const text = createTextFormat();
const binary = createBinaryFormat();
const BYTES = slotOf('bytes');

/**
 * Writes a flow in every format and reads it back: one JSON object a line, one line of text, one protobuf message of
 * its announced length, all with the same values. Throws when that is not so.
 *
 * @returns octets of the protobuf message with its length
 */
export function checkOutput(flow: FlowRecord): number {
  const line = writtenText(json, flow);
  if (line.includes('\n')) throw new Error('a line break in JSON');
  const object = JSON.parse(line) as Record<string, unknown>;
  if (writtenText(text, flow).includes('\n')) throw new Error('a line break in text');
  const delimited = written(binary, flow);
  const peeked = sizeDelimitedPeek(delimited);
  if (peeked.eof || peeked.offset + peeked.size !== delimited.length) throw new Error('a wrong length of protobuf');
  const message = fromBinary(FlowMessageSchema, delimited.subarray(peeked.offset));
  if (message.bytes !== flow.bigint(BYTES)) throw new Error('bytes differ in protobuf');
  if (Object.keys(object).length < 40) throw new Error('columns are missing in JSON');
  return delimited.length;
}
