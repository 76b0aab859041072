import { PermissionViolationError, TimeoutError } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  DiscardPolicy,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  StoreCompression,
  jetstreamManager,
} from '@nats-io/jetstream';
import type { JetStreamManager, StreamConfig, StreamInfo } from '@nats-io/jetstream';
import type { SubjectPattern } from '../../format/subject-pattern.ts';
import type { Logger } from '../../log/logger.ts';
import { streamCovers } from './coverage.ts';
import { wordsOf } from './dial-failure.ts';
import type { NatsStreamSettings } from './settings.ts';
import type { Trouble, TroubleReport } from './trouble.ts';

/** What is tried in place of a `max_bytes` for which the server has no room. */
const MODEST_BYTES = 1024 ** 3;

/** Numbers of JetStream's list of errors. */
const NO_STREAM = 10_059;
const NAME_IN_USE = 10_058;
const NO_STORAGE = 10_047;
const NO_MEMORY = 10_028;
const OVERLAP = 10_065;
const NO_CLUSTER = 10_074;

/** What a publisher has to know of a stream that is ready for it. */
export interface StreamFacts {
  /** Undefined where nobody asked. */
  readonly duplicateWindowMs: number | undefined;
  /** Most octets of headers and payload in a message; undefined where the stream has no limit. */
  readonly maxMessage: number | undefined;
}

/** The stream is not as it should be. */
export class StreamProblem extends Error {
  override name = 'StreamProblem';
  readonly trouble: Trouble;

  constructor(trouble: Trouble, detail: string) {
    super(detail);
    this.trouble = trouble;
  }

  get report(): TroubleReport {
    return { trouble: this.trouble, detail: this.message };
  }
}

/** The manager of streams behind a connection. */
export function managerOf(nc: NatsConnection, { domain, apiPrefix }: NatsStreamSettings): Promise<JetStreamManager> {
  return jetstreamManager(nc, {
    checkAPI: false,
    ...(domain === '' ? {} : { domain }),
    ...(apiPrefix === '' ? {} : { apiPrefix }),
  });
}

/**
 * Makes sure that a stream takes what the pattern can become: by the mode of the settings it is made, or has to be
 * there, or nobody asks. One that exists is never changed.
 *
 * @throws StreamProblem
 */
export async function ensureStream(
  nc: NatsConnection,
  settings: NatsStreamSettings,
  pattern: SubjectPattern,
  log: Logger,
): Promise<StreamFacts> {
  if (settings.mode === 'none') return { duplicateWindowMs: undefined, maxMessage: undefined };
  const info = await findOrCreate(nc, settings, pattern, log).catch((error: unknown) => {
    throw error instanceof StreamProblem ? error : problemOf(error, settings);
  });
  const { subjects = [], no_ack: silent, duplicate_window: window, max_msg_size: largest } = info.config;
  if (!streamCovers(subjects, pattern)) {
    throw new StreamProblem(
      'subject_not_covered',
      `stream ${settings.name} has the subjects ${subjects.join(', ') || '(none)'}, and flows go to ${pattern.wildcard}: ` +
        'add it to the stream, or change -transport.nats.subject',
    );
  }
  if (silent) throw new StreamProblem('stream_refused', `stream ${settings.name} is set up with no_ack`);
  return {
    duplicateWindowMs: window > 0 ? window / 1e6 : undefined,
    maxMessage: largest > 0 ? largest : undefined,
  };
}

async function findOrCreate(
  nc: NatsConnection,
  settings: NatsStreamSettings,
  pattern: SubjectPattern,
  log: Logger,
): Promise<StreamInfo> {
  const { name, mode } = settings;
  const manager = await managerOf(nc, settings);
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== NO_STREAM) throw error;
    if (mode === 'check') {
      throw new StreamProblem('stream_missing', `there is no stream ${name}, and -transport.nats.stream.mode is check`);
    }
  }
  try {
    const info = await create(nc, manager, settings, pattern, log);
    log.info('stream created', { stream: name, subjects: pattern.wildcard, max_bytes: info.config.max_bytes });
    return info;
  } catch (error) {
    // Somebody else has made it in the meantime, with other settings.
    if (error instanceof JetStreamApiError && error.code === NAME_IN_USE) return manager.streams.info(name);
    throw error;
  }
}

