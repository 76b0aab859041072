import { templatesText } from '../../decode/templates/template-json.ts';
import { templatesFromJson } from '../../decode/templates/templates-from-json.ts';
import { errorFields } from '../../log/logger.ts';
import type { Logger } from '../../log/logger.ts';
import type { Counters } from '../../metrics/counters.ts';
import { readOwnFile, replaceFile, setAside } from './durable-file.ts';
import type { StateNews } from './news.ts';
import { PathLock } from './path-lock.ts';
import type { SharedState } from './shared-state.ts';
import { stateFromJson, stateText } from './state-json.ts';
import type { LearnedState } from './state-json.ts';

/** Larger files are not read: all templates together take less. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** A change waits so long for others to be written with it. */
const GATHER_MS = 500;

/** The part of this thread's time that may be spent on writing; what the disk takes beside it does not count. */
const DUTY = 1 / 20;

/** After a failure it is tried again. */
const RETRY_MS = 1_000;

/** Clocks alone are written so often. */
const CLOCKS_MS = 60_000;

export interface StateFilesOptions {
  /** Of the templates, in the form of the original; what else was learned goes to `<path>.state`. */
  readonly path: string;
  /** The longest that a change waits; 0 or less: no wait. */
  readonly intervalMs: number;
  readonly state: SharedState;
  readonly counters: Counters;
  readonly log: Logger;
}

/**
 * Keeps the {@link SharedState} in two files, for the next start: written half a second after a definition changed,
 * or, where that takes long, after `intervalMs` at most. Only exporters whose data was decoded are written (D-9).
 */
export class StateFiles {
  readonly #options: StateFilesOptions;
  #lock: PathLock | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #changed = false;
  #clocksAtMs = 0;
  /** Of the last time that it was written. */
  #workMs = 0;
  #failing = false;

  constructor(options: StateFilesOptions) {
    this.#options = options;
  }

  /**
   * Takes the path for this program, reads what is there, and keeps it up to date from now on. What cannot be read is
   * set aside as `.bad` and nothing of it is used.
   *
   * @throws GoFlowError when another program has the path
   */
  async start(): Promise<void> {
    const { path, state } = this.#options;
    this.#lock = await PathLock.take(path);
    const templates = await this.#read(path, (text) => (text === '' ? [] : templatesFromJson(JSON.parse(text))));
    for (const { address, port, template } of templates ?? []) {
      state.take({ about: 'template', address, port, template, exportSeconds: 0 });
      state.take({ about: 'proven', address });
    }
    const learned = await this.#read(`${path}.state`, (text) => stateFromJson(JSON.parse(text)));
    if (learned !== undefined) {
      state.take({ about: 'clocks', clocks: learned.clocks });
      state.take({ about: 'facts', facts: learned.facts });
      state.take({ about: 'names', names: learned.names });
    }
    if (templates !== undefined) {
      this.#options.log.info('templates loaded', { path, templates: templates.length });
    }
    state.subscribe((news, _, isNew) => {
      if (isNew) this.#note(news);
    });
  }

  /** Writes what has changed and gives the path free. */
  async stop(): Promise<void> {
    if (this.#lock === undefined) return;
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#write();
    await this.#lock.release();
    this.#lock = undefined;
  }

  async #read<T>(path: string, parse: (text: string) => T): Promise<T | undefined> {
    const { counters, log } = this.#options;
    try {
      const text = await readOwnFile(path, MAX_FILE_BYTES);
      return text === undefined ? undefined : parse(text);
    } catch (error) {
      counters.add('state_unreadable');
      const wasRead = (error as NodeJS.ErrnoException).code === undefined;
      const aside = wasRead ? await setAside(path).catch(() => undefined) : undefined;
      log.warn('what was learned before cannot be read, learning anew', { path, aside, ...errorFields(error) });
      return undefined;
    }
  }

  #note(news: StateNews): void {
    if (news.about === 'clocks' && performance.now() - this.#clocksAtMs < CLOCKS_MS) return;
    this.#changed = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#writing !== undefined || this.#lock === undefined) return;
    const { intervalMs } = this.#options;
    const waitMs = Math.min(Math.max(0, intervalMs), Math.max(GATHER_MS, this.#workMs / DUTY));
    const pauseMs = this.#failing ? Math.max(waitMs, RETRY_MS) : waitMs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined;
        if (this.#changed) this.#schedule();
      });
    }, pauseMs).unref();
  }

  async #write(): Promise<void> {
    if (!this.#changed) return;
    const { path, state, counters, log } = this.#options;
    const beganMs = performance.now();
    this.#changed = false;
    this.#clocksAtMs = beganMs;
    try {
      const templates = [...state.templates()].filter(({ proven }) => proven);
      const learned = learnedOf(state);
      let workMs = performance.now() - beganMs;
      const timed = function* (pieces: Iterable<string>): Generator<string> {
        let sinceMs = performance.now();
        for (const piece of pieces) {
          workMs += performance.now() - sinceMs;
          yield piece;
          sinceMs = performance.now();
        }
      };
      await replaceFile(path, timed(templatesText(templates)));
      await replaceFile(`${path}.state`, timed(stateText(learned)));
      this.#workMs = workMs;
      counters.add('state_writes');
      if (this.#failing) log.info('what was learned can be written again', { path });
      this.#failing = false;
    } catch (error) {
      this.#changed = true;
      counters.add('state_write_failures');
      if (!this.#failing)
        log.error('what was learned cannot be written, trying again', { path, ...errorFields(error) });
      this.#failing = true;
    }
  }
}

function learnedOf(state: SharedState): LearnedState {
  const learned: Mutable<LearnedState> = { clocks: [], facts: [], names: [...state.names()] };
  for (const news of state.all()) {
    if (news.about === 'clocks') learned.clocks = news.clocks;
    if (news.about === 'facts') learned.facts = news.facts;
  }
  return learned;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
