import type { BookMemory } from './exporter-book.ts';
import { agentShape, exporterShape } from './exporter-columns.ts';
import { Levels } from './levels.ts';
import { SeriesTable } from './series-table.ts';
import { templateShape } from './template-columns.ts';
import { Timing } from './timing.ts';

/** What a worker is handed of its books. */
export interface PlaceMemory {
  readonly exporters: BookMemory;
  readonly templateTable: SharedArrayBuffer;
  readonly timing: SharedArrayBuffer;
  readonly levels: SharedArrayBuffer;
}

/** What the workers in one place count of exporters and templates, and how long datagrams take them. */
export class PlaceBooks {
  readonly exporters = new SeriesTable(exporterShape);
  readonly agents = new SeriesTable(agentShape);
  readonly templates = new SeriesTable(templateShape);
  readonly timing = new Timing();
  readonly levels = new Levels();

  /** For the worker that fills the place. */
  get memory(): PlaceMemory {
    const { exporters, agents, templates, timing, levels } = this;
    return {
      exporters: { exporters: exporters.memory, agents: agents.memory },
      templateTable: templates.memory,
      timing: timing.memory,
      levels: levels.memory,
    };
  }
}