async function create(
  nc: NatsConnection,
  manager: JetStreamManager,
  settings: NatsStreamSettings,
  pattern: SubjectPattern,
  log: Logger,
): Promise<StreamInfo> {
  const config = streamConfig(nc, settings, pattern);
  try {
    return await manager.streams.add(config);
  } catch (error) {
    const hasNoRoom = error instanceof JetStreamApiError && (error.code === NO_STORAGE || error.code === NO_MEMORY);
    if (!hasNoRoom || (settings.maxBytes !== 0 && settings.maxBytes <= MODEST_BYTES)) throw error;
    const info = await manager.streams.add({ ...config, max_bytes: MODEST_BYTES });
    log.warn('the NATS server has no room for a stream of the size that was asked for: made with 1 GiB', {
      stream: settings.name,
      option: 'transport.nats.stream.max_bytes',
      asked: settings.maxBytes,
    });
    return info;
  }
}

/** Several readers have their own place in it, so it keeps messages by its limits alone. */
function streamConfig(
  nc: NatsConnection,
  settings: NatsStreamSettings,
  pattern: SubjectPattern,
): Partial<StreamConfig> & { name: string } {
  return {
    name: settings.name,
    subjects: [pattern.wildcard],
    description: 'Flow messages of GoFlow2+',
    retention: RetentionPolicy.Limits,
    storage: settings.storage === 'file' ? StorageType.File : StorageType.Memory,
    discard: settings.discard === 'old' ? DiscardPolicy.Old : DiscardPolicy.New,
    max_bytes: settings.maxBytes === 0 ? -1 : settings.maxBytes,
    max_age: nanoseconds(settings.maxAgeMs),
    num_replicas: settings.replicas,
    duplicate_window: nanoseconds(
      settings.maxAgeMs === 0 ? settings.duplicateWindowMs : Math.min(settings.duplicateWindowMs, settings.maxAgeMs),
    ),
    ...(settings.storage === 'file' && hasCompression(nc.info?.version) ? { compression: StoreCompression.S2 } : {}),
  };
}

function nanoseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1e6);
}

/** From 2.10 on streams can be compressed. */
function hasCompression(version: string | undefined): boolean {
  const match = /^(\d+)\.(\d+)/.exec(version ?? '');
  return match !== null && (Number(match[1]) > 2 || (Number(match[1]) === 2 && Number(match[2]) >= 10));
}

function problemOf(error: unknown, { name, replicas }: NatsStreamSettings): StreamProblem {
  const detail = wordsOf(error);
  // The library has the class of this one for itself.
  if (error instanceof Error && error.name === 'JetStreamNotEnabled')
    return new StreamProblem('jetstream_missing', detail);
  if (error instanceof PermissionViolationError || (error as Error).cause instanceof PermissionViolationError) {
    const hint = 'allow it, or use -transport.nats.stream.mode=none';
    return new StreamProblem('api_failed', `${detail}: ${hint}`);
  }
  if (error instanceof TimeoutError) return new StreamProblem('api_failed', 'no answer about the stream');
  if (!(error instanceof JetStreamApiError)) return new StreamProblem('api_failed', detail);
  switch (error.code) {
    case NO_STORAGE:
    case NO_MEMORY:
      return new StreamProblem('stream_refused', `-transport.nats.stream.max_bytes: ${detail}`);
    case OVERLAP:
      return new StreamProblem(
        'stream_refused',
        `stream ${name}: another stream has these subjects already: ${detail}`,
      );
    case NO_CLUSTER:
      return new StreamProblem('stream_refused', `-transport.nats.stream.replicas=${replicas}: ${detail}`);
    default:
      return new StreamProblem('stream_refused', `stream ${name}: ${detail}`);
  }
}
