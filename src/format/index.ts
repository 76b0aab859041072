/** 5. A flow as bytes: JSON, text, protobuf. */
export type { Format, FormatFactory, FormatOptions } from './format.ts';
export { ByteWriter } from './byte-writer.ts';
export { formats } from './formats.ts';
export { PartitionKey } from './key.ts';
