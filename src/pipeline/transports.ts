import { GoFlowError } from '../config/errors.ts';
import { FileTransport } from '../transport/file/file-transport.ts';
import type { FileTransportOptions } from '../transport/file/file-transport.ts';
import type { Transport, TransportContext } from '../transport/transport.ts';

/** Which transport, and the options of each one that has some. */
export interface TransportOptions {
  readonly name: string;
  readonly file: FileTransportOptions;
}

const transports = new Map<string, (options: TransportOptions, context: TransportContext) => Transport>([
  ['file', (options, context) => new FileTransport(options.file, context)],
]);

/** Builds, but does not start, the transport of that name. */
export function buildTransport(options: TransportOptions, context: TransportContext): Transport {
  const build = transports.get(options.name);
  if (build === undefined) throw new GoFlowError('GF_TRANSPORT_UNKNOWN', `transport error ${options.name} not found`);
  return build(options, context);
}
