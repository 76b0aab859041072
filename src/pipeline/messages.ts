/**
 * What the threads say to each other. The main thread owns files, connections and logs, and opens sockets; a worker
 * owns everything from datagrams to finished batches.
 */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../config/errors.ts';
import type { TemplateSettings } from '../decode/templates/build-store.ts';
import type { FilterCondition } from '../filter/filter.ts';
import type { AdmissionRules } from '../listen/admission.ts';
import type { ReplayTarget, UdpScheme, UdpTarget } from '../listen/listen-target.ts';
import type { ListenerInfo } from '../listen/listener.ts';
import type { UdpSocket } from '../listen/udp-socket.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { LogLine } from '../log/logger.ts';
import type { ContextInUse } from '../enrich/context/compile-context.ts';
import type { FinishedBatch, SharedBatchMemory } from './batch-memory.ts';
import type { AsnOverwrite, GeoIpTables } from '../enrich/geoip/geoip-enricher.ts';
import type { WorkerParts } from './custom-parts.ts';
import type { SubjectSettings } from './flow-subjects.ts';
import type { ExporterDetail } from '../metrics/exporter-detail.ts';
import type { BookMemory } from '../metrics/exporter-book.ts';
import type { StateNews } from './state/news.ts';

/** What a worker is started with. The memory is shared with the main thread. */
export interface WorkerStart {
  /** Protocols that are accepted: the scheme of the listener; `flow` for a capture. */
  readonly accepts: UdpScheme;
  /** Names in the tables of producers and formats. */
  readonly produce: string;
  readonly format: string;
  /** Whether code may be generated for what is known before the first record. */
  readonly codegen: boolean;
  /** Whether raw messages have names and decoded values. */
  readonly rawNames: boolean;
  /** File with more information elements; empty: none. */
  readonly elements?: string;
  /** Fields, columns and keys of a user's own, until others are posted. */
  readonly mapping?: Mapping | undefined;
  /** Which packet of a tunnel columns tell about; the outer one by default. */
  readonly tunnels?: 'off' | 'inner' | undefined;
  /** Whether flows have the columns `scaled_bytes` and `scaled_packets`. */
  readonly scale?: boolean;
  /** What flows get their context from, until another one is posted; undefined: they have none. */
  readonly context?: ContextInUse | undefined;
  /** Keys of learned names that flows show, all when empty; undefined: no names are learned. */
  readonly learned?: { readonly keys: readonly string[] } | undefined;
  /** Which flows are kept; undefined: all. */
  readonly filter?: FilterCondition | undefined;
  /** Databases that flows are looked up in, until others are posted, and how; undefined: none. */
  readonly geoip?: { readonly tables: GeoIpTables; readonly overwrite: AsnOverwrite } | undefined;
  readonly templates: TemplateSettings;
  readonly admission: AdmissionRules;
  /** Written after every message. */
  readonly separator: Uint8Array;
  /** By what messages are told apart; undefined: all go the same way. */
  readonly subjects?: SubjectSettings | undefined;
  /** Where its batches are. */
  readonly batches: SharedBatchMemory;
  /** Whether a full pool holds the thread, in place of dropping. */
  readonly blocking: boolean;
  /** Parts of a user's own. */
  readonly parts?: WorkerParts | undefined;
  readonly errCount: number;
  readonly errIntervalMs: number;
  /** What the workers of a listener mute together. */
  readonly muteStates: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  /** What is counted of exporters and templates, and how long datagrams took: they go on from worker to worker in a place. */
  readonly exporters?: BookMemory;
  readonly templateTable?: SharedArrayBuffer;
  readonly timing?: SharedArrayBuffer;
  readonly levels?: SharedArrayBuffer;
  /**
   * Three 32-bit words: one that changes whenever the main thread has posted, one by which the worker shows life, one
   * with the build of the context that it looks flows up in.
   */
  readonly signal: SharedArrayBuffer;
  /** Messages of {@link ToWorker} come by it, those of {@link FromWorker} go back. */
  readonly port: MessagePort;
  /** A fault on purpose, for tests of what replaces a worker. */
  readonly fault?: Fault | undefined;
}

/** What of that the chain is made by. */
export type ChainSettings = Pick<
  WorkerStart,
  | 'accepts'
  | 'produce'
  | 'format'
  | 'codegen'
  | 'rawNames'
  | 'elements'
  | 'scale'
  | 'mapping'
  | 'tunnels'
  | 'context'
  | 'learned'
  | 'filter'
  | 'geoip'
  | 'templates'
  | 'admission'
  | 'separator'
  | 'subjects'
  | 'exporters'
  | 'templateTable'
  | 'levels'
>;

/** What happens when the worker is handed the datagram of this number, counted from 1. */
export interface Fault {
  readonly kind: 'throw' | 'exit' | 'hang';
  readonly atDatagram: number;
  /** How many workers in a row have it in each place, 1 by default. */
  readonly times?: number;
}

/** Where a worker gets its datagrams from. */
export type WorkerSource =
  | { readonly kind: 'replay'; readonly target: ReplayTarget }
  /** A socket of its own by `node:dgram`. */
  | { readonly kind: 'dgram'; readonly target: UdpTarget }
  /** A socket that the main thread opened. */
  | { readonly kind: 'socket'; readonly socket: UdpSocket }
  /** What a thread that receives for several hands on. */
  | { readonly kind: 'port'; readonly port: MessagePort }
  /** It receives for the threads behind these ports and decodes nothing itself. */
  | {
      readonly kind: 'spread';
      readonly target: UdpTarget;
      readonly ports: readonly MessagePort[];
      /** Octets of all that waits between the threads. */
      readonly queueBytes: number;
    };

export type ToWorker =
  /** Starts listening. */
  | { readonly kind: 'start'; readonly source: WorkerSource }
  | { readonly kind: 'news'; readonly news: StateNews }
  /** Who may send from now on. */
  | { readonly kind: 'admission'; readonly rules: AdmissionRules }
  /** A new generation of the context, for all flows that follow. */
  | { readonly kind: 'context'; readonly context: ContextInUse }
  /** Other databases, for all flows that follow. */
  | { readonly kind: 'databases'; readonly tables: GeoIpTables }
  /** Fields, columns and keys for all datagrams that follow. */
  | { readonly kind: 'mapping'; readonly mapping: Mapping; readonly filter: FilterCondition | undefined }
  /** A thread that datagrams are handed on to was replaced. */
  | { readonly kind: 'peer'; readonly index: number; readonly port: MessagePort }
  /** Asks what is known of each exporter. */
  | { readonly kind: 'describe'; readonly question: number }
  /** Reads what the kernel still holds, for `drainMs` at most, hands over what it has and ends. */
  | { readonly kind: 'stop'; readonly drainMs: number };

export type FromWorker =
  /** Loaded and warm; waits for its source. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'started'; readonly info: ListenerInfo }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
  /** `atMs`: Unix milliseconds of the oldest message; `waits`: whether the worker waits for memory rather than lose something. */
  | { readonly kind: 'batch'; readonly batch: FinishedBatch; readonly atMs: number; readonly waits: boolean }
  | { readonly kind: 'news'; readonly news: StateNews }
  /** The answer to `describe`. */
  | { readonly kind: 'described'; readonly question: number; readonly exporters: readonly ExporterDetail[] }
  | { readonly kind: 'log'; readonly line: LogLine }
  /** The listener has come to its end by itself. */
  | { readonly kind: 'ended'; readonly error: string | undefined }
  /** Everything was handed over; nothing follows. */
  | { readonly kind: 'stopped' };
