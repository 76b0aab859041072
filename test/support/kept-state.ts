import type { Template } from '#src/decode/templates/template.js';
import { makeTemplate } from '#src/decode/templates/template.js';
import { defaultTemplateSettings } from '#src/decode/templates/build-store.js';
import type { LogFields, Logger } from '#src/log/logger.js';
import { Counters } from '#src/metrics/counters.js';
import { SharedState } from '#src/pipeline/state/shared-state.js';
import { StateFiles } from '#src/pipeline/state/state-files.js';

export function template(version: 9 | 10, domain: number, id: number, ...elements: number[]): Template {
  const fields = elements.map((element) => ({ id: element, pen: 0, length: 4 }));
  return makeTemplate({ version, domain, id, options: false, scopeCount: 0 }, fields);
}

/** The state of a collector with its files, without the collector. */
export class KeptState {
  readonly counters = new Counters();
  readonly logged: { level: string; msg: string; fields: LogFields | undefined }[] = [];
  readonly state = new SharedState(defaultTemplateSettings);
  readonly files: StateFiles;

  constructor(path: string, intervalMs = 0) {
    const note = (level: string) => (msg: string, fields?: LogFields) => this.logged.push({ level, msg, fields });
    const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
    const { state, counters } = this;
    this.files = new StateFiles({ path, intervalMs, state, counters, log: log as unknown as Logger });
  }

  /** As a worker would tell of it: a template, and that data of its exporter was decoded. */
  learn(address: string, port: number, of: Template): void {
    this.state.take({ about: 'template', address, port, template: of, exportSeconds: 1_700_000_000 });
    this.state.take({ about: 'proven', address });
  }

  /** What is known, in a form that compares. */
  known(): string[] {
    return [...this.state.templates()]
      .map(({ address, ports, template: { version, domain, id, fields } }) => {
        const list = fields.map(({ id: element, length }) => `${element}/${length}`).join(' ');
        return `${address}:${ports.join('+')} ${version}/${domain}/${id} ${list}`;
      })
      .sort();
  }

  get warnings(): string[] {
    return this.logged.filter(({ level }) => level === 'warn' || level === 'error').map(({ msg }) => msg);
  }
}
