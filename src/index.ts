/**
 * GoFlow2+ as a library: the chain as a table of contents.
 *
 *     listen  ->  decode  ->  produce  ->  format  ->  transport
 *     Datagram    Packet      FlowRecord   bytes       delivered
 *
 * {@link Collector} runs all of it; every stage can be used alone.
 */
export { Collector } from './collector.ts';
export type { CollectorOptions, Ended } from './collector.ts';

// what travels
export { columns, column, findColumn, FlowType, Layer } from './flow/fields.ts';
export type { Column, ColumnName, ColumnType } from './flow/fields.ts';
export { FlowRecord } from './flow/flow-record.ts';
export { Datagram, Source } from './listen/datagram.ts';

// 1 listen
export type { DatagramSink, Listener, ListenerInfo } from './listen/listener.ts';
export { parseListen } from './listen/listen-url.ts';
export type { ListenTarget } from './listen/listen-target.ts';

// 2 decode
export type { Decoder, OnPacket } from './decode/decoder.ts';
export type { Packet } from './decode/packet.ts';
export { Dispatch } from './decode/dispatch.ts';

// 3 produce
export type { Emit, Producer } from './produce/producer.ts';
export { SampleProducer } from './produce/sample.ts';

// 5 format
export type { Format } from './format/format.ts';
export { ByteWriter } from './format/byte-writer.ts';
export { formats } from './format/formats.ts';

// 6 transport
export type { Batch, Framing, Transport, TransportContext } from './transport/transport.ts';

// the books, errors and the log
export { Counters } from './metrics/counters.ts';
export { balance } from './metrics/accounting.ts';
export type { Balance } from './metrics/accounting.ts';
export { ConfigError, GoFlowError } from './config/errors.ts';
export { Log } from './log/log.ts';
export type { Logger } from './log/logger.ts';
