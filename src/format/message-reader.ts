import { codegenAvailable } from '../codegen/available.ts';
import { compileReader } from '../codegen/binary-reader.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { binaryPlan } from './binary-plan.ts';
import type { BinaryReader, MessageReader } from './binary-reader.ts';

/** Reads messages into one record, compiled where code can be generated. The twin says what was in no column. */
export function messageReader(twin: BinaryReader, flow: FlowRecord): MessageReader {
  if (codegenAvailable()) return compileReader(binaryPlan, twin, flow);
  return (bytes, _view, at, end) => twin.read(bytes, at, end, flow);
}
