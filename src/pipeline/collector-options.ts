import type { TemplateSettings } from '../decode/templates/build-store.ts';
import type { AdmissionRules } from '../listen/admission.ts';
import type { ColumnName } from '../flow/fields.ts';
import type { ListenTarget } from '../listen/listen-target.ts';
import type { ContextSettings } from '../enrich/live/messages.ts';
import type { DatabasePaths } from '../enrich/live/live-databases.ts';
import type { AsnOverwrite } from '../enrich/geoip/geoip-enricher.ts';
import type { HttpAddress } from '../http/http-address.ts';
import type { Logger, LogLine } from '../log/logger.ts';
import type { ReadMapping } from '../mapping/read-mapping.ts';
import type { Fault } from './messages.ts';
import type { CustomParts } from './custom-parts.ts';
import type { KvSettings } from '../transport/nats/kv-bucket.ts';
import type { NatsParts, TransportOptions } from './transports.ts';

/** Where and what the HTTP server shows. */
export interface HttpOptions {
  readonly address: HttpAddress;
  /** Path of the templates; empty: none. */
  readonly templatesPath: string;
  /** Whether details are shown to everybody and not to this machine alone. */
  readonly detailsToAny: boolean;
}

/** What a collector is made of. */
export interface CollectorOptions {
  readonly listen: readonly ListenTarget[];
  /** `sample` or `raw`. */
  readonly produce: string;
  /** Whether raw messages have names and decoded values. */
  readonly rawNames?: boolean;
  /** File with more information elements; empty: none. */
  readonly elements?: string | undefined;
  /** `json`, `text` or `bin`. */
  readonly format: string;
  /** Whether code may be generated for templates and formats (`-produce.codegen`); true by default. */
  readonly codegen?: boolean | undefined;
  /** Which packet of a tunnel columns tell about (`-produce.tunnels`): `off` or `inner`; `off` by default. */
  readonly tunnels?: 'off' | 'inner' | undefined;
  /** Whether flows have octets and packets times the sampling rate (`-produce.scale`); false by default. */
  readonly scale?: boolean | undefined;
  /** What flows get their context from; they have none by default. */
  readonly context?: Omit<ContextSettings, 'format'> | undefined;
  /**
   * Whether flows have the names that options data tells (`-context.learned`): where they have a context (`auto`, the
   * default), in any case, which gives them one, or never.
   */
  readonly learned?: 'auto' | 'on' | 'off' | undefined;
  /** An expression that flows have to fulfil (`-filter`); all are kept by default. */
  readonly filter?: string | undefined;
  /** Databases of AS numbers and countries, and which AS numbers they replace; none by default. */
  readonly geoip?: { readonly paths: DatabasePaths; readonly overwrite: AsnOverwrite } | undefined;
  /** How templates are kept; for ever by default. */
  readonly templates?: TemplateSettings | undefined;
  /** Where templates and what else exporters have told are kept over a restart; nowhere by default. */
  readonly stateFile?: { readonly path: string; readonly intervalMs: number } | undefined;
  /** Which NATS bucket has more of the context; none by default. */
  readonly contextBucket?: KvSettings | undefined;
  /** By which NATS bucket collectors share templates and sampling rates; by none by default. */
  readonly stateBucket?: KvSettings | undefined;
  /** Reads the mapping file, again at each reload. */
  readonly mapping?: (() => ReadMapping) | undefined;
  /** Who may send; asked again at each reload. Everybody by default. */
  readonly admission?: (() => AdmissionRules) | undefined;
  /** Needed where a transport or a bucket is of NATS. */
  readonly natsParts?: NatsParts | undefined;
  readonly transport: TransportOptions;
  /** Columns that flows of one partition have in common, for `{partition:N}` of a subject; none: partitions are random. */
  readonly key?: readonly ColumnName[] | undefined;
  /** Where metrics and health are shown; no server by default. */
  readonly http?: HttpOptions | undefined;
  /** Lines about one class of problems in `errIntervalMs` before it is muted; 0: never muted. */
  readonly errCount: number;
  readonly errIntervalMs: number;
  /** Parts of your own, in the place of the named ones or beside ours. */
  readonly parts?: CustomParts | undefined;
  /** For tests of what replaces a worker. */
  readonly fault?: Fault | undefined;
  readonly log: { readonly logger: Logger; write(line: LogLine): void };
}

/** Why a collector has ended. */
export interface Ended {
  readonly exitCode: 0 | 1;
  readonly reason: string;
}
