import type { OwnedClock } from '../../decode/templates/store.ts';
import type { Template } from '../../decode/templates/template.ts';
import type { ToldName } from '../../enrich/learned/told-name.ts';
import type { ToldFacts } from '../../produce/templated/domain-facts.ts';

/** A template that an exporter has sent, for those who have not seen it. */
export interface TemplateNews {
  /** Text of the exporter's address, and the port that the template came from. */
  readonly address: string;
  readonly port: number;
  readonly template: Template;
  /** Export time of the message that it came in, Unix seconds. */
  readonly exportSeconds: number;
}

/**
 * What exporters have told about themselves and their data: templates, clocks, sampling, names. Threads share it as news, each
 * from the one that learned it to all others; whoever begins is told all of it. News may come twice and changes nothing
 * then.
 */
export type StateNews =
  | ({ readonly about: 'template' } & TemplateNews)
  /** A definition does not hold any more: its exporter has begun anew. */
  | ({ readonly about: 'gone' } & TemplateNews)
  /** Data of an exporter was decoded: what it sends is no mere claim. */
  | { readonly about: 'proven'; readonly address: string }
  /** Uptime and sequence, by which a restart is found. */
  | { readonly about: 'clocks'; readonly clocks: readonly OwnedClock[] }
  /** Sampling rates and start times, out of options data. */
  | { readonly about: 'facts'; readonly facts: readonly ToldFacts[] }
  /** Names out of options data, of exporters that are proven. */
  | { readonly about: 'names'; readonly names: readonly ToldName[] };
