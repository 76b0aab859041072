/**
 * What the threads say to each other. The main thread owns files, connections and logs; a worker owns a listener and
 * everything from its datagrams to finished batches.
 */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../config/errors.ts';
import type { Template } from '../decode/templates/template.ts';
import type { ListenTarget } from '../listen/listen-target.ts';
import type { ListenerInfo } from '../listen/listener.ts';
import type { LogLine } from '../log/logger.ts';

/** What a worker is started with. Counters and the signal are shared memory. */
export interface WorkerStart {
  readonly listen: ListenTarget;
  /** Number of the worker among those of its listener; 0 is the one that receives where sockets cannot be shared. */
  readonly index: number;
  /** Names in the tables of `parts.ts`. */
  readonly produce: string;
  readonly format: string;
  /** Written after every message. */
  readonly separator: Uint8Array;
  /** Most octets of batch buffers that this worker may have made at one time. */
  readonly poolBytes: number;
  readonly errCount: number;
  readonly errIntervalMs: number;
  readonly counters: SharedArrayBuffer;
  /** One 32-bit word that changes whenever the main thread has posted something. */
  readonly signal: SharedArrayBuffer;
  /** Messages of {@link ToWorker}; those of {@link FromWorker} come back by it. */
  readonly port: MessagePort;
  /** One port to each other worker of the listener, for datagrams that are handed on; empty where each has a socket. */
  readonly peers: readonly MessagePort[];
}

/** A template that an exporter has sent, for those who have not seen it. */
export interface TemplateNews {
  /** Text of the exporter's address, and the port that the template came from. */
  readonly address: string;
  readonly port: number;
  readonly template: Template;
  /** Export time of the message that it came in, Unix seconds. */
  readonly exportSeconds: number;
}

export type ToWorker =
  /** Starts listening. */
  | { readonly kind: 'start' }
  /** A batch buffer that may be used again. */
  | { readonly kind: 'buffer'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'template'; readonly news: TemplateNews }
  /** Reads what the kernel still holds, for `drainMs` at most, hands over what it has and ends. */
  | { readonly kind: 'stop'; readonly drainMs: number };

export type FromWorker =
  | { readonly kind: 'started'; readonly info: ListenerInfo | undefined }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
  /** Finished messages; see `Batch` in `../transport/transport.ts`. */
  | { readonly kind: 'batch'; readonly buffer: ArrayBuffer; readonly length: number; readonly count: number }
  | { readonly kind: 'template'; readonly news: TemplateNews }
  | { readonly kind: 'log'; readonly line: LogLine }
  /** The listener has come to its end by itself. */
  | { readonly kind: 'ended'; readonly error: string | undefined }
  /** Everything was handed over; nothing follows. */
  | { readonly kind: 'stopped' };
