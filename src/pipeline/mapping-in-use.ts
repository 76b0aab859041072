import type { FilterCondition } from '../filter/filter.ts';
import type { Logger } from '../log/logger.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { ReadMapping } from '../mapping/read-mapping.ts';
import { filterOf } from './filtering.ts';
import type { Filtering } from './filtering.ts';
import { reloadable } from './reload.ts';
import type { Reloadable } from './reload.ts';

/** What of the settings of a collector says how flows are mapped, and which are kept. */
export interface MappingSettings extends Filtering {
  readonly format: string;
  /** Reads the mapping file. */
  readonly mapping?: (() => ReadMapping) | undefined;
}

/** The mapping file with the filter, which may ask for its fields: both are read and replaced together. */
export class MappingInUse {
  mapping: Mapping | undefined;
  filter: FilterCondition | undefined;
  readonly #settings: MappingSettings;
  readonly #context: boolean;
  readonly #log: Logger;

  /**
   * @param context whether flows have one
   * @throws GoFlowError for a mapping file or a filter that cannot be used
   */
  constructor(settings: MappingSettings, context: boolean, log: Logger) {
    this.#settings = settings;
    this.#context = context;
    this.#log = log;
    const { mapping } = settings;
    if (mapping === undefined) this.filter = filterOf(settings, context, undefined);
    else this.#use(this.#load(mapping));
  }

  /** What reads the file again, if there is one; `onUse` is called once another one is in use. */
  reloadable(onUse: (mapping: Mapping, filter: FilterCondition | undefined) => void): Reloadable[] {
    const { mapping } = this.#settings;
    if (mapping === undefined) return [];
    const load = () => this.#load(mapping);
    return [
      reloadable('mapping', load, (loaded) => {
        this.#use(loaded);
        onUse(loaded.read.mapping, loaded.filter);
      }),
    ];
  }

  #load(read: () => ReadMapping): { readonly read: ReadMapping; readonly filter: FilterCondition | undefined } {
    const loaded = read();
    return { read: loaded, filter: filterOf(this.#settings, this.#context, loaded.mapping) };
  }

  #use({ read, filter }: { readonly read: ReadMapping; readonly filter: FilterCondition | undefined }): void {
    const { mapping, warnings } = read;
    for (const warning of warnings) this.#log.warn(warning);
    const { produce, format } = this.#settings;
    if (produce === 'raw') this.#log.warn('raw messages have no columns: -mapping is read and changes nothing');
    else if (this.#context && !mapping.context && format !== 'bin') {
      this.#log.warn('formatter.fields of the mapping leaves out the context: name it there to have it');
    }
    this.mapping = mapping;
    this.filter = filter;
  }
}
