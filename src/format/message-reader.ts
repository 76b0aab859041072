import { codegenAvailable } from '../codegen/available.ts';
import { compileReader } from '../codegen/binary-reader.ts';
import { binaryPlan } from './binary-plan.ts';
import type { BinaryReader, MessageReader } from './binary-reader.ts';
import type { Home } from './home.ts';

/**
 * Reads messages into one record. Where code can be generated it is compiled for the memory that they are usually in;
 * the twin reads those elsewhere, and says what was in no column.
 */
export function messageReader(twin: BinaryReader, home: Home): MessageReader {
  const interpreted: MessageReader = (bytes, _view, at, end) => twin.read(bytes, at, end, home.flow);
  if (!codegenAvailable()) return interpreted;
  const compiled = compileReader(binaryPlan, twin, home);
  return (bytes, view, at, end) => (view === home.view ? compiled : interpreted)(bytes, view, at, end);
}
