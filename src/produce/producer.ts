import type { MessageRun, Shape, EmitFill } from '../codegen/message-run.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import type { Datagram } from '../listen/datagram.ts';
import type { Packet } from '../decode/packet.ts';

/** Takes a flow, which is valid during the call only. */
export type Emit = (flow: FlowRecord) => void;

/** Makes code that writes flows as messages, where nobody looks at them on their way; undefined where it would be too long. */
export type Straight = (shape: Shape, fill?: EmitFill) => MessageRun | undefined;

/** Third stage: flow messages out of a packet. */
export interface Producer {
  /** Calls `emit` once for each flow of the packet, always with the same record. */
  produce(packet: Packet, datagram: Datagram, emit: Emit): void;
  /** From now on flows may also become messages by such code, in the place of a call of `emit`; undefined: they may not. */
  goStraight?(straight: Straight | undefined): void;
}
