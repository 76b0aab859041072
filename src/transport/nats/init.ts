import { AckPolicy, JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import type { ConsumerInfo, JetStreamManager } from '@nats-io/jetstream';
import { GoFlowError } from '../../config/errors.ts';
import { parseSubjectPattern } from '../../format/subject-pattern.ts';
import type { Logger } from '../../log/logger.ts';
import { dialFailure, wordsOf } from './dial-failure.ts';
import { readIdentity, sessionParts } from './identity.ts';
import type { Environment } from './identity.ts';
import { parseServers, showServer } from './server-list.ts';
import { Session } from './session.ts';
import type { NatsConnectionSettings, NatsStreamSettings } from './settings.ts';
import { StreamProblem, ensureStream, managerOf } from './stream.ts';
import { troubles } from './trouble.ts';

/** How long a consumer may take over a message before it is delivered again. */
const ACK_WAIT_NS = 60e9;
/** Messages that a consumer may have taken and not acknowledged: a large block of a database. */
const MAX_ACK_PENDING = 20_000;

/** What `goflow2plus nats init` is to make sure of. */
export interface NatsInit {
  readonly connection: NatsConnectionSettings;
  readonly stream: NatsStreamSettings;
  readonly subject: string;
  /** Name of a durable pull consumer; undefined: none. */
  readonly consumer: string | undefined;
}

/**
 * Makes the stream, and the consumer if one is asked for. What is there already stays as it is.
 *
 * @returns lines that say what there is now
 * @throws GoFlowError (`GF_NATS_INIT`) with what was in the way
 */
export async function initNats(init: NatsInit, log: Logger, environment: Environment = process.env): Promise<string[]> {
  const pattern = parseSubjectPattern(init.subject, 'transport.nats.subject');
  const { name } = init.stream;
  const session = await openSession(init.connection, environment);
  try {
    await ensureStream(session.nc, { ...init.stream, mode: 'create' }, pattern, log);
    const manager = await managerOf(session.nc, init.stream);
    const { config, state } = await manager.streams.info(name);
    const lines = [
      `stream ${name}: subjects ${config.subjects.join(', ')}; ${config.storage} storage, ` +
        `${config.num_replicas} replicas, ${state.messages} messages`,
    ];
    if (init.consumer === undefined) return lines;
    const consumer = await ensureConsumer(manager, name, init.consumer, pattern.wildcard);
    const { durable_name: durable, filter_subject: filter = '>' } = consumer.config;
    return [
      ...lines,
      `consumer ${durable}: durable, pull, subject ${filter}, ${consumer.num_pending} messages to read`,
    ];
  } catch (error) {
    throw failure(error);
  } finally {
    await session.close();
  }
}

async function openSession(settings: NatsConnectionSettings, environment: Environment): Promise<Session> {
  const list = parseServers(settings.servers, 'transport.nats.servers');
  const identity = readIdentity(settings, list, environment);
  const failures: string[] = [];
  for (const server of list.servers) {
    try {
      return await Session.open(sessionParts(server, identity, settings)); // eslint-disable-line no-await-in-loop
    } catch (error) {
      const { trouble, detail } = dialFailure(error);
      failures.push(`${troubles[trouble]}: ${showServer(server)}: ${detail}`);
    }
  }
  throw new GoFlowError('GF_NATS_INIT', failures.join('\n'));
}

async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  name: string,
  subject: string,
): Promise<ConsumerInfo> {
  try {
    const info = await manager.consumers.info(stream, name);
    const { durable_name: durable, deliver_subject: push } = info.config;
    if (durable !== undefined && push === undefined) return info;
    throw new GoFlowError('GF_NATS_INIT', `stream ${stream} has a consumer ${name} that is not durable and pull`);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.ConsumerNotFound) throw error;
  }
  return manager.consumers.add(stream, {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    ack_wait: ACK_WAIT_NS,
    max_ack_pending: MAX_ACK_PENDING,
    filter_subject: subject,
  });
}

function failure(error: unknown): GoFlowError {
  if (error instanceof GoFlowError) return error;
  const words = error instanceof StreamProblem ? `${troubles[error.trouble]}: ${error.message}` : wordsOf(error);
  return new GoFlowError('GF_NATS_INIT', words, error);
}
