import { agentShape, exporterShape } from '#src/metrics/exporter-columns.js';
import type { BookMemory } from '#src/metrics/exporter-book.js';
import { SeriesTable } from '#src/metrics/series-table.js';

const exporters = new SeriesTable(exporterShape);
const agents = new SeriesTable(agentShape);

/** Empties the rows that were used. */
function empty(table: SeriesTable): void {
  const { used, shape } = table;
  for (let row = 0; row < used; row++) table.key(row).fill(0);
  table.values.fill(0, 0, used * shape.columns);
  table.buckets.fill(0, 0, used * shape.buckets);
  new Int32Array(table.memory, 0, 1)[0] = 0;
}

/**
 * Empty memory for the book of exporters. It is the same each time: to map megabytes anew for every session took two
 * thirds of the time of fuzzing. Whoever had it before must not use it any more.
 */
export function emptyBookMemory(): BookMemory {
  empty(exporters);
  empty(agents);
  return { exporters: exporters.memory, agents: agents.memory };
}
