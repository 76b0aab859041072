/** 6. Where messages go. */
export { messageEnd } from './transport.ts';
export type { Batch, Framing, SubjectRun, Transport, TransportContext, TransportStatus } from './transport.ts';
export { FileTransport } from './file/file-transport.ts';
export type { FileTransportOptions } from './file/file-transport.ts';
export { NatsTransport } from './nats/nats-transport.ts';
