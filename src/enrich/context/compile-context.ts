import type { ConfigPlace } from '../../config/errors.ts';
import type { ApplicationTable } from './application-table.ts';
import { compileApplications } from './compile-applications.ts';
import { compileExporters } from './compile-exporters.ts';
import { compileNetworks } from './compile-networks.ts';
import type { OnDuplicate } from './compile-networks.ts';
import type { ContextDraft, Place } from './draft.ts';
import type { ExporterTable } from './exporter-table.ts';
import type { ContextOutput } from './fragments.ts';
import { referenceNetworks } from './network-references.ts';
import type { NetworkTable } from './network-table.ts';
import type { Problems } from '../../config/problems.ts';
import { newMemory } from './table-memory.ts';
import type { AllocateMemory } from './table-memory.ts';

/** A compiled context: three tables that belong together, in shared memory. */
export interface ContextTables {
  readonly networks: NetworkTable;
  readonly exporters: ExporterTable;
  readonly applications: ApplicationTable;
}

/** A compiled context that flows are looked up in. */
export interface ContextInUse {
  readonly tables: ContextTables;
  /** Number of the build that has made it. Memory of earlier ones is overwritten once all threads have a later one. */
  readonly build: number;
}

/**
 * Compiles a draft into tables that flows are looked up in. Mistakes that only show when everything is there (a prefix
 * that stands twice in a source, a network that does not exist) are taken down.
 */
export function compileContext(
  draft: ContextDraft,
  output: ContextOutput,
  problems: Problems,
  allocate: AllocateMemory = newMemory,
): ContextTables {
  const kindOf = ({ source }: Place) => draft.sources[source]!.kind;
  const placeOf = (place: Place): ConfigPlace => {
    const { name } = draft.sources[place.source]!;
    return kindOf(place) === 'kv' ? { key: name } : { file: name, line: place.line, column: place.column };
  };
  const onDuplicate: OnDuplicate = (first, second, prefix) => {
    const where = first.line === 0 ? '' : `: first in line ${first.line}`;
    problems.add(placeOf(second), `${prefix} stands here twice${where}`);
  };
  const references = referenceNetworks(draft, (place, name) => {
    const message = `there is no network named ${JSON.stringify(name)}`;
    if (!draft.isOpen || kindOf(place) !== 'file') return problems.add(placeOf(place), message);
    problems.note(placeOf(place), `${message} now, so that the rule matches nothing`);
  });
  return {
    networks: compileNetworks(draft.networks, references, output, allocate, onDuplicate),
    exporters: compileExporters(draft.exporters, output, allocate, onDuplicate),
    applications: compileApplications(draft, references, output, allocate, ({ place }) => {
      problems.add(
        placeOf(place),
        'is one application too many, or makes the lists of rules to try, by port, too long',
      );
    }),
  };
}
