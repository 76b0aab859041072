/** 2. The framing of datagrams: packets, which are headers and views. */
export { createDecoder } from './create-decoder.ts';
export type { StandaloneDecoder } from './create-decoder.ts';
export { Cursor } from './cursor.ts';
export type { Decoder, OnPacket } from './decoder.ts';
export type { CustomPacket, FixedPacket, Packet, SFlowPacket, SetView, SampleView, TemplatedPacket } from './packet.ts';
export { ElementRegistry } from './elements/registry.ts';
