/**
 * GoFlow2+ as a library: the chain as a table of contents.
 *
 *     listen  ->  decode  ->  produce  ->  enrich  ->  format  ->  transport
 *     Datagram    Packet      FlowRecord   FlowRecord   bytes      delivered
 *
 * {@link createCollector} makes all of it. Every stage can be used alone: it is a subpath of its own, `goflow2plus/decode`
 * and so on.
 */
export { createCollector } from './cmd/create-collector.ts';
export type { Given } from './cmd/create-collector.ts';
export { Collector } from './collector.ts';
export type { CollectorOptions, Ended } from './collector.ts';
export type { Options } from './config/options.ts';
export type { CustomParts, MakeEnricher, MakeFormat, MakeProtocol, MakeTransport } from './pipeline/custom-parts.ts';
export type { PartModule, Protocol } from './pipeline/custom-parts.ts';
export type { CollectorView } from './http/view.ts';

// the base of all stages
export * from './flow/index.ts';
export * from './metrics/index.ts';
export { ConfigError, GoFlowError } from './config/errors.ts';
export { Log } from './log/log.ts';
export type { Logger, LogLine } from './log/logger.ts';

// the stages
export * from './listen/index.ts';
export * from './decode/index.ts';
export * from './produce/index.ts';
export * from './enrich/index.ts';
export * from './format/index.ts';
export * from './transport/index.ts';
