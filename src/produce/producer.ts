import type { FlowRecord } from '../flow/flow-record.ts';
import type { Datagram } from '../listen/datagram.ts';
import type { Packet } from '../decode/packet.ts';

/** Takes a flow, which is valid during the call only. */
export type Emit = (flow: FlowRecord) => void;

/** Third stage: flow messages out of a packet. */
export interface Producer {
  /** Calls `emit` once for each flow of the packet, always with the same record. */
  produce(packet: Packet, datagram: Datagram, emit: Emit): void;
}
