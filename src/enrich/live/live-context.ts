import { GoFlowError } from '../../config/errors.ts';
import { errorFields } from '../../log/logger.ts';
import type { Logger } from '../../log/logger.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { ContextInUse, ContextTables } from '../context/compile-context.ts';
import type { ContextAnswer, ContextQuestion } from '../context/explain-question.ts';
import { learnedKeys } from '../learned/name-fragments.ts';
import { ContextUrl } from './context-url.ts';
import { FileWatch } from './file-watch.ts';
import type {
  BuildRequest,
  BuildResult,
  BuiltContext,
  ContextFiles,
  ContextSettings,
  ExplainRequest,
} from './messages.ts';
import type { OtherSources } from '../context/read-files.ts';
import { Model } from './model.ts';
import type { ObjectSource, SourceStatus } from './object-source.ts';

/** A context in use: what belongs together, and never changes. */
export interface ContextGeneration extends ContextInUse {
  /** Counted from 1. */
  readonly number: number;
  /** When it was taken into use, Unix milliseconds. */
  readonly sinceMs: number;
}

/** How the context is doing. */
export interface ContextStatus {
  readonly generation: number;
  /** When it was taken into use, Unix milliseconds. */
  readonly sinceMs: number;
  /** Octets of its tables. */
  readonly memory: number;
  readonly sources: readonly SourceStatus[];
  readonly networks: number;
  readonly exporters: number;
  readonly applications: number;
  /** What is wrong with what would be in use if it could; empty when nothing is. */
  readonly problems: readonly string[];
}

export interface LiveContextParts {
  readonly counters: Counters;
  readonly log: Logger;
  /** What comes by keys of their own (`-context.nats.bucket`). */
  readonly objects?: ObjectSource | undefined;
  /** Whether flows have learned names too. */
  readonly learns?: boolean | undefined;
  /** Takes each generation but the first, which {@link LiveContext.start} has built when it resolves. */
  readonly onGeneration: (generation: ContextGeneration) => void;
  /**
   * The oldest build that somebody still looks flows up in. What was built before is overwritten; without this nothing
   * is.
   */
  readonly oldestInUse?: () => number;
}

/**
 * The context of a running collector. What cannot be used is refused whole: the generation in use stays. Objects with
 * keys of their own are refused one by one.
 */
export class LiveContext {
  readonly #settings: ContextSettings;
  readonly #parts: LiveContextParts;
  readonly #model: Model<BuildRequest, BuildResult>;
  readonly #url: ContextUrl | undefined;
  readonly #explainer = new Model<ExplainRequest, ContextAnswer>('explain');
  /** The last of the questions, which are answered one after the other. */
  #explaining: Promise<unknown> = Promise.resolve();
  readonly #watch = new FileWatch(() => void this.#follow());
  #generation: ContextGeneration | undefined;
  #files: ContextFiles | undefined;
  #problems: readonly string[] = [];
  /** The builds that were asked for, one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #stopped = false;
  /** How many builds there were, and which of them is in use. */
  #builds = 0;
  #inUse = 0;

  constructor(settings: ContextSettings, parts: LiveContextParts) {
    this.#settings = settings;
    this.#parts = parts;
    const { url } = settings;
    this.#url = url && new ContextUrl(url, { ...parts, onChange: () => this.follow() });
    // keys change one by one, and each change is to be seen soon
    this.#model = new Model('model', octetsOf, parts.objects !== undefined);
  }

  /** @throws GoFlowError with every mistake, a line each, when there is no context to begin with */
  async start(): Promise<void> {
    await this.#url?.start();
    const commit = await this.prepare();
    commit();
    this.#url?.follow();
    this.#warnOfKeys();
  }

  /** The generation in use; there is one once {@link start} has resolved. */
  get generation(): ContextGeneration | undefined {
    return this.#generation;
  }

  /**
   * Builds what the sources have now, whether they have changed or not.
   *
   * @returns what takes it into use
   * @throws GoFlowError when it cannot be used; everything stays as it is
   */
  async prepare(): Promise<() => void> {
    const { result, take } = await this.#build(true);
    if (take !== undefined) return take;
    throw new GoFlowError('GF_CONTEXT_FILE', result.kind === 'refused' ? textOf(result) : 'nothing was built');
  }

