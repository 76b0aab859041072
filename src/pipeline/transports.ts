import { GoFlowError } from '../config/errors.ts';
import { FileTransport } from '../transport/file/file-transport.ts';
import type { FileTransportOptions } from '../transport/file/file-transport.ts';
import type { NatsSettings } from '../transport/nats/settings.ts';
import type * as natsParts from './nats-parts.ts';
import type { Transport, TransportContext } from '../transport/transport.ts';

/** Which transport, and the options of each one that has some. */
export interface TransportOptions {
  readonly name: string;
  readonly file: FileTransportOptions;
  readonly nats?: NatsSettings | undefined;
}

/** What is loaded only where NATS is used. */
export type NatsParts = typeof natsParts;

/** What stands between messages of a format that share one message of a transport; nothing where they tell their length. */
function separatorOf(format: string): string {
  return format === 'bin' ? '' : '\n';
}

type BuildTransport = (
  options: TransportOptions,
  format: string,
  context: TransportContext,
  parts: NatsParts | undefined,
) => Transport;

const transports = new Map<string, BuildTransport>([
  ['file', (options, _, context) => new FileTransport(options.file, context)],
  ['nats', buildNats],
]);

/** @throws GoFlowError where they were not loaded: only a program that makes its options itself can forget them */
export function neededParts(parts: NatsParts | undefined): NatsParts {
  if (parts === undefined) throw new GoFlowError('GF_TRANSPORT_UNKNOWN', 'what NATS needs was not loaded');
  return parts;
}

function buildNats(
  { nats }: TransportOptions,
  format: string,
  context: TransportContext,
  parts: NatsParts | undefined,
): Transport {
  if (nats === undefined) throw new GoFlowError('GF_TRANSPORT_UNKNOWN', 'the nats transport has no settings');
  return new (neededParts(parts).NatsTransport)({ ...nats, separator: separatorOf(format) }, context);
}

/** Builds, but does not start, the transport of that name. */
export function buildTransport(
  options: TransportOptions,
  format: string,
  context: TransportContext,
  parts?: NatsParts,
): Transport {
  const build = transports.get(options.name);
  if (build === undefined) throw new GoFlowError('GF_TRANSPORT_UNKNOWN', `transport error ${options.name} not found`);
  return build(options, format, context, parts);
}
