import { FlowRecord } from '#src/flow/flow-record.js';
import { createJsonFormat } from '#src/format/json.js';
import type { Vector } from './vectors.ts';
import { writtenText } from './written.ts';

const json = createJsonFormat();

/** The columns of a JSON line with their values as they stand there, in their order. */
function cellsOf(line: string): Map<string, string> {
  const cells = new Map<string, string>();
  for (const [, name, value] of line.matchAll(/"(\w+)":("[^"]*"|\[[^\]]*\]|\d+)/g)) cells.set(name!, value!);
  return cells;
}

const lineOf = (cells: Map<string, string>) => `{${[...cells].map(([name, value]) => `"${name}":${value}`).join(',')}}`;

/** A flow of which nothing is known but when it came. */
function emptyCells(): Map<string, string> {
  const cells = cellsOf(writtenText(json, new FlowRecord()));
  return cells.set('time_received_ns', '1700000000123456789');
}

const observedLines = ({ observed, observed_when_wrapped_in_sflow: wrapped }: Vector) =>
  ((wrapped ?? observed)?.sample_json ?? []).filter((line) => line.startsWith('{'));

/**
 * The lines that have to come out of the last datagram of a vector, received as `storedDatagram` says: those of the
 * original with what differs here.
 */
export function expectedLines(vector: Vector): string[] {
  const lines = observedLines(vector);
  return (vector.differs ?? lines).map((_, i) => {
    const cells = lines[i] === undefined ? emptyCells() : cellsOf(lines[i]);
    for (const [name, value] of cellsOf(vector.differs?.[i] ?? '{}')) cells.set(name, value);
    return lineOf(cells);
  });
}