  get status(): ContextStatus {
    return {
      generation: this.#generation?.number ?? 0,
      sinceMs: this.#generation?.sinceMs ?? 0,
      memory: this.#generation === undefined ? 0 : memoryOf(this.#generation.tables),
      sources: this.#sources(),
      ...countsOf(this.#generation?.tables),
      problems: [...this.#problems, ...(this.#url?.problems ?? []), ...(this.#parts.objects?.problems ?? [])],
    };
  }

  #sources(): SourceStatus[] {
    const files = [...(this.#files?.files ?? [])].map(([name, { bytes, modifiedMs }]): SourceStatus => {
      return { kind: 'file', name, bytes, modifiedMs };
    });
    return [...files, ...[this.#parts.objects?.status, this.#url?.status].filter((status) => status !== undefined)];
  }

  /** Whether something may come otherwise than by files. */
  get #isOpen(): boolean {
    return this.#parts.objects !== undefined || this.#url !== undefined;
  }

  /** What came otherwise than by files, as far as it is in use; undefined where nothing can. */
  #othersInUse(): OtherSources | undefined {
    return this.#isOpen ? { objects: this.#parts.objects?.inUse ?? [], document: this.#url?.inUse } : undefined;
  }

  /** What the files say now, and what else is in use: read anew, by a thread of its own. */
  explain(question: ContextQuestion): Promise<ContextAnswer> {
    const previous = this.#explaining;
    const answer = (async () => {
      await previous.catch(() => {});
      return this.#explainer.build({ files: this.#settings.files, others: this.#othersInUse(), question });
    })();
    this.#explaining = answer;
    return answer;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch.stop();
    await Promise.all([this.#url?.stop(), this.#model.stop(), this.#explainer.stop()]);
  }

  /** Builds anew because something has changed that comes otherwise than by files. */
  async follow(): Promise<void> {
    await this.#follow(true);
  }

  /** Something has changed. */
  async #follow(force = false): Promise<void> {
    const told = this.#problems.join('\n');
    try {
      const { result, take } = await this.#build(force);
      take?.();
      if (result.kind === 'refused' && result.problems.join('\n') !== told) {
        this.#refuse(new GoFlowError('GF_CONTEXT_FILE', textOf(result)));
      }
      if (result.kind === 'unchanged') this.#problems = [];
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Builds what the sources have now; `take` takes it into use, if it can be used. */
  async #build(force: boolean): Promise<{ readonly result: BuildResult; readonly take?: () => void }> {
    const previous = this.#queue;
    const built = (async () => {
      await previous.catch(() => {});
      const build = ++this.#builds;
      const changes = this.#parts.objects?.changes(!this.#model.isRunning);
      const document = this.#url?.document;
      const result = await this.#model.build({
        build,
        inUse: Math.min(this.#inUse, this.#parts.oldestInUse?.() ?? 0),
        settings: this.#settings,
        changes,
        document,
        isOpen: this.#isOpen,
        previous: this.#files,
        force,
      });
      if (result.kind !== 'built') return { result };
      const take = (): void => {
        // unless a later one is in use
        if (build < this.#inUse) return;
        this.#inUse = build;
        this.#use(result, build);
        if (changes !== undefined) this.#parts.objects?.used(changes.number, result.refused);
        if (document !== undefined) this.#url?.used(document, result.refused);
      };
      return { result, take };
    })();
    this.#queue = built.catch(() => {});
    const { result, take } = await built.catch((error: unknown) => {
      this.#countError();
      throw error;
    });
    if (result.kind === 'refused') this.#countError();
    this.#problems = result.kind === 'refused' ? result.problems : this.#problems;
    const appearances = new Map([...result.files].map(([path, { appearance }]) => [path, appearance]));
    if (!this.#stopped) this.#watch.watch(appearances);
    return take === undefined ? { result } : { result, take };
  }

  #use({ tables, tookMs, files, empty, notes }: BuiltContext, build: number): void {
    const number = (this.#generation?.number ?? 0) + 1;
    const generation = { number, tables, build, sinceMs: Date.now() };
    this.#generation = generation;
    this.#files = { files, empty };
    const { counters, log, onGeneration } = this.#parts;
    if (notes.length > 0 && notes.join('\n') !== this.#problems.join('\n')) {
      log.warn('parts of the context have no effect for now', { problems: notes.join('\n') });
    }
    this.#problems = notes;
    counters.add('context_loads');
    if (number > 1) onGeneration(generation);
    const counts = countsOf(tables);
    log.info('context in use', { generation: number, ...counts, ms: Math.round(tookMs) });
  }

  #countError(): void {
    if (!this.#stopped) this.#parts.counters.add('context_errors');
  }

  #refuse(error: unknown): void {
    if (this.#stopped) return;
    const { counters, log } = this.#parts;
    counters.add('reload_failures');
    log.error('the context cannot be used, going on with the one before', {
      generation: this.#generation?.number ?? 0,
      ...errorFields(error),
    });
  }

  /** A key that nothing gives is a mistake, most likely. */
  #warnOfKeys(): void {
    const { tables } = this.#generation!;
    const known = new Set([...tables.networks.keys, ...tables.exporters.keys, ...tables.applications.keys]);
    if (this.#parts.learns === true) for (const key of learnedKeys) known.add(key);
    const missing = this.#settings.keys.filter((key) => !known.has(key));
    if (missing.length === 0) return;
    this.#parts.log.warn('no part of the context gives keys of -context.keys', { keys: missing.join(',') });
  }
}

/** Shared memory that was allocated for a result. */
function octetsOf(result: BuildResult): number {
  return (result.kind === 'built' && result.allocated) || 0;
}

function countsOf(tables: ContextTables | undefined): Pick<ContextStatus, 'networks' | 'exporters' | 'applications'> {
  const { networks, exporters, applications } = tables ?? {};
  return {
    networks: networks?.prefixes ?? 0,
    exporters: exporters?.prefixes ?? 0,
    applications: applications?.rules ?? 0,
  };
}

function memoryOf({ networks, exporters, applications }: ContextTables): number {
  return [networks, exporters, applications].reduce((sum, { table }) => sum + table.memory.byteLength, 0);
}

function textOf({ problems, count }: BuildResult & { kind: 'refused' }): string {
  const more = count > problems.length ? [`and ${count - problems.length} more problems`] : [];
  return [...problems, ...more].join('\n');
}
